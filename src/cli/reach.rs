//! How a verb reaches the articles: over a socket of the running daemon, else by opening the
//! state folder and asking the same routes in this process. Both give the same answers.

use super::exit::{Code, Failure};
use crate::config::{Config, Listen, Secret};
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
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::time::timeout;
use tower::ServiceExt;

/// How long a daemon may take to say that it lives.
const PATIENCE: Duration = Duration::from_secs(5);

/// A way to the articles.
pub(super) enum Reach {
    /// The daemon answers.
    Daemon(Local),
    /// No daemon runs; the routes run here.
    Here(Router),
}

/// The parts of an answer's body.
pub(super) type Parts = BoxStream<'static, Result<Bytes, Failure>>;

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
        match found(config).await? {
            Some(local) => Ok(Self::Daemon(local)),
            None => Ok(Self::Here(open(config)?)),
        }
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
        let (status, parts) = self.answer(path).await?;
        if (200..300).contains(&status) { Ok(parts) } else { Err(refused(status, parts).await) }
    }

    /// The status and the body at `path`, whatever the status.
    ///
    /// # Errors
    /// The answer does not come.
    pub(super) async fn answer(&self, path: &str) -> Result<(u16, Parts), Failure> {
        match self {
            Self::Daemon(local) => over(local, path).await,
            Self::Here(router) => here(router, path).await,
        }
    }
}

/// The daemon where it answers at a place where the configuration has it listen.
///
/// # Errors
/// No client can be built.
pub(super) async fn found(config: &Config) -> Result<Option<Local>, Failure> {
    for place in places(&config.http.listen) {
        let local = match place {
            Listen::Unix(path) => Local::new(path),
            Listen::Tcp(address) => {
                let token = config.http.token.as_ref().map(Secret::reveal);
                Local::at(&format!("http://{}", near(*address)), token)
            }
        };
        let local = local.map_err(unavailable)?;
        if let Ok(Ok(_)) = timeout(PATIENCE, local.get("/healthz")).await {
            return Ok(Some(local));
        }
    }
    Ok(None)
}

/// Where to ask for the daemon: its sockets. A port may be that of another desk's daemon and is
/// asked only where there is no socket.
fn places(listen: &[Listen]) -> impl Iterator<Item = &Listen> {
    let is_socket = |place: &&Listen| matches!(place, Listen::Unix(_));
    let sockets = listen.iter().any(|place| is_socket(&place));
    listen.iter().filter(move |place| is_socket(place) == sockets)
}

/// An address on which to reach a port of this machine.
fn near(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
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
