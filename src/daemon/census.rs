//! How the feeds do, counted as their states come by: whoever asks for it, each few seconds perhaps,
//! would otherwise have the states of all feeds read.

use crate::model::Health;
use crate::observe::FeedCounts;
use tokio::sync::watch;

/// The health of each feed that is polled.
pub(super) struct Census {
    /// By the feed's number; `None` for one that is not polled.
    healths: Vec<Option<Health>>,
    counts: FeedCounts,
    /// Takes the counts once all feeds are counted.
    told: watch::Sender<Option<FeedCounts>>,
}

impl Census {
    /// Nobody is counted yet.
    pub(super) fn new(told: watch::Sender<Option<FeedCounts>>) -> Self {
        Self { healths: Vec::new(), counts: FeedCounts::default(), told }
    }

    /// Counts the feed with this number; `None` for one that is polled no more.
    pub(super) fn note(&mut self, number: u32, health: Option<Health>) {
        let at = number as usize;
        if at >= self.healths.len() {
            self.healths.resize(at + 1, None);
        }
        let Some(place) = self.healths.get_mut(at) else { return };
        if let Some(before) = std::mem::replace(place, health) {
            self.counts.take(before);
        }
        if let Some(health) = health {
            self.counts.add(health);
        }
    }

    /// Tells those who ask.
    pub(super) fn tell(&self) {
        self.told.send_replace(Some(self.counts));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_feed_is_counted_once() {
        let (told, counts) = watch::channel(None);
        let mut census = Census::new(told);
        for (number, health) in [(0, Health::New), (3, Health::New), (0, Health::Failing)] {
            census.note(number, Some(health));
        }
        assert_eq!(*counts.borrow(), None);
        census.tell();
        let expect = FeedCounts { new: 1, failing: 1, ..FeedCounts::default() };
        assert_eq!(*counts.borrow(), Some(expect));
        census.note(3, None);
        census.tell();
        assert_eq!(*counts.borrow(), Some(FeedCounts { new: 0, ..expect }));
    }
}
