//! `GET /v1/webhooks`: the configured webhooks, how far each has come and how it is doing.

use super::api::Api;
use super::{Bookmarks, State};
use crate::hook::{Phase, Standing};
use crate::model::{Moment, Seq, Timestamp};
use axum::Json;
use axum::extract;
use schemars::JsonSchema;
use serde::Serialize;

/// A webhook as other programs see it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Webhook")]
pub(super) struct Row {
    id: String,
    /// Scheme, host and port; the path may be a secret.
    place: String,
    /// What it does.
    state: Phase,
    /// The last change that it is done with.
    seq: Seq,
    /// Changes behind that one.
    lag: u64,
    /// Tries in a row that its receiver did not take.
    failures: u32,
    /// The last failure in words.
    last_error: Option<String>,
    /// When it is tried again.
    #[schemars(with = "Option<Moment>")]
    next_try: Option<Timestamp>,
    /// When a message was last taken, since the daemon started.
    #[schemars(with = "Option<Moment>")]
    last_delivered: Option<Timestamp>,
}

/// All webhooks.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WebhookList")]
pub(super) struct Listed {
    data: Vec<Row>,
}

/// All configured webhooks in the order of their names.
pub(super) async fn list(extract::State(api): extract::State<Api>) -> Json<Listed> {
    let hooks = api.state.hooks.all().into_iter();
    Json(Listed { data: hooks.map(|(id, standing)| row(&api.state, id, standing)).collect() })
}

fn row(state: &State, id: String, standing: Standing) -> Row {
    let [mark, _] = Bookmarks::of_hook(&id);
    let last = *state.last_seq.borrow();
    let seq = state.bookmarks.get(&mark).map_or(last, |mark| mark.seq);
    Row {
        id,
        place: standing.place,
        state: standing.phase,
        seq,
        lag: last.saturating_sub(seq),
        failures: standing.failures,
        last_error: standing.error,
        next_try: standing.next_try,
        last_delivered: standing.delivered,
    }
}
