//! What a failure does to a feed: a pause that starts at the feed's own interval, doubles, is
//! capped and heals with the first success; no feed is ever given up, unless its server has said
//! "gone" twice.

use super::outcome::Failure;
use super::settings::Settings;
use super::time::{DAY, of, seconds, words};
use crate::model::{FeedState, Health, Timestamp};

/// Pauses are lengthened by up to this share, so that feeds that failed together spread.
pub(super) const SPREAD: f64 = 0.5;
/// Doublings after which the pause is at its cap in any case.
const DOUBLINGS_MAX: i32 = 40;
/// Too Many Requests (RFC 6585).
const TOO_MANY: u16 = 429;
/// Forbidden: twice in a row it is a rate limit that lacks the words.
const FORBIDDEN: u16 = 403;
/// How long a "gone" must last before it is believed.
const GONE_FOR: f64 = DAY;
/// Intervals below this belong to rehearsals: there a poll stands for a day.
const REHEARSAL: f64 = 60.0;

/// How many seconds a rule's `days` last: days, except in a rehearsal, where they are polls.
pub(super) fn patience(settings: &Settings, days: f64) -> f64 {
    let every = of(settings.every);
    if every < REHEARSAL { every * days } else { days * DAY }
}

/// Notes a failure and returns the seconds to wait from `now`, with the reason. `interval` is how
/// often the feed is polled while it is well.
pub(super) fn pause(
    settings: &Settings,
    state: &mut FeedState,
    class: Failure,
    interval: f64,
    now: Timestamp,
) -> (f64, String) {
    note(settings, state, now);
    if state.health == Health::Dead {
        let wait = of(settings.backoff.dead_every).max(interval);
        return (wait, format!("dead for a long time, asked every {}", words(wait)));
    }
    let limited = match class {
        Failure::Status(TOO_MANY) => true,
        Failure::Status(FORBIDDEN) => state.failures > 1,
        _ => false,
    };
    let doublings = i32::try_from(state.failures).unwrap_or(DOUBLINGS_MAX) - 1 + i32::from(limited);
    let wait = interval * 2f64.powi(doublings.min(DOUBLINGS_MAX));
    let wait = wait.min(of(settings.backoff.max).max(interval));
    (wait, format!("back-off after {}: {}", times(state.failures), words(wait)))
}

/// Notes a 410 and returns the seconds to wait for its confirmation; `None` once it is confirmed.
pub(super) fn gone(settings: &Settings, state: &mut FeedState, now: Timestamp) -> Option<f64> {
    note(settings, state, now);
    let since = *state.gone_since.get_or_insert(now);
    let left = patience(settings, GONE_FOR / DAY) - seconds(since, now);
    if left > 0.0 || since == now {
        return Some(left.max(of(settings.min)));
    }
    state.health = Health::Gone;
    None
}

/// Forgets all failures.
pub(super) fn heal(state: &mut FeedState, now: Timestamp) {
    state.last_success = Some(now);
    state.failures = 0;
    state.failing_since = None;
    state.gone_since = None;
    state.last_error = None;
    state.health = Health::Ok;
}

fn note(settings: &Settings, state: &mut FeedState, now: Timestamp) {
    state.failures = state.failures.saturating_add(1);
    let since = *state.failing_since.get_or_insert(now);
    let dead = seconds(since, now) >= of(settings.backoff.dead_after);
    state.health = if dead { Health::Dead } else { Health::Failing };
}

fn times(failures: u32) -> String {
    if failures == 1 { "a failure".to_owned() } else { format!("{failures} failures in a row") }
}
