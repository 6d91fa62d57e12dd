//! [`Twins`]: feeds that are fetched in exactly the same way share one fetch.
//!
//! One of them, the leader, stands in the queue for all.

use crate::pipeline::Source;
use std::collections::HashMap;
use std::sync::Arc;

/// Who shares a fetch with whom, by the feeds' numbers.
#[derive(Debug, Default)]
pub(super) struct Twins {
    followers: HashMap<u32, Vec<u32>>,
    leaders: HashMap<u32, u32>,
}

impl Twins {
    /// The twins among these feeds; the one with the lowest number leads.
    pub(super) fn of<'s>(sources: impl Iterator<Item = (u32, &'s Arc<Source>)>) -> Self {
        let mut twins = Self::default();
        let mut first: HashMap<&str, Vec<(u32, &Arc<Source>)>> = HashMap::new();
        for (number, source) in sources {
            let known = first.entry(source.url.as_str()).or_default();
            match known.iter().find(|(_, leader)| is_same(leader, source)) {
                Some((leader, _)) => {
                    twins.followers.entry(*leader).or_default().push(number);
                    twins.leaders.insert(number, *leader);
                }
                None => known.push((number, source)),
            }
        }
        twins
    }

    /// The feeds that are fetched together with this one, itself first.
    pub(super) fn all(&self, leader: u32) -> Vec<u32> {
        let followers = self.followers.get(&leader).into_iter().flatten();
        std::iter::once(leader).chain(followers.copied()).collect()
    }

    /// The feeds that follow another one.
    pub(super) fn followers(&self) -> impl Iterator<Item = u32> + '_ {
        self.leaders.keys().copied()
    }

    /// The feed that stands in the queue for this one.
    pub(super) fn leader(&self, number: u32) -> u32 {
        self.leaders.get(&number).copied().unwrap_or(number)
    }
}

/// True where one request serves both.
fn is_same(one: &Source, other: &Source) -> bool {
    one.url == other.url && one.access == other.access && one.fetch == other.fetch
}
