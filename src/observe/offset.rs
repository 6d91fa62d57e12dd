//! How far this machine's clock is from those of the servers that answer: schedules, dates and
//! certificates all go wrong together where it is, and nothing else says so.

use crate::model::Timestamp;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Answers that count: a few wrong servers among them do not.
const KEPT: usize = 15;

/// Answers before anything is said.
const ENOUGH: usize = 3;

/// The offsets seen lately, in seconds, the newest first.
#[derive(Debug, Default)]
pub(super) struct Clock(Mutex<VecDeque<i64>>);

impl Clock {
    /// Notes that a server's clock said `date` when ours said `now`.
    pub(super) fn note(&self, date: Timestamp, now: Timestamp) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.truncate(KEPT - 1);
        seen.push_front(date.as_second() - now.as_second());
    }

    /// The median of what was seen lately.
    pub(super) fn offset(&self) -> Option<i64> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sorted: Vec<_> = seen.iter().copied().collect();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied().filter(|_| sorted.len() >= ENOUGH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_wrong_clocks_do_not_count() {
        let check = |offsets: &[i64], expect: Option<i64>| {
            let clock = Clock::default();
            let at = |second| Timestamp::from_second(second).unwrap_or_default();
            for offset in offsets {
                clock.note(at(1_000_000 + offset), at(1_000_000));
            }
            assert_eq!(clock.offset(), expect, "{offsets:?}");
        };
        check(&[], None);
        check(&[3600, 3600], None);
        check(&[0, -86_400, 0], Some(0));
        check(&[3600, 3599, 3600, 0, -1], Some(3599));
        let long: Vec<_> = [0; 20].into_iter().chain([90; 12]).collect();
        check(&long, Some(90));
    }
}
