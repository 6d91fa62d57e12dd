//! [`next`]: from what is remembered of a feed and what a poll brought to what is remembered then.

use super::outcome::{Answer, Failure, Outcome};
use super::rhythm::{self, Expected};
use super::settings::{Mode, Settings};
use super::time::{DAY, HOUR, later, of, seconds, words};
use super::{believing, failing, hints, moving, threshold};
use crate::model::{FeedState, Health, Timestamp};
use std::time::Duration;

/// A server that never answers "not modified" pays for a whole document each time: its feeds are
/// asked a quarter as often as the average (1 h where that is 15 min).
const WITHOUT_VALIDATORS: f64 = 4.0;
/// While a hub pushes, polls are a safety net: so many times rarer, but at least once a day.
const WHILE_PUSHED: f64 = 12.0;
/// Expected gaps between two entries after which a silent hub is not trusted any more.
const SILENT_HUB: f64 = 3.0;

/// What the moment adds to a decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Chance, 0 to 1, evenly distributed: see [`super::jitter`].
    pub jitter: f64,
    /// Entry-seconds of expected delay after which a feed is due: see [`super::Budget`]. The
    /// greater one of the daemon's and the host's.
    pub threshold: f64,
}

/// The state after a poll: when the feed is due next and why, its health, its rhythm, what is
/// believed of its redirects and validators. Total: any input gives a valid state.
///
/// `state` already holds the validators, hints, title and body hash of this answer. `next_due` is
/// never before `now` plus the greatest of the configured minimum and all obeyed wishes, each
/// capped; jitter only adds. It is `None` only for a feed that is [`Health::Gone`].
pub fn next(
    settings: &Settings,
    state: &FeedState,
    outcome: &Outcome,
    now: Timestamp,
    pace: Pace,
) -> FeedState {
    let mut next = state.clone();
    let pace = Pace { jitter: pace.jitter.clamp(0.0, 1.0), ..pace };
    observe(&mut next, outcome, now);
    let plan = plan(settings, &mut next, outcome, now, pace);
    moving::note(settings, &mut next, outcome, now);
    match plan {
        Some(plan) => settle(settings, &mut next, plan, now, pace.jitter),
        None => stop(&mut next),
    }
    next
}

/// When a feed should be asked, before hints and jitter.
struct Plan {
    at: Timestamp,
    reason: String,
    /// The part of the wait that is not ours to shorten.
    floor: Option<hints::Rest>,
    /// Failures spread by themselves.
    spread: bool,
}

/// Learns from the answer.
fn observe(state: &mut FeedState, outcome: &Outcome, now: Timestamp) {
    let seen = state.last_success;
    let expected = Expected::of(&state.rhythm, now);
    believing::note(state, &outcome.answer, &expected, now);
    match &outcome.answer {
        Answer::Document(document) => {
            rhythm::learn(&mut state.rhythm, document, seen, now);
            if document.new > 0 {
                state.last_new = Some(now);
            }
            failing::heal(state, now);
        }
        Answer::Unchanged(_) => {
            rhythm::watch(&mut state.rhythm, now);
            failing::heal(state, now);
        }
        Answer::Failed { message, .. } => state.last_error = Some(message.clone()),
        Answer::Gone => state.last_error = Some("the server says that the feed is gone".into()),
        Answer::Offline => return,
    }
    state.last_polled = Some(now);
}

/// `None`: never again.
fn plan(
    settings: &Settings,
    state: &mut FeedState,
    outcome: &Outcome,
    now: Timestamp,
    pace: Pace,
) -> Option<Plan> {
    let floor = hints::longest(
        hints::of_answer(settings, outcome.retry_after, usable_freshness(outcome), now),
        hints::of_feed(settings, &state.hints, now),
    );
    let (wait, reason) = match &outcome.answer {
        Answer::Document(_) | Answer::Unchanged(_) => healthy(settings, state, now, pace.threshold),
        Answer::Offline => return Some(offline(settings, state, now, pace.jitter)),
        Answer::Failed { class, .. } => {
            let interval = healthy(settings, state, now, pace.threshold).0.min(of(settings.every));
            let interval = interval.max(of(settings.min));
            failing::pause(settings, state, *class, interval, now)
        }
        Answer::Gone => {
            let wait = failing::gone(settings, state, now)?;
            (wait, format!("\"gone\" is believed only after another answer in {}", words(wait)))
        }
    };
    let spread = matches!(outcome.answer, Answer::Failed { .. });
    let at = if spread { failing::spread(now, wait, pace.jitter) } else { later(now, wait) };
    let floor = if state.failures > 0 {
        hints::longest(Some(hints::Rest { until: at, reason: reason.clone() }), floor)
    } else {
        floor
    };
    Some(Plan { at, reason, floor, spread })
}

/// Seconds until a feed that is well should be asked again, with the reason.
fn healthy(
    settings: &Settings,
    state: &FeedState,
    now: Timestamp,
    threshold: f64,
) -> (f64, String) {
    let expected = Expected::of(&state.rhythm, now);
    let (wait, reason) = match settings.mode {
        Mode::Fixed => (of(settings.every), format!("every {}", settings.every)),
        Mode::Adaptive => adaptive(settings, state, &expected, threshold),
    };
    let hub = state.pushed_until.is_some_and(|until| until > now)
        && state.last_new.is_none_or(|at| seconds(at, now) * expected.mean() < SILENT_HUB);
    let net = (of(settings.every) * WHILE_PUSHED).min(DAY);
    if hub && net > wait {
        return (net, format!("its hub pushes; polled only every {} to make sure", words(net)));
    }
    (wait, reason)
}

fn adaptive(
    settings: &Settings,
    state: &FeedState,
    expected: &Expected,
    threshold: f64,
) -> (f64, String) {
    let window = state.rhythm.window;
    let due = threshold::due(expected, threshold, window, of(settings.max));
    let rare = of(settings.every) * WITHOUT_VALIDATORS;
    let validates = state.revalidates || !state.validators.is_empty();
    if !validates && due.after < rare {
        let due = threshold::due(expected, f64::INFINITY, window, rare);
        return (due.after, "its server never answers \"not modified\": asked rarely".to_owned());
    }
    let reason = if due.crowded {
        format!("{:.0} new entries expected by then, more might be lost", due.entries)
    } else {
        format!("{:.2} new entries expected by then", due.entries)
    };
    (due.after, reason)
}

/// The machine was offline: nothing is charged to the feed, and the polls resume spread out.
fn offline(settings: &Settings, state: &FeedState, now: Timestamp, jitter: f64) -> Plan {
    let at = later(now, of(settings.min) + of(settings.every) * jitter);
    let reason = "this machine was offline".to_owned();
    let floor =
        state.not_before.map(|until| hints::Rest { until, reason: state.due_reason.clone() });
    Plan { at, reason, floor, spread: true }
}

/// Applies floors, jitter and skipped hours, in this order: none of them makes a poll earlier.
fn settle(settings: &Settings, state: &mut FeedState, plan: Plan, now: Timestamp, jitter: f64) {
    let min = later(now, of(settings.min));
    let (mut due, mut reason) = (plan.at, plan.reason);
    if min > due {
        (due, reason) = (min, format!("never more often than every {}", settings.min));
    }
    if let Some(floor) = plan.floor.as_ref().filter(|floor| floor.until > due) {
        (due, reason) = (floor.until, floor.reason.clone());
    }
    if !(plan.spread && due == plan.at) {
        let wait = seconds(now, due).min(of(settings.max));
        due = later(due, wait * settings.jitter.clamp(0.0, 1.0) * jitter);
    }
    let open = hints::outside_skips(settings, &state.hints, due);
    if open > due {
        due = later(open, of(settings.every).min(HOUR / 2.0) * jitter);
        "the feed's skipHours or skipDays".clone_into(&mut reason);
    }
    state.not_before = plan.floor.map(|floor| floor.until);
    state.next_due = Some(due);
    state.due_reason = reason;
    moving::plan(state, due);
}

fn stop(state: &mut FeedState) {
    state.health = Health::Gone;
    state.next_due = None;
    state.not_before = None;
    "the server confirmed that the feed is gone".clone_into(&mut state.due_reason);
}

/// Freshness counts on answers that tell something about the feed (RFC 9111), not on the error
/// page of a broken server.
fn usable_freshness(outcome: &Outcome) -> Option<Duration> {
    let broken = matches!(outcome.answer, Answer::Failed { class: Failure::Status(500..), .. });
    outcome.fresh_for.filter(|_| !broken)
}
