//! [`Queue`]: the feeds that wait for their next poll, the most urgent first.
//!
//! A feed is in it at most once and leaves it when it is handed out, so that a poll that is under
//! way cannot start again and ticks missed while the daemon stood still become one.

use crate::model::Timestamp;
use std::collections::{BTreeSet, HashMap};

/// Feeds by the moment they are due. A feed is a number that the caller chose: some 60 bytes each.
#[derive(Debug, Clone, Default)]
pub struct Queue {
    /// Milliseconds since 1970, rounded up: nothing is handed out early.
    order: BTreeSet<(i64, u32)>,
    due: HashMap<u32, i64>,
}

impl Queue {
    /// Puts the feed in, or moves it to another moment.
    pub fn schedule(&mut self, feed: u32, due: Timestamp) {
        let whole = due.as_millisecond();
        let due = if due.subsec_nanosecond() % 1_000_000 > 0 { whole + 1 } else { whole };
        if let Some(before) = self.due.insert(feed, due) {
            self.order.remove(&(before, feed));
        }
        self.order.insert((due, feed));
    }

    /// Takes the feed out; false where it was not waiting.
    pub fn remove(&mut self, feed: u32) -> bool {
        let Some(due) = self.due.remove(&feed) else { return false };
        self.order.remove(&(due, feed))
    }

    /// Takes out the most urgent feed that is due at `now`, with the moment it was due: what
    /// passed since then is the scheduler's lag. `None` where nothing is due.
    pub fn pop(&mut self, now: Timestamp) -> Option<(u32, Timestamp)> {
        let &(due, feed) = self.order.first()?;
        if due > now.as_millisecond() {
            return None;
        }
        self.order.pop_first();
        self.due.remove(&feed);
        Some((feed, Timestamp::from_millisecond(due).unwrap_or(now)))
    }

    /// When the most urgent feed is due; `None` where none waits.
    pub fn next_due(&self) -> Option<Timestamp> {
        let &(due, _) = self.order.first()?;
        Timestamp::from_millisecond(due).ok()
    }

    /// True where the feed waits.
    pub fn contains(&self, feed: u32) -> bool {
        self.due.contains_key(&feed)
    }

    /// How many feeds wait.
    pub fn len(&self) -> usize {
        self.due.len()
    }

    /// True where no feed waits.
    pub fn is_empty(&self) -> bool {
        self.due.is_empty()
    }
}
