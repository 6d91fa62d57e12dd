//! When a message that was not taken is sent again.

use std::time::Duration;

/// Pauses after the first try, the second, and so on; after the last of them always that. Seconds
/// for a restart, hours for an outage.
const PAUSES: [Duration; 7] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
];

/// Pauses are lengthened by up to this share, so that hooks that failed together spread.
const SPREAD: f64 = 0.25;

/// Bounds of the pause that a receiver may ask for.
const ASKED: (Duration, Duration) = (Duration::from_secs(1), Duration::from_hours(24));

/// What a receiver's status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The message was taken.
    Taken,
    /// The receiver wants no messages any more.
    Gone,
    /// It was not taken; a redirect is none of ours to follow.
    Refused,
}

/// What a status means: 2xx, 410, and all others.
pub fn judge(status: u16) -> Verdict {
    match status {
        200..=299 => Verdict::Taken,
        410 => Verdict::Gone,
        _ => Verdict::Refused,
    }
}

/// How long to wait after so many tries; what the receiver asked for counts instead, within reason.
/// `jitter` is an even chance from 0 to 1.
pub fn pause(tries: u32, jitter: f64, asked: Option<Duration>) -> Duration {
    if let Some(asked) = asked {
        return asked.clamp(ASKED.0, ASKED.1);
    }
    let [.., longest] = PAUSES;
    let place = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    let pause = PAUSES.get(place).copied().unwrap_or(longest);
    pause.mul_f64(1.0 + SPREAD * jitter.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tries: u32, jitter: f64, asked: Option<u64>, expect: u64) {
        let pause = pause(tries, jitter, asked.map(Duration::from_secs));
        assert_eq!(pause.as_secs(), expect, "{tries} {jitter} {asked:?}");
    }

    #[test]
    fn pauses_grow_from_seconds_to_hours() {
        check(0, 0.0, None, 5);
        check(1, 0.0, None, 5);
        check(1, 1.0, None, 6);
        check(2, 0.0, None, 30);
        check(5, 0.0, None, 7200);
        check(7, 0.0, None, 36_000);
        check(u32::MAX, 1.0, None, 45_000);
        check(3, -1.0, None, 300);
    }

    #[test]
    fn a_receiver_is_obeyed_within_reason() {
        check(5, 1.0, Some(2), 2);
        check(1, 0.0, Some(0), 1);
        check(1, 0.0, Some(3600), 3600);
        check(1, 0.0, Some(u64::MAX), 86_400);
    }

    #[test]
    fn only_a_success_is_a_success() {
        for (status, expect) in [
            (200, Verdict::Taken),
            (204, Verdict::Taken),
            (301, Verdict::Refused),
            (400, Verdict::Refused),
            (404, Verdict::Refused),
            (410, Verdict::Gone),
            (429, Verdict::Refused),
            (503, Verdict::Refused),
        ] {
            assert_eq!(judge(status), expect, "{status}");
        }
    }
}
