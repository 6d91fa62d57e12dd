//! Permanent redirects: believed only after several polls over days, checked once more after a
//! week, and given up when the new address fails.
//!
//! A captive portal or a broken deployment answers 301 too; a feed must not move because of it.

use super::failing::patience;
use super::outcome::{Answer, Outcome, Redirect};
use super::settings::Settings;
use super::time::{DAY, seconds};
use crate::model::{FeedState, Link, Moved, Moving, Timestamp};

/// Polls that must end at the same address.
const POLLS: u32 = 3;
/// Days over which they must lie.
const DAYS: f64 = 3.0;
/// Days after which the configured address is asked once more.
const RECHECK_DAYS: f64 = 7.0;
/// Failures in a row that send the daemon back to the configured address.
const FAILURES: u32 = 3;

/// The address to ask at the next poll of a feed that is configured with `configured`.
pub fn address<'a>(state: &'a FeedState, configured: &'a Link) -> &'a Link {
    match &state.moved {
        Some(moved) if moved.from == *configured && !moved.recheck => &moved.to,
        _ => configured,
    }
}

/// Notes where the answer came from; call after failures were counted.
pub(super) fn note(settings: &Settings, state: &mut FeedState, outcome: &Outcome, now: Timestamp) {
    let succeeded = matches!(outcome.answer, Answer::Document(_) | Answer::Unchanged(_));
    if state.moved.as_ref().is_some_and(|moved| moved.recheck) {
        rechecked(state, outcome, succeeded);
    } else if succeeded {
        let redirect = outcome.redirect.as_ref().filter(|r| !is_downgrade(r));
        note_redirect(settings, state, redirect, now);
    } else if state.failures >= FAILURES {
        state.moved = None;
    }
}

/// Decides whether the next poll, at `due`, asks the configured address once more.
pub(super) fn plan(state: &mut FeedState, due: Timestamp) {
    if let Some(moved) = &mut state.moved {
        moved.recheck = !moved.rechecked && seconds(moved.since, due) >= RECHECK_DAYS * DAY;
    }
}

fn rechecked(state: &mut FeedState, outcome: &Outcome, succeeded: bool) {
    let Some(moved) = &mut state.moved else { return };
    let still = outcome.redirect.as_ref().is_some_and(|r| r.to == moved.to);
    if still || !succeeded {
        moved.rechecked = true;
    } else {
        state.moved = None;
    }
}

fn note_redirect(
    settings: &Settings,
    state: &mut FeedState,
    redirect: Option<&Redirect>,
    now: Timestamp,
) {
    let Some(redirect) = redirect else {
        state.moving = None;
        return;
    };
    let same = state.moving.take().filter(|moving| moving.to == redirect.to);
    let moving = same.map_or(Moving { to: redirect.to.clone(), since: now, polls: 1 }, |moving| {
        Moving { polls: moving.polls.saturating_add(1), ..moving }
    });
    if moving.polls >= POLLS && seconds(moving.since, now) >= patience(settings, DAYS) {
        let from = state.moved.take().map_or_else(|| redirect.from.clone(), |moved| moved.from);
        let (recheck, rechecked) = (false, false);
        state.moved = Some(Moved { from, to: moving.to, since: now, recheck, rechecked });
    } else {
        state.moving = Some(moving);
    }
}

/// True where the redirect leads from an encrypted to a plain address: never stored.
fn is_downgrade(redirect: &Redirect) -> bool {
    redirect.from.url().scheme() == "https" && redirect.to.url().scheme() != "https"
}
