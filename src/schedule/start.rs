//! When a feed is polled first, and when again after the daemon stood still.

use super::settings::{Mode, Settings};
use super::time::{later, of, seconds, share};
use crate::model::{FeedId, FeedState, Health, Timestamp};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The first poll of a feed that was never polled: spread evenly over one interval by the feed's
/// id, so that a thousand feeds added at once do not come at once.
pub fn first_due(settings: &Settings, feed: &FeedId, now: Timestamp) -> Timestamp {
    later(now, of(settings.every) * chance(feed, 0))
}

/// When a feed is due after a start or a reload; `None` for one that is gone.
///
/// Nothing comes earlier than it would have without the stop, or than the present settings allow
/// since the last poll. What became due in the meantime is asked once, spread over as long as the
/// stop lasted, at most one interval. A wait that the present settings would not have chosen is
/// shortened to them, as far as server and back-off allow.
pub fn resume(
    settings: &Settings,
    feed: &FeedId,
    state: &FeedState,
    now: Timestamp,
) -> Option<Timestamp> {
    if state.health == Health::Gone {
        return None;
    }
    let Some(planned) = state.next_due else { return Some(first_due(settings, feed, now)) };
    let due = match state.last_polled {
        Some(polled) => refit(settings, state, planned, polled),
        None => planned,
    };
    if due > now {
        return Some(due);
    }
    let stop = seconds(due, now).min(of(settings.every));
    Some(later(now, stop * chance(feed, 0)))
}

/// Forgets what keeps a feed from being asked anew: validators and how far they are believed, a
/// move, failures and what they led to. What it publishes, and when, is kept.
pub fn forget(state: &mut FeedState) {
    let old = std::mem::take(state);
    *state = FeedState {
        title: old.title,
        last_polled: old.last_polled,
        last_success: old.last_success,
        last_document: old.last_document,
        last_new: old.last_new,
        hints: old.hints,
        rhythm: old.rhythm,
        turned: old.turned,
        pushed_until: old.pushed_until,
        ..FeedState::default()
    };
}

/// An even chance from 0 to 1 for one feed at one moment: the same for the same arguments.
pub fn jitter(feed: &FeedId, now: Timestamp) -> f64 {
    chance(feed, now.as_millisecond().cast_unsigned())
}

/// The planned moment moved into what the present settings allow since the last poll.
fn refit(
    settings: &Settings,
    state: &FeedState,
    planned: Timestamp,
    polled: Timestamp,
) -> Timestamp {
    let (least, most) = match settings.mode {
        Mode::Fixed => (of(settings.every).max(of(settings.min)), of(settings.every)),
        Mode::Adaptive => (of(settings.min), of(settings.max)),
    };
    let most = most.max(least) * (1.0 + share(settings.jitter));
    let latest = later(polled, most).max(state.not_before.unwrap_or(Timestamp::MIN));
    planned.min(latest).max(later(polled, least))
}

#[expect(clippy::cast_precision_loss, reason = "53 bits fit exactly")]
fn chance(feed: &FeedId, seed: u64) -> f64 {
    (xxh3_64_with_seed(feed.as_str().as_bytes(), seed) >> 11) as f64 / (1u64 << 53) as f64
}
