//! `GET /v1/feeds`: the configured feeds and how each of them is.

use super::api::{Api, Named, Params};
use super::{Problem, State};
use crate::model::{FeedId, FeedState, Health, Link, Moment, Timestamp};
use crate::{observe, schedule};
use axum::Json;
use axum::extract;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A feed as configured.
#[derive(Debug, Clone)]
pub struct Configured {
    /// Its stable name.
    pub id: FeedId,
    /// Its address.
    pub url: Link,
    /// Its tags.
    pub tags: Vec<String>,
    /// Not polled.
    pub disabled: bool,
}

/// Which feeds a client asks for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "FeedQuery")]
pub(super) struct Wanted {
    /// Only feeds that do like this.
    health: Option<Health>,
    /// Only feeds with this tag.
    tag: Option<String>,
}

/// A feed as other programs see it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Feed")]
pub(super) struct Row {
    id: FeedId,
    url: Link,
    tags: Vec<String>,
    disabled: bool,
    title: Option<String>,
    health: Health,
    failures: u32,
    last_error: Option<String>,
    #[schemars(with = "Option<Moment>")]
    last_polled: Option<Timestamp>,
    #[schemars(with = "Option<Moment>")]
    last_success: Option<Timestamp>,
    #[schemars(with = "Option<Moment>")]
    last_new: Option<Timestamp>,
    #[schemars(with = "Option<Moment>")]
    next_due: Option<Timestamp>,
    due_reason: String,
    /// What came of the last poll, in a few words for a person.
    last_outcome: &'static str,
    /// Entries that it publishes in a day; null before its first document.
    entries_a_day: Option<f64>,
}

/// A feed, told at length.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FeedAtLength")]
pub(super) struct AtLength {
    #[serde(flatten)]
    row: Row,
    /// When it is polled next and why, how it is doing, what is special about it: a sentence a line.
    why: String,
}

/// The feeds asked for.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "FeedList")]
pub(super) struct Listed {
    data: Vec<Row>,
}

/// All configured feeds in the order of the configuration.
pub(super) async fn list(
    extract::State(api): extract::State<Api>,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Listed>, Problem> {
    let data = api.read(|state| rows(state, &wanted)).await?;
    Ok(Json(Listed { data }))
}

fn rows(state: &State, wanted: &Wanted) -> Result<Vec<Row>, Problem> {
    let feeds = state.feeds.borrow().clone();
    let mut known = known(state)?;
    let now = observe::now();
    let rows = feeds.iter().map(|feed| row(feed, known.remove(&feed.id).unwrap_or_default(), now));
    let tagged = |row: &Row| wanted.tag.as_ref().is_none_or(|tag| row.tags.contains(tag));
    let healthy = |row: &Row| wanted.health.is_none_or(|health| row.health == health);
    Ok(rows.filter(|row| tagged(row) && healthy(row)).collect())
}

/// What is remembered of each feed, also of those that are configured no more.
pub(super) fn known(state: &State) -> Result<HashMap<FeedId, FeedState>, Problem> {
    Ok(state.store.feed_states()?.into_iter().collect())
}

/// One configured feed.
pub(super) async fn one(
    extract::State(api): extract::State<Api>,
    Named(id): Named,
) -> Result<Json<AtLength>, Problem> {
    let feeds = api.state.feeds.borrow().clone();
    let feed = feeds.iter().find(|feed| feed.id.as_str() == id);
    let feed = feed.ok_or_else(|| Problem::absent(format!("there is no feed {id}")))?;
    let state = api.read(|state| Ok(state.store.feed_state(&feed.id)?)).await?;
    let (state, now) = (state.unwrap_or_default(), observe::now());
    let why = schedule::why(&state, now);
    Ok(Json(AtLength { row: row(feed, state, now), why }))
}

fn row(feed: &Configured, state: FeedState, now: Timestamp) -> Row {
    Row {
        last_outcome: schedule::outcome(&state),
        entries_a_day: schedule::entries_a_day(&state, now).map(tenths),
        id: feed.id.clone(),
        url: feed.url.clone(),
        tags: feed.tags.clone(),
        disabled: feed.disabled,
        title: state.title,
        health: state.health,
        failures: state.failures,
        last_error: state.last_error,
        last_polled: state.last_polled,
        last_success: state.last_success,
        last_new: state.last_new,
        next_due: state.next_due,
        due_reason: state.due_reason,
    }
}

/// A rate as exact as it is known.
fn tenths(rate: f64) -> f64 {
    (rate * 10.0).round() / 10.0
}
