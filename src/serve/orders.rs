//! What a person may ask the daemon to do. Everything else that is served only reads.

use super::Problem;
use super::api::{Api, Named};
use crate::model::FeedId;
use axum::Json;
use axum::extract;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::oneshot;

/// Something to do.
#[derive(Debug)]
pub enum Order {
    /// Read all older pages that this feed offers.
    Backfill(FeedId),
    /// Poll this feed now.
    Refresh(FeedId),
    /// Poll all feeds now.
    RefreshAll,
    /// Forget what keeps this feed from being asked anew, and poll it now.
    Reset(FeedId),
    /// Read the configuration again; what that changed, or what is wrong with it.
    Reload(oneshot::Sender<Result<Reloaded, String>>),
}

/// What reading the configuration again changed.
#[derive(Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reloaded {
    /// Feeds that are new.
    pub added: Vec<FeedId>,
    /// Feeds that are configured no more.
    pub removed: Vec<FeedId>,
    /// Feeds with other settings.
    pub altered: Vec<FeedId>,
    /// Sections that say something else and count from now on.
    pub sections: Vec<&'static str>,
    /// Sections that say something else and count from the next start on.
    pub next_start: Vec<&'static str>,
}

/// An order was taken; the log says how it goes on.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Taken {
    feed: FeedId,
    order: &'static str,
}

/// An order about all feeds was taken.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AllTaken {
    /// How many feeds are polled.
    feeds: usize,
    order: &'static str,
}

/// `POST /v1/refresh`.
pub(super) async fn refresh_all(
    extract::State(api): extract::State<Api>,
) -> Result<(StatusCode, Json<AllTaken>), Problem> {
    let feeds = api.state.feeds.borrow().iter().filter(|feed| !feed.disabled).count();
    order(&api, Order::RefreshAll).await?;
    Ok((StatusCode::ACCEPTED, Json(AllTaken { feeds, order: "refresh" })))
}

/// `POST /v1/feeds/{id}/backfill`.
pub(super) async fn backfill(
    extract::State(api): extract::State<Api>,
    Named(id): Named,
) -> Result<(StatusCode, Json<Taken>), Problem> {
    give(&api, &id, "backfill", Order::Backfill).await
}

/// `POST /v1/feeds/{id}/refresh`.
pub(super) async fn refresh(
    extract::State(api): extract::State<Api>,
    Named(id): Named,
) -> Result<(StatusCode, Json<Taken>), Problem> {
    give(&api, &id, "refresh", Order::Refresh).await
}

/// `POST /v1/feeds/{id}/reset`.
pub(super) async fn reset(
    extract::State(api): extract::State<Api>,
    Named(id): Named,
) -> Result<(StatusCode, Json<Taken>), Problem> {
    give(&api, &id, "reset", Order::Reset).await
}

/// `POST /v1/reload`.
pub(super) async fn reload(
    extract::State(api): extract::State<Api>,
) -> Result<Json<Reloaded>, Problem> {
    let (done, answer) = oneshot::channel();
    order(&api, Order::Reload(done)).await?;
    match answer.await {
        Ok(Ok(reloaded)) => Ok(Json(reloaded)),
        Ok(Err(problems)) => Err(Problem::configuration(problems)),
        Err(_) => Err(Problem::busy("the daemon is stopping, or opens its files again")),
    }
}

/// Hands an order to the daemon, once those before it are taken.
async fn order(api: &Api, order: Order) -> Result<(), Problem> {
    let idle = || Problem::busy("no daemon runs, or it is stopping");
    let orders = api.state.orders.as_ref().ok_or_else(idle)?;
    orders.send(order).await.map_err(|_| idle())
}

/// Hands an order about a feed to the daemon.
async fn give(
    api: &Api,
    id: &str,
    order: &'static str,
    of: impl FnOnce(FeedId) -> Order,
) -> Result<(StatusCode, Json<Taken>), Problem> {
    let feeds = api.state.feeds.borrow().clone();
    let feed = feeds.iter().find(|feed| feed.id.as_str() == id && !feed.disabled);
    let feed = feed.ok_or_else(|| Problem::absent(format!("there is no active feed {id}")))?;
    self::order(api, of(feed.id.clone())).await?;
    Ok((StatusCode::ACCEPTED, Json(Taken { feed: feed.id.clone(), order })))
}
