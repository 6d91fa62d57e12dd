//! Moments and seconds: the arithmetic of the schedule, total and never early.

use crate::model::{Span, Timestamp};

/// Seconds of an hour.
pub(super) const HOUR: f64 = 3600.0;
/// Seconds of a day.
pub(super) const DAY: f64 = 86_400.0;

/// `seconds` after `from`, rounded up to a whole millisecond: a poll may be late, never early.
/// Saturates at the ends of time; not a number counts as 0.
pub(super) fn later(from: Timestamp, seconds: f64) -> Timestamp {
    let whole = from.as_millisecond();
    let start = if from > millis(whole) { whole.saturating_add(1) } else { whole };
    #[expect(clippy::cast_possible_truncation, reason = "a cast from float saturates")]
    let wait = (seconds * 1000.0).ceil() as i64;
    millis(start.saturating_add(wait))
}

/// Seconds from `from` to `to`; negative where `to` comes first.
pub(super) fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    float(to.as_millisecond().saturating_sub(from.as_millisecond())) / 1000.0
}

/// The seconds of a span.
pub(super) fn of(span: Span) -> f64 {
    span.get().as_secs_f64()
}

/// The moment as seconds since 1970.
pub(super) fn epoch(at: Timestamp) -> f64 {
    float(at.as_millisecond()) / 1000.0
}

/// A share between 0 and 1: what lies outside is moved to the nearer end, not a number is 0.
pub(super) fn share(number: f64) -> f64 {
    if number.is_nan() { 0.0 } else { number.clamp(0.0, 1.0) }
}

/// Words for a length of time, to two units: `1h 30m`.
pub(super) fn words(seconds: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast from float saturates; a negative wait is none"
    )]
    let whole = seconds.round() as u64;
    let coarse = match whole {
        0 if seconds > 0.0 => return format!("{seconds:.1}s"),
        0..3600 => whole,
        3600..86_400 => whole - whole % 60,
        _ => whole - whole % 3600,
    };
    Span::seconds(coarse).to_string()
}

fn millis(at: i64) -> Timestamp {
    let end = if at < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(at).unwrap_or(end)
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of 285,000 years fit exactly")]
fn float(millis: i64) -> f64 {
    millis as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_short() {
        for (seconds, expect) in
            [(0.25, "0.2s"), (90.0, "1m 30s"), (5432.0, "1h 30m"), (200_000.0, "2d 7h")]
        {
            assert_eq!(words(seconds), expect);
        }
    }

    proptest! {
        #[test]
        fn later_is_never_early(at in -1_000_000_000_000i64..1_000_000_000_000, nanos in 0i32..999_999_999, wait in 0.0..1e9) {
            let from = Timestamp::new(at / 1000, nanos).unwrap_or_default();
            let due = later(from, wait);
            prop_assert!(due.duration_since(from).as_secs_f64() >= wait - 1e-9);
            prop_assert!(due.duration_since(from).as_secs_f64() <= wait + 0.003);
        }

        #[test]
        fn later_is_total(at in any::<i32>(), wait in any::<f64>()) {
            later(Timestamp::from_second(at.into()).unwrap_or_default(), wait);
        }
    }
}
