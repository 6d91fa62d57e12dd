//! The wishes of servers and feeds: how long they ask to be left alone.
//!
//! RFC 9110 (`Retry-After`), RFC 9111 (freshness), RSS 2.0 (`ttl`, `skipHours`, `skipDays`), RSS
//! 1.0 Syndication (`sy:`). A wish may ask for rest, never for more polls, and only up to a cap.

use super::settings::{Hint, Settings};
use super::time::{HOUR, epoch, later, of, seconds, words};
use crate::model::{FeedHints, Timestamp};
use std::time::Duration;

/// Hours of a week: the longest way to an hour that is not skipped.
const HOURS_OF_WEEK: u32 = 168;

/// How long a feed is to be left alone, and who asked for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rest {
    /// Seconds from now.
    pub(super) wait: f64,
    /// Who asked, in words for a person.
    pub(super) reason: String,
}

/// The longest rest that the answer's headers ask for.
pub(super) fn of_answer(
    settings: &Settings,
    retry_after: Option<Duration>,
    fresh_for: Option<Duration>,
) -> Option<Rest> {
    let wish = |hint, wait: Option<Duration>, cap, name| {
        let wait = wait.filter(|wait| !wait.is_zero() && settings.obeys(hint))?;
        Some(rest(wait.as_secs_f64(), of(cap), name))
    };
    let retry =
        wish(Hint::RetryAfter, retry_after, settings.retry_after_max, "the server's Retry-After");
    let fresh = wish(
        Hint::CacheControl,
        fresh_for,
        settings.hint_max,
        "the server's Cache-Control or Expires",
    );
    longest(retry, fresh)
}

/// The longest rest that the feed's document asks for.
pub(super) fn of_feed(settings: &Settings, hints: &FeedHints, now: Timestamp) -> Option<Rest> {
    let cap = of(settings.hint_max);
    let ttl = hints.ttl_minutes.filter(|n| *n > 0 && settings.obeys(Hint::Ttl));
    let ttl = ttl.map(|minutes| rest(f64::from(minutes) * 60.0, cap, "the feed's ttl"));
    let period = hints.update_every_seconds.filter(|_| settings.obeys(Hint::UpdatePeriod));
    let period = period.filter(|n| *n > 0).map(|period| {
        let wait = to_next_update(f64::from(period), hints.update_base, now);
        rest(wait, cap, "the feed's sy:updatePeriod")
    });
    longest(ttl, period)
}

/// The first moment from `at` on that lies in no skipped hour and on no skipped day; `at` itself
/// where nothing is skipped, or everything is.
pub(super) fn outside_skips(settings: &Settings, hints: &FeedHints, at: Timestamp) -> Timestamp {
    let hours = if settings.obeys(Hint::SkipHours) { hints.skip_hours } else { 0 };
    let days = if settings.obeys(Hint::SkipDays) { hints.skip_days } else { 0 };
    if hours == 0 && days == 0 {
        return at;
    }
    let into_hour = epoch(at).rem_euclid(HOUR);
    for hour in 0..=HOURS_OF_WEEK {
        let wait = if hour == 0 { 0.0 } else { f64::from(hour) * HOUR - into_hour };
        let (slot, weekday) = super::rhythm::slots(epoch(at) + wait);
        if (hours >> slot) & 1 == 0 && (days >> weekday) & 1 == 0 {
            return if hour == 0 { at } else { later(at, wait) };
        }
    }
    at
}

/// The longer of two rests.
pub(super) fn longest(a: Option<Rest>, b: Option<Rest>) -> Option<Rest> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.wait > a.wait { b } else { a }),
        (a, b) => a.or(b),
    }
}

fn rest(wait: f64, cap: f64, who: &str) -> Rest {
    let reason = if wait > cap {
        format!("{who} asks for {}, capped at {}", words(wait), words(cap))
    } else {
        format!("{who} asks for {}", words(wait))
    };
    Rest { wait: wait.min(cap), reason }
}

/// Seconds to the feed's next update: the next multiple of the period after its base, else a
/// whole period.
fn to_next_update(period: f64, base: Option<Timestamp>, now: Timestamp) -> f64 {
    base.map_or(period, |base| period - seconds(base, now).rem_euclid(period))
}
