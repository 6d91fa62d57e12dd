//! How far a server's "not modified" is believed.
//!
//! Some servers answer 304 whatever they publish. A feed that should long have had news by its
//! rhythm is therefore asked once without validators; if news comes then, its validators lie.

use super::outcome::{Answer, Unchanged};
use super::rhythm::Expected;
use super::time::{DAY, seconds};
use crate::model::{FeedState, Timestamp, Trust, Validators};

/// Entries expected in silence before it is doubted: a silence with a probability below 1e-4.
const EXPECTED: f64 = 9.21;
/// Days that the silence must last: longer than any weekend.
const SILENT_DAYS: f64 = 3.0;
/// Days between two probes of one feed.
const PROBE_DAYS: f64 = 7.0;

/// The validators to send with the next poll: none for a probe, and none that lied.
pub fn validators(state: &FeedState) -> Validators {
    match (state.probe, state.trust) {
        (false, Trust::Full) => state.validators.clone(),
        (false, Trust::LastModified) => {
            Validators { etag: None, last_modified: state.validators.last_modified.clone() }
        }
        _ => Validators::default(),
    }
}

/// Draws the conclusions of the answer; call before the rhythm learns from it.
pub(super) fn note(state: &mut FeedState, answer: &Answer, now: Timestamp) {
    match answer {
        Answer::Document(document) => {
            if state.probe && document.new > 0 {
                state.trust = match state.trust {
                    Trust::Full if state.validators.last_modified.is_some() => Trust::LastModified,
                    _ => Trust::Nothing,
                };
            }
            end_probe(state, now);
            state.last_document = Some(now);
        }
        Answer::Unchanged(Unchanged::SameBody) => end_probe(state, now),
        Answer::Unchanged(Unchanged::NotModified) => {
            state.revalidates = true;
            state.probe = is_doubtful(state, now);
        }
        Answer::Failed { .. } | Answer::Gone | Answer::Offline | Answer::HostRests => {}
    }
}

fn end_probe(state: &mut FeedState, now: Timestamp) {
    if state.probe {
        state.probe = false;
        state.last_probe = Some(now);
    }
}

fn is_doubtful(state: &FeedState, now: Timestamp) -> bool {
    let Some(silent) = state.last_document.map(|at| seconds(at, now)) else { return false };
    let probed = state.last_probe.is_some_and(|at| seconds(at, now) < PROBE_DAYS * DAY);
    silent >= SILENT_DAYS * DAY
        && !probed
        && silent * Expected::of(&state.rhythm, now).mean() > EXPECTED
}
