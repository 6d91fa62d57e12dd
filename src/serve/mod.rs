//! The HTTP API over archive and store: changes, articles, feeds, health, metrics. Reads, but for
//! the few orders that a person may give.
//!
//! `daemon` binds the listeners and serves [`router`] on each: on a unix socket as it is, on TCP
//! behind a [`Guard`]. The command line runs the same routes in its own process where no daemon
//! runs, so that both give the same answers.

mod accept;
mod api;
mod articles;
mod board;
mod bookmarks;
mod bulk;
mod callback;
mod changes;
mod consumers;
pub mod demo;
mod etag;
mod feeds;
mod guard;
mod health;
mod histogram;
mod hooks;
mod openapi;
mod orders;
mod page;
mod parked;
mod problem;
mod story;
mod stream;
mod syndicate;
mod xml;

pub use bookmarks::{Bookmark, Bookmarks};
pub use callback::{Call, Delivery, Question, Receipt, Wanted, callbacks};
pub use feeds::Configured;
pub use guard::{Guard, guarded};
pub use health::Health;
pub use orders::{Order, Reloaded};
pub use problem::Problem;

use crate::archive::Reader;
use crate::hook::Board;
use crate::model::{Link, Seq, Timestamp};
use crate::observe::{FeedCounts, Metrics};
use crate::search::Searcher;
use crate::store::Store;
use api::Api;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{get, post};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tower_http::compression::CompressionLayer;

/// Longest body of a request in bytes: all of them are a line of JSON.
const BODY_MAX: usize = 16 << 10;

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
    /// How those do that are polled; `None` where nobody counts them.
    pub counts: watch::Receiver<Option<FeedCounts>>,
    /// When the daemon started; `None` where none runs.
    pub started: Option<Timestamp>,
    /// How the daemon is.
    pub health: watch::Receiver<Health>,
    /// Where consumers are.
    pub bookmarks: Bookmarks,
    /// How webhooks are doing.
    pub hooks: Board,
    /// Finds words.
    pub search: Searcher,
    /// The hub that feeds which are served here name.
    pub hub: Option<Link>,
    /// Counters; `None` where no daemon runs or nobody wants them.
    pub metrics: Option<Arc<Metrics>>,
    /// Takes what a person orders; `None` where no daemon runs.
    pub orders: Option<mpsc::Sender<Order>>,
}

impl State {
    /// A state folder that no daemon holds, seen from this process; `feeds` as configured.
    /// Without bookmarks and an index of words.
    pub fn offline(store: Store, reader: Reader, last: Seq, feeds: Vec<Configured>) -> Self {
        Self {
            store,
            reader,
            last_seq: watch::channel(last).1,
            feeds: watch::channel(feeds.into()).1,
            counts: watch::channel(None).1,
            started: None,
            health: watch::channel(Health::Stopped).1,
            bookmarks: Bookmarks::default(),
            hooks: Board::default(),
            search: Searcher::default(),
            hub: None,
            metrics: None,
            orders: None,
        }
    }
}

/// The routes of the API.
pub fn router(state: State) -> Router {
    Router::new()
        .route("/v1/changes", get(changes::list))
        .route("/v1/articles", get(articles::list))
        .route("/v1/articles.ndjson", get(bulk::all))
        .route("/v1/feeds", get(feeds::list))
        .route("/opml", get(syndicate::list))
        .route("/openapi.json", get(openapi::document))
        // Below are answers with a strong entity tag, which names one coding, and live ones.
        .layer(CompressionLayer::new())
        .route("/v1/changes/stream", get(stream::events))
        .route("/feeds/{file}", get(syndicate::feed))
        .route("/v1/consumers", get(consumers::list))
        .route(
            "/v1/consumers/{name}",
            get(consumers::one).put(consumers::put).delete(consumers::delete),
        )
        .route("/v1/articles/{id}", get(articles::one))
        .route("/v1/articles/{id}/text", get(articles::text))
        .route("/v1/articles/{id}/markdown", get(articles::markdown))
        .route("/v1/articles/{id}/html", get(articles::html))
        .route("/v1/articles/{id}/revisions", get(articles::revisions))
        .route("/v1/articles/{id}/diff", get(story::diff))
        .route("/v1/articles/{id}/story", get(story::story))
        .route("/v1/feeds/{id}", get(feeds::one))
        .route("/v1/feeds/{id}/backfill", post(orders::backfill))
        .route("/v1/feeds/{id}/refresh", post(orders::refresh))
        .route("/v1/feeds/{id}/reset", post(orders::reset))
        .route("/v1/refresh", post(orders::refresh_all))
        .route("/v1/reload", post(orders::reload))
        .route("/v1/webhooks", get(hooks::list))
        .route("/v1/status", get(health::status))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .merge(board::routes())
        .fallback(problem::no_route)
        .method_not_allowed_fallback(problem::no_method)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(map_response(no_sniffing))
        .with_state(Api::new(state))
}

/// Browsers are not to guess: what is no page must not become one.
async fn no_sniffing(mut answer: Response) -> Response {
    let plainly = HeaderValue::from_static("nosniff");
    answer.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, plainly);
    answer
}
