//! Bundles of entries that wait to be read: in the order in which they came, after the polls.

use crate::model::Timestamp;
use crate::store::BundleId;
use std::collections::BTreeSet;
use std::time::Duration;

/// Bundles read at once: enough to fill a group of the writer.
const AT_ONCE: usize = 24;

/// So long a bundle leaves polls before it: most bursts are over by then.
const PATIENCE: Duration = Duration::from_secs(2);

/// Who waits, and how many are being read.
#[derive(Debug, Default)]
pub(super) struct Texts {
    waiting: BTreeSet<(Timestamp, BundleId)>,
    under_way: usize,
}

impl Texts {
    /// Lets a bundle wait until `at`.
    pub(super) fn add(&mut self, bundle: BundleId, at: Timestamp) {
        self.waiting.insert((at, bundle));
    }

    /// The next bundle to be read. While the desk is `pressed` one at a time is, once it has waited for a
    /// while.
    pub(super) fn take(&mut self, now: Timestamp, pressed: bool) -> Option<BundleId> {
        if self.next(pressed)? > now {
            return None;
        }
        self.under_way += 1;
        self.waiting.pop_first().map(|(_, bundle)| bundle)
    }

    /// A bundle that [`Texts::take`] gave was read.
    pub(super) fn done(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// When the next bundle may be read; `None` while none may, whatever the time.
    pub(super) fn next(&self, pressed: bool) -> Option<Timestamp> {
        let (places, patience) = if pressed { (1, PATIENCE) } else { (AT_ONCE, Duration::ZERO) };
        let (at, _) = self.waiting.first().filter(|_| self.under_way < places)?;
        Some(at.saturating_add(patience).unwrap_or(Timestamp::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Entry, FeedId};
    use crate::store::InboxItem;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn bundle(number: i64) -> BundleId {
        let item = InboxItem {
            feed: FeedId::new("a").unwrap(),
            entry: Entry { key: number.to_string(), ..Entry::default() },
            fingerprint: 0,
            first_seen: at(number),
            attempts: 0,
            not_before: at(number),
            last_error: None,
        };
        BundleId::of(&[item]).unwrap()
    }

    #[test]
    fn polls_leave_them_one_place() {
        let mut texts = Texts::default();
        for number in (0..100).rev() {
            texts.add(bundle(number), bundle(number).due());
        }
        assert_eq!((texts.take(at(1), true), texts.next(true)), (None, Some(at(2))));
        assert_eq!(texts.take(at(50), true), Some(bundle(0)), "the first that came");
        assert_eq!((texts.take(at(50), true), texts.next(true)), (None, None));
        for number in 1..i64::try_from(AT_ONCE).unwrap() {
            assert_eq!(texts.take(at(50), false), Some(bundle(number)));
        }
        assert_eq!((texts.take(at(50), false), texts.waiting.len()), (None, 100 - AT_ONCE));
        texts.done();
        assert_eq!((texts.take(at(3), false), texts.next(false)), (None, Some(at(24))));
    }
}
