//! `GET /v1/feeds`: the configured feeds and how each of them is.

use super::{Problem, State};
use crate::model::{FeedId, FeedState, Health, Link, Timestamp};
use axum::Json;
use axum::extract;
use serde::Serialize;

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

/// A feed as other programs see it.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    id: FeedId,
    url: Link,
    tags: Vec<String>,
    disabled: bool,
    title: Option<String>,
    health: Health,
    failures: u32,
    last_error: Option<String>,
    last_polled: Option<Timestamp>,
    last_success: Option<Timestamp>,
    last_new: Option<Timestamp>,
    next_due: Option<Timestamp>,
    due_reason: String,
}

/// All configured feeds in the order of the configuration.
pub(super) async fn list(
    extract::State(state): extract::State<State>,
) -> Result<Json<Vec<Row>>, Problem> {
    let feeds = state.feeds.borrow().clone();
    let rows = feeds.iter().map(|feed| {
        let known = state.store.feed_state(&feed.id)?.unwrap_or_default();
        Ok(row(feed, known))
    });
    Ok(Json(rows.collect::<Result<_, Problem>>()?))
}

fn row(feed: &Configured, state: FeedState) -> Row {
    Row {
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
