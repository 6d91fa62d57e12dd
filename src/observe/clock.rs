//! The one place that reads the clock. Stages take `now` as an argument instead, so that tests
//! can hand them any moment.

use crate::model::Timestamp;
use std::time::Instant;

/// The present moment by the wall clock, whole milliseconds: what other programs see.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// The present moment by a clock that never steps back: for measuring how long things take.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the steady clock")]
pub fn steady() -> Instant {
    Instant::now()
}
