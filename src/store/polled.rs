//! The short record of a poll that changed nothing of a feed but its times.
//!
//! Most polls end with "not modified". A feed's whole state has a kilobyte and more, most of it
//! what was learned of its rhythm; to write all of it each time was two thirds of what a poll cost.

use super::error::ReadError;
use super::view::damaged;
use crate::model::{FeedState, Timestamp};

/// Bytes of the three moments before the reason.
const MOMENTS: usize = 24;

/// The times of a state.
pub(super) fn encode(state: &FeedState) -> Vec<u8> {
    let mut record = Vec::with_capacity(MOMENTS + state.due_reason.len());
    for moment in [state.last_polled, state.next_due, state.not_before] {
        record.extend(nanoseconds(moment).to_be_bytes());
    }
    record.extend(state.due_reason.as_bytes());
    record
}

/// The state with these times, unless it was written after them.
///
/// # Errors
/// The record is damaged.
pub(super) fn apply(record: &[u8], state: &mut FeedState) -> Result<(), ReadError> {
    let (moments, reason) = record.split_at_checked(MOMENTS).ok_or_else(torn)?;
    let mut moments = moments.chunks_exact(8).map(|bytes| {
        let nanoseconds = i64::from_be_bytes(bytes.try_into().map_err(|_| torn())?);
        Ok(moment(nanoseconds))
    });
    let mut next = || moments.next().unwrap_or_else(|| Err(torn()));
    let polled = next()?;
    if polled > state.last_polled {
        (state.last_polled, state.last_success) = (polled, polled);
        (state.next_due, state.not_before) = (next()?, next()?);
        std::str::from_utf8(reason).map_err(|_| torn())?.clone_into(&mut state.due_reason);
    }
    Ok(())
}

fn torn() -> ReadError {
    damaged("the times of a feed cannot be read")
}

/// Since 1970; the least number for no moment.
fn nanoseconds(moment: Option<Timestamp>) -> i64 {
    moment.map_or(i64::MIN, |at| i64::try_from(at.as_nanosecond()).unwrap_or(i64::MAX))
}

fn moment(nanoseconds: i64) -> Option<Timestamp> {
    (nanoseconds != i64::MIN).then(|| Timestamp::from_nanosecond(nanoseconds.into()).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(second).ok()
    }

    fn state(polled: i64) -> FeedState {
        FeedState {
            last_polled: at(polled),
            last_success: at(polled),
            next_due: at(polled + 900),
            due_reason: format!("after {polled}"),
            ..FeedState::default()
        }
    }

    #[test]
    fn the_later_times_count() {
        for (written, polled, expect) in [(100, 200, 200), (300, 200, 300), (200, 200, 200)] {
            let mut found = state(written);
            apply(&encode(&state(polled)), &mut found).unwrap();
            assert_eq!(found, state(expect), "{written} {polled}");
        }
    }

    #[test]
    fn a_torn_record_is_no_state() {
        let record = encode(&state(1));
        for end in [0, 8, 23] {
            assert!(apply(&record[..end], &mut FeedState::default()).is_err());
        }
        let bad = [&record[..24], &[0xff]].concat();
        assert!(apply(&bad, &mut FeedState::default()).is_err());
    }
}
