//! [`why`]: when a feed is polled next and for what reason; [`outcome`] and [`entries_a_day`]: what
//! came of its last poll, and how much it publishes. For a person.

use super::rhythm::{Expected, watch};
use super::time::{DAY, seconds, words};
use crate::model::{FeedState, Health, Timestamp, Trust};

/// One sentence a line: when the feed is polled next and why, how it is doing, and what is
/// special about it.
pub fn why(state: &FeedState, now: Timestamp) -> String {
    let mut lines = vec![due(state, now)];
    if let Some(polled) = state.last_polled {
        lines.push(format!("Last polled {} ago.", words(seconds(polled, now))));
    }
    if state.failures > 0 {
        lines.push(failures(state, now));
    }
    if state.probe {
        lines.push("The next poll goes without validators: the silence is suspicious.".into());
    }
    match state.trust {
        Trust::Full => {}
        Trust::LastModified => lines.push("Its ETag lied; only Last-Modified is sent.".into()),
        Trust::Nothing => lines.push("Its validators lied; none is sent.".into()),
    }
    if let Some(moved) = &state.moved {
        lines.push(format!("Moved for good to {}.", moved.to));
    } else if let Some(moving) = &state.moving {
        let polls = moving.polls;
        lines.push(format!("Redirected for good to {} in {polls} polls so far.", moving.to));
    }
    lines.join("\n")
}

/// What came of a feed's last poll, in a few plain words.
pub fn outcome(state: &FeedState) -> &'static str {
    match state.last_polled {
        None => "never polled",
        _ if state.health == Health::Gone => "gone for good",
        _ if state.failures > 0 => "failed",
        polled if state.last_new == polled => "new entries",
        polled if state.last_document == polled => "nothing new in it",
        _ => "unchanged",
    }
}

/// Entries that the feed publishes in a day, as far as `now` tells; `None` before its first
/// document.
pub fn entries_a_day(state: &FeedState, now: Timestamp) -> Option<f64> {
    state.rhythm.until?;
    let mut rhythm = state.rhythm.clone();
    watch(&mut rhythm, now);
    Some(Expected::of(&rhythm, now).mean() * DAY)
}

fn due(state: &FeedState, now: Timestamp) -> String {
    let reason = &state.due_reason;
    match state.next_due {
        None if state.health == Health::Gone => format!("Not polled any more: {reason}."),
        None => "Not scheduled yet.".to_owned(),
        Some(due) if due <= now => format!("Due since {due}: {reason}."),
        Some(due) => format!("Due at {due}, in {}: {reason}.", words(seconds(now, due))),
    }
}

fn failures(state: &FeedState, now: Timestamp) -> String {
    let since = state.failing_since.map(|at| format!(" over {}", words(seconds(at, now))));
    let error = state.last_error.as_deref().unwrap_or("unknown");
    let times = if state.failures == 1 { "time" } else { "times" };
    format!("Failed {} {times}{}; last: {error}.", state.failures, since.unwrap_or_default())
}
