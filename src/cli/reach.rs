//! How a verb reaches the articles: over the socket of the running daemon, else by opening the
//! state folder and asking the same routes in this process. Both give the same answers.

use super::exit::{Code, Failure};
use crate::config::{Config, Listen};
use crate::daemon;
use crate::fetch::{Local, LocalAnswer, LocalError};
use crate::hook::Board;
use crate::serve;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::Request;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use serde_json::Value;
use std::future::Future;
use tower::ServiceExt;

/// A way to the articles.
pub(super) enum Reach {
    /// The daemon answers.
    Daemon(Local),
    /// No daemon runs; the routes run here.
    Here(Router),
}

/// The parts of an answer's body.
type Parts = BoxStream<'static, Result<Bytes, Failure>>;

/// Runs a verb that waits for answers.
///
/// # Errors
/// Those of the verb.
pub(super) fn wait<T>(verb: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(verb)
}

impl Reach {
    /// The daemon where it answers on its socket, else the state folder itself.
    ///
    /// # Errors
    /// Nobody answers and the state folder cannot be opened.
    pub(super) async fn of(config: &Config) -> Result<Self, Failure> {
        for listen in &config.http.listen {
            if let Listen::Unix(path) = listen {
                let local = Local::new(path).map_err(unavailable)?;
                if local.get("/healthz").await.is_ok() {
                    return Ok(Self::Daemon(local));
                }
            }
        }
        Ok(Self::Here(open(config)?))
    }

    /// The JSON at `path`.
    ///
    /// # Errors
    /// There is no such thing, or the answer does not come; the message says which.
    pub(super) async fn json(&self, path: &str) -> Result<Value, Failure> {
        parsed(path, self.get(path).await?).await
    }

    /// What the daemon answers to an order.
    ///
    /// # Errors
    /// No daemon runs, or it does not take the order; the message says which.
    pub(super) async fn order(&self, path: &str) -> Result<Value, Failure> {
        let Self::Daemon(local) = self else {
            return Err(Failure::new(Code::Unavailable, "no daemon runs that could do it"));
        };
        let answer = local.post(path).await.map_err(unavailable)?;
        match answer.status() {
            200..300 => parsed(path, unfold(answer)).await,
            status => Err(refused(status, unfold(answer)).await),
        }
    }

    /// The body at `path`, part by part.
    ///
    /// # Errors
    /// As [`Reach::json`].
    pub(super) async fn get(&self, path: &str) -> Result<Parts, Failure> {
        let (status, parts) = match self {
            Self::Daemon(local) => over(local, path).await?,
            Self::Here(router) => here(router, path).await?,
        };
        if (200..300).contains(&status) { Ok(parts) } else { Err(refused(status, parts).await) }
    }
}

async fn over(local: &Local, path: &str) -> Result<(u16, Parts), Failure> {
    let answer = local.get(path).await.map_err(unavailable)?;
    Ok((answer.status(), unfold(answer)))
}

fn unfold(answer: LocalAnswer) -> Parts {
    let parts = stream::try_unfold(answer, |mut answer| async move {
        let part = answer.part().await.map_err(unavailable)?;
        Ok(part.map(|part| (part, answer)))
    });
    parts.boxed()
}

async fn parsed(path: &str, mut parts: Parts) -> Result<Value, Failure> {
    let mut text = Vec::new();
    while let Some(part) = parts.next().await {
        text.extend_from_slice(&part?);
    }
    serde_json::from_slice(&text)
        .map_err(|e| Failure::new(Code::Software, format!("{path} gave no JSON: {e}")))
}

async fn here(router: &Router, path: &str) -> Result<(u16, Parts), Failure> {
    let broken = |e: &dyn std::fmt::Display| Failure::new(Code::Software, format!("{path}: {e}"));
    let request = Request::get(path).body(Body::empty()).map_err(|e| broken(&e))?;
    let answer = router.clone().oneshot(request).await.map_err(|e| broken(&e))?;
    let status = answer.status().as_u16();
    let parts = answer.into_body().into_data_stream();
    let parts = parts.map(|part| part.map_err(|e| Failure::new(Code::Io, e.to_string())));
    Ok((status, parts.boxed()))
}

/// The failure that an answer other than a success stands for.
async fn refused(status: u16, mut parts: Parts) -> Failure {
    let mut text = Vec::new();
    while let Some(Ok(part)) = parts.next().await {
        text.extend_from_slice(&part);
    }
    let problem: Option<Value> = serde_json::from_slice(&text).ok();
    let detail = problem.as_ref().and_then(|p| p.get("detail")).and_then(Value::as_str);
    let code = match status {
        404 | 410 | 503 => Code::Unavailable,
        422 => Code::Config,
        400..500 => Code::Data,
        _ => Code::Software,
    };
    let said = String::from_utf8_lossy(&text).trim().to_owned();
    Failure::new(code, detail.map_or(said, str::to_owned))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unavailable(error: LocalError) -> Failure {
    Failure::new(Code::Unavailable, error.to_string())
}

/// The routes over the state folder, opened by this process.
fn open(config: &Config) -> Result<Router, Failure> {
    let state = &config.daemon.state_dir;
    let holdings = daemon::open(state, &config.archive, &config.store, config.dedup.window, |_| ())
        .map_err(|fault| open_failure(&fault))?;
    let last = holdings.log.last_seq();
    let feeds = daemon::configured(config);
    // Keeping the lock would keep a daemon from starting; the reading handles do not need it.
    let bookmarks = serve::Bookmarks::open(&daemon::bookmarks_file(state))?;
    let search = daemon::catch_up(state, &holdings.reader, last);
    let (store, reader) = (holdings.store, holdings.reader);
    let state = serve::State::offline(store, reader, last, feeds);
    let hooks = Board::default();
    hooks.set(config.webhooks.iter().map(AsRef::as_ref));
    let hub = config.http.hub.clone();
    let state = serve::State { bookmarks, hooks, search, hub, ..state };
    Ok(serve::router(state))
}

/// What to tell a person whose state folder does not open.
pub(super) fn open_failure(fault: &daemon::OpenFault) -> Failure {
    if fault.is_locked() {
        let advice = "another wiredesk holds the state folder and does not answer on its socket; \
                      wait for it to start or stop, or see http.listen in the configuration";
        return Failure::new(Code::TempFail, format!("{fault}; {advice}"));
    }
    Failure::new(Code::Io, fault.to_string())
}
