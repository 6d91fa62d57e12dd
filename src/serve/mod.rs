//! The HTTP API over archive and store: changes, articles, feeds, health, metrics. Reads, but for
//! the few orders that a person may give.
//!
//! `daemon` binds the listeners and serves [`router`] on each: on a unix socket as it is, on TCP
//! behind a [`Guard`]. The command line runs the same routes in its own process where no daemon
//! runs, so that both give the same answers.

mod api;
mod articles;
mod bulk;
mod callback;
mod changes;
pub mod demo;
mod etag;
mod feeds;
mod guard;
mod health;
mod orders;
mod page;
mod parked;
mod problem;
mod stream;

pub use callback::{Call, Delivery, Question, Receipt, Wanted, callbacks};
pub use feeds::Configured;
pub use guard::{Guard, guarded};
pub use health::Health;
pub use orders::Order;
pub use problem::Problem;

use crate::archive::Reader;
use crate::model::Seq;
use crate::observe::Metrics;
use crate::store::Store;
use api::Api;
use axum::Router;
use axum::routing::{get, post};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// What the API answers from.
#[derive(Debug, Clone)]
pub struct State {
    /// The index.
    pub store: Store,
    /// The truth.
    pub reader: Reader,
    /// How far the log has come.
    pub last_seq: watch::Receiver<Seq>,
    /// The feeds in force.
    pub feeds: watch::Receiver<Arc<[Configured]>>,
    /// How the daemon is.
    pub health: watch::Receiver<Health>,
    /// Counters; `None` where no daemon runs or nobody wants them.
    pub metrics: Option<Arc<Metrics>>,
    /// Takes what a person orders; `None` where no daemon runs.
    pub orders: Option<mpsc::Sender<Order>>,
}

impl State {
    /// A state folder that no daemon holds, seen from this process; `feeds` as configured.
    pub fn offline(store: Store, reader: Reader, last: Seq, feeds: Vec<Configured>) -> Self {
        Self {
            store,
            reader,
            last_seq: watch::channel(last).1,
            feeds: watch::channel(feeds.into()).1,
            health: watch::channel(Health::Stopped).1,
            metrics: None,
            orders: None,
        }
    }
}

/// The routes of the API.
pub fn router(state: State) -> Router {
    Router::new()
        .route("/v1/changes", get(changes::list))
        .route("/v1/changes/stream", get(stream::events))
        .route("/v1/articles", get(articles::list))
        .route("/v1/articles.ndjson", get(bulk::all))
        .route("/v1/articles/{id}", get(articles::one))
        .route("/v1/articles/{id}/text", get(articles::text))
        .route("/v1/articles/{id}/markdown", get(articles::markdown))
        .route("/v1/articles/{id}/revisions", get(articles::revisions))
        .route("/v1/feeds", get(feeds::list))
        .route("/v1/feeds/{id}", get(feeds::one))
        .route("/v1/feeds/{id}/backfill", post(orders::backfill))
        .route("/v1/feeds/{id}/refresh", post(orders::refresh))
        .route("/v1/status", get(health::status))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(problem::no_route)
        .method_not_allowed_fallback(problem::no_method)
        .with_state(Api::new(state))
}
