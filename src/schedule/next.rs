//! [`next`]: from what is remembered of a feed and what a poll brought to what is remembered then.

use super::outcome::{Answer, Failure, Outcome};
use super::rhythm::{self, Expected};
use super::settings::{Mode, Settings};
use super::time::{DAY, HOUR, later, of, seconds, share, words};
use super::{believing, failing, hints, moving, threshold, turning};
use crate::model::{FeedState, Health, Timestamp};

/// Why a feed is due when nobody could be reached: it is not to blame.
pub const OFFLINE: &str = "this machine was offline";

/// A server that never answers "not modified" pays for a whole document each time: its feeds are
/// asked a quarter as often as the average (1 h where that is 15 min).
const WITHOUT_VALIDATORS: f64 = 4.0;
/// Days of a feed's life to have seen before it is asked more rarely than the average: a busy
/// feed's first document may show minutes only.
const KNOWN_DAYS: f64 = 1.0;
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
    let pace = Pace { jitter: share(pace.jitter), ..pace };
    observe(&mut next, outcome, now);
    let wish = wish(settings, &mut next, &outcome.answer, now, pace);
    moving::note(settings, &mut next, outcome, now);
    match wish {
        Some(wish) => settle(settings, &mut next, outcome, &wish, now, pace.jitter),
        None => stop(&mut next),
    }
    if !outcome.answer.is_none() {
        turning::note(settings, state, &mut next, now);
    }
    next
}

/// When we would ask the feed, whatever it wishes itself.
struct Wish {
    /// Seconds from now.
    wait: f64,
    reason: String,
    /// Share of the wait that chance adds at most.
    spread: f64,
    /// Other settings may shorten it.
    ours: bool,
}

/// Learns from the answer.
fn observe(state: &mut FeedState, outcome: &Outcome, now: Timestamp) {
    let seen = state.last_success;
    believing::note(state, &outcome.answer, now);
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
        Answer::Offline | Answer::HostRests => return,
    }
    state.last_polled = Some(now);
}

/// `None`: never again.
fn wish(
    settings: &Settings,
    state: &mut FeedState,
    answer: &Answer,
    now: Timestamp,
    pace: Pace,
) -> Option<Wish> {
    let spread = share(settings.jitter);
    match answer {
        Answer::Document(_) | Answer::Unchanged(_) => {
            Some(healthy(settings, state, now, pace.threshold))
        }
        Answer::Failed { class, .. } => {
            let interval = healthy(settings, state, now, pace.threshold).wait;
            let interval = interval.min(of(settings.every)).max(of(settings.min));
            let (wait, reason) = failing::pause(settings, state, *class, interval, now);
            Some(Wish { wait, reason, spread: failing::SPREAD, ours: false })
        }
        Answer::Gone => {
            let wait = failing::gone(settings, state, now)?;
            let reason = format!("\"gone\" must be confirmed after {}", words(wait));
            Some(Wish { wait, reason, spread, ours: false })
        }
        // Nothing is charged to the feed, and the polls of all feeds resume spread out.
        Answer::Offline | Answer::HostRests => {
            let wait = of(settings.min) + of(settings.every) * pace.jitter;
            let offline = *answer == Answer::Offline;
            let reason = if offline { OFFLINE } else { "its host asked for rest" };
            Some(Wish { wait, reason: reason.to_owned(), spread: 0.0, ours: false })
        }
    }
}

/// When a feed that is well should be asked again.
fn healthy(settings: &Settings, state: &FeedState, now: Timestamp, threshold: f64) -> Wish {
    let expected = Expected::of(&state.rhythm, now);
    let spread = share(settings.jitter);
    let (wait, reason) = match settings.mode {
        Mode::Fixed => (of(settings.every), format!("every {}", settings.every)),
        Mode::Adaptive => adaptive(settings, state, &expected, threshold),
    };
    let trusted = state.last_new.is_none_or(|at| seconds(at, now) * expected.mean() < SILENT_HUB);
    let pushed = state.pushed_until.map_or(0.0, |until| seconds(now, until));
    let net = (of(settings.every) * WHILE_PUSHED).min(DAY).min(pushed);
    if trusted && net > wait {
        let reason = format!("its hub pushes; polled only every {} to make sure", words(net));
        return Wish { wait: net, reason, spread, ours: false };
    }
    Wish { wait, reason, spread, ours: true }
}

fn adaptive(
    settings: &Settings,
    state: &FeedState,
    expected: &Expected<'_>,
    threshold: f64,
) -> (f64, String) {
    let window = state.rhythm.window;
    let known = expected.watched >= KNOWN_DAYS;
    let most = of(if known { settings.max } else { settings.every.min(settings.max) });
    let due = threshold::due(expected, threshold, window, most);
    let rare = (of(settings.every) * WITHOUT_VALIDATORS).min(most);
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

/// Applies the feed's wishes, jitter and skipped hours: none of them makes a poll earlier.
fn settle(
    settings: &Settings,
    state: &mut FeedState,
    outcome: &Outcome,
    wish: &Wish,
    now: Timestamp,
    jitter: f64,
) {
    let rest = rest(settings, state, outcome, now);
    let least = of(settings.min);
    let own = wish.wait.max(least) * (1.0 + wish.spread * jitter);
    let asked = rest.as_ref().map_or(0.0, |rest| {
        rest.wait + rest.wait.min(of(settings.max)) * share(settings.jitter) * jitter
    });
    let mut due = later(now, own.max(asked));
    let mut ours = wish.ours && own >= asked;
    state.due_reason = match &rest {
        Some(rest) if asked > own => rest.reason.clone(),
        _ if least > wish.wait => format!("never more often than every {}", settings.min),
        _ => wish.reason.clone(),
    };
    let open = hints::outside_skips(settings, &state.hints, due);
    if open > due {
        due = later(open, of(settings.every).min(HOUR / 2.0) * jitter);
        ours = false;
        "the feed's skipHours or skipDays".clone_into(&mut state.due_reason);
    }
    let promised = rest.map(|rest| later(now, rest.wait));
    state.not_before = if ours { promised } else { Some(due) };
    state.next_due = Some(due);
    moving::plan(state, due);
}

/// How long feed and server ask to be left alone.
fn rest(
    settings: &Settings,
    state: &FeedState,
    outcome: &Outcome,
    now: Timestamp,
) -> Option<hints::Rest> {
    if outcome.answer.is_none() {
        // Nobody was asked: what was promised before still holds.
        let wait = state.not_before.map(|until| seconds(now, until));
        let promised = wait.map(|wait| hints::Rest { wait, reason: state.due_reason.clone() });
        return hints::longest(promised, hints::of_answer(settings, outcome.retry_after, None));
    }
    // Freshness counts on answers that tell something about the feed (RFC 9111), not on the error
    // page of a broken server.
    let broken = matches!(outcome.answer, Answer::Failed { class: Failure::Status(500..), .. });
    let fresh_for = outcome.fresh_for.filter(|_| !broken);
    hints::longest(
        hints::of_answer(settings, outcome.retry_after, fresh_for),
        hints::of_feed(settings, &state.hints, now),
    )
}

fn stop(state: &mut FeedState) {
    state.health = Health::Gone;
    state.next_due = None;
    state.not_before = None;
    "the server confirmed that the feed is gone".clone_into(&mut state.due_reason);
}
