//! Work that waits for a host: feeds that are due, entries whose pages are to be fetched.
//!
//! Each host has its own queue and a few places, so that a slow host's thousand entries keep
//! nobody else's one waiting, and so that only work which can start becomes a task. The store
//! holds what the tickets stand for; this is rebuilt at every start.

use crate::model::Timestamp;
use std::collections::{BTreeSet, HashMap};

/// Work of one kind under way at once for one host; `fetch` spaces the requests themselves.
const PER_HOST: usize = 4;

/// Who waits, for what host, until when.
#[derive(Debug)]
pub(super) struct Backlog<T> {
    hosts: HashMap<String, Host<T>>,
    /// Hosts with a free place, by the time of their first ticket.
    ready: BTreeSet<(Timestamp, String)>,
    waiting: usize,
    under_way: usize,
}

#[derive(Debug)]
struct Host<T> {
    waiting: BTreeSet<(Timestamp, T)>,
    under_way: usize,
}

impl<T: Ord> Host<T> {
    /// When the host can take a page next; `None` while nothing waits or all places are taken.
    fn next(&self) -> Option<Timestamp> {
        (self.under_way < PER_HOST).then(|| self.waiting.first().map(|(at, _)| *at)).flatten()
    }
}

impl<T: Ord> Backlog<T> {
    /// Nobody waits.
    pub(super) fn new() -> Self {
        Self { hosts: HashMap::new(), ready: BTreeSet::new(), waiting: 0, under_way: 0 }
    }

    /// Lets a ticket wait for `host` until `at`.
    pub(super) fn add(&mut self, host: &str, ticket: T, at: Timestamp) {
        self.change(host, |h| {
            h.waiting.insert((at, ticket));
        });
        self.waiting += 1;
    }

    /// The next ticket whose time has come, and its host, which then has one place fewer.
    pub(super) fn take(&mut self, now: Timestamp) -> Option<(String, T)> {
        let (at, host) = self.ready.first()?.clone();
        if at > now {
            return None;
        }
        let mut taken = None;
        self.change(&host, |h| {
            taken = h.waiting.pop_first().map(|(_, ticket)| ticket);
            h.under_way += 1;
        });
        self.waiting = self.waiting.saturating_sub(1);
        self.under_way += 1;
        taken.map(|ticket| (host, ticket))
    }

    /// Gives back the place that [`Backlog::take`] took.
    pub(super) fn done(&mut self, host: &str) {
        self.change(host, |h| h.under_way = h.under_way.saturating_sub(1));
        self.under_way = self.under_way.saturating_sub(1);
        if self.hosts.get(host).is_some_and(|h| h.under_way == 0 && h.waiting.is_empty()) {
            self.hosts.remove(host);
        }
    }

    /// When [`Backlog::take`] will next give a ticket, as far as is known now.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.ready.first().map(|(at, _)| *at)
    }

    /// How many tickets wait.
    pub(super) fn len(&self) -> usize {
        self.waiting
    }

    /// How many were taken and are not done.
    pub(super) fn under_way(&self) -> usize {
        self.under_way
    }

    /// Changes a host and keeps `ready` true to it.
    fn change(&mut self, host: &str, act: impl FnOnce(&mut Host<T>)) {
        let fresh = || Host { waiting: BTreeSet::new(), under_way: 0 };
        let entry = self.hosts.entry(host.to_owned()).or_insert_with(fresh);
        if let Some(at) = entry.next() {
            self.ready.remove(&(at, host.to_owned()));
        }
        act(entry);
        if let Some(at) = entry.next() {
            self.ready.insert((at, host.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_slow_host_keeps_nobody_waiting() {
        let mut backlog = Backlog::new();
        for n in 0..100 {
            backlog.add("slow.example", n.to_string(), at(0));
        }
        backlog.add("quick.example", "q".to_owned(), at(1));
        let mut taken = Vec::new();
        while let Some((host, _)) = backlog.take(at(2)) {
            taken.push(host);
        }
        assert_eq!(taken.len(), PER_HOST + 1);
        assert!(taken.contains(&"quick.example".to_owned()));
        assert_eq!(backlog.next(), None, "all places are taken");
        backlog.done("slow.example");
        assert_eq!(backlog.take(at(2)).unwrap().0, "slow.example");
        assert_eq!((backlog.len(), backlog.under_way()), (100 - PER_HOST - 1, PER_HOST + 1));
    }

    #[test]
    fn nothing_is_taken_before_its_time() {
        let mut backlog = Backlog::new();
        backlog.add("a.example", "later".to_owned(), at(10));
        assert_eq!(backlog.take(at(9)), None);
        assert_eq!(backlog.next(), Some(at(10)));
        assert_eq!(backlog.take(at(10)).unwrap().1, "later".to_owned());
    }
}
