//! What a person may ask the daemon to do. Everything else that is served only reads.

use super::Problem;
use super::api::{Api, Named};
use crate::model::FeedId;
use axum::Json;
use axum::extract;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Read all older pages that this feed offers.
    Backfill(FeedId),
    /// Poll this feed now.
    Refresh(FeedId),
}

/// An order was taken; the log says how it goes on.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Taken {
    feed: FeedId,
    order: &'static str,
}

/// `POST /v1/feeds/{id}/backfill`.
pub(super) async fn backfill(
    extract::State(api): extract::State<Api>,
    Named(id): Named,
) -> Result<(StatusCode, Json<Taken>), Problem> {
    give(&api, &id, "backfill", Order::Backfill)
}

/// `POST /v1/feeds/{id}/refresh`.
pub(super) async fn refresh(
    extract::State(api): extract::State<Api>,
    Named(id): Named,
) -> Result<(StatusCode, Json<Taken>), Problem> {
    give(&api, &id, "refresh", Order::Refresh)
}

/// Hands an order about a feed to the daemon.
fn give(
    api: &Api,
    id: &str,
    order: &'static str,
    of: impl FnOnce(FeedId) -> Order,
) -> Result<(StatusCode, Json<Taken>), Problem> {
    let feeds = api.state.feeds.borrow().clone();
    let feed = feeds.iter().find(|feed| feed.id.as_str() == id && !feed.disabled);
    let feed = feed.ok_or_else(|| Problem::absent(format!("there is no active feed {id}")))?;
    let orders = api.state.orders.as_ref();
    let taken = orders.is_some_and(|orders| orders.try_send(of(feed.id.clone())).is_ok());
    if !taken {
        return Err(Problem::busy("no daemon runs, or it has enough to do"));
    }
    Ok((StatusCode::ACCEPTED, Json(Taken { feed: feed.id.clone(), order })))
}
