//! Articles of the last day, hour by hour, for the status page: kept in memory, so that it begins
//! anew with the daemon.

use crate::model::Timestamp;
use std::sync::{Mutex, PoisonError};

/// Hours that are kept.
const KEPT: usize = 24;

/// What came in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hour {
    /// When it began: whole hours since 1970, UTC.
    pub since: i64,
    /// Articles that were not known.
    pub all: u32,
    /// Those of them that copy an earlier one.
    pub copies: u32,
}

impl Hour {
    /// 0 to 23, UTC.
    pub fn of_day(&self) -> i64 {
        self.since.rem_euclid(24)
    }
}

/// A ring of hours.
#[derive(Debug, Default)]
pub(super) struct Hours(Mutex<[Hour; KEPT]>);

impl Hours {
    /// Counts an article that came at this moment.
    pub(super) fn count(&self, at: Timestamp, copy: bool) {
        let since = at.as_second().div_euclid(3600);
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(hour) = ring.get_mut(slot(since)) else { return };
        if hour.since != since {
            *hour = Hour { since, ..Hour::default() };
        }
        hour.all += 1;
        hour.copies += u32::from(copy);
    }

    /// The hours up to `now`, oldest first; those in which nothing came stand at zero.
    pub(super) fn until(&self, now: Timestamp) -> Vec<Hour> {
        let ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = now.as_second().div_euclid(3600);
        let known = |since| ring.get(slot(since)).filter(|hour| hour.since == since).copied();
        let hours = (last - 23)..=last;
        hours.map(|since| known(since).unwrap_or(Hour { since, ..Hour::default() })).collect()
    }
}

fn slot(since: i64) -> usize {
    usize::try_from(since.rem_euclid(24)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_a_day_later_is_another() {
        let hours = Hours::default();
        let at = |hour: i64| Timestamp::from_second(hour * 3600 + 5).unwrap_or_default();
        for (hour, copy) in [(100, false), (123, true), (123, false), (124, false)] {
            hours.count(at(hour), copy);
        }
        let day = hours.until(at(124));
        assert_eq!(day.len(), 24);
        assert_eq!(day.first(), Some(&Hour { since: 101, all: 0, copies: 0 }));
        assert_eq!(
            day.get(22..),
            Some(
                &[Hour { since: 123, all: 2, copies: 1 }, Hour { since: 124, all: 1, copies: 0 }][..]
            )
        );
    }
}
