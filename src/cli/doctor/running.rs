//! The running daemon, as far as it answers: never longer than a moment, because a daemon that hangs
//! is what people write reports about.

use super::super::exit::Failure;
use super::super::reach::{Reach, found};
use super::facts::{Daemon, Index};
use super::feeds::Seen;
use super::settings::sockets;
use crate::config::Config;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::net::UnixStream;
use tokio::time::timeout;

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A daemon that answers.
pub(super) struct Running {
    pub(super) daemon: Daemon,
    /// `None` where it does not tell.
    pub(super) feeds: Option<Vec<Seen>>,
}

/// The daemon, where one answers.
pub(super) async fn look(config: &Config) -> Option<Running> {
    let local = found(config).await.ok()??;
    let reach = Reach::Daemon(local);
    let status = ask(&reach, "/v1/status").await.unwrap_or_default();
    let feeds = ask(&reach, "/v1/feeds").await.ok();
    let feeds = feeds.as_ref().and_then(|feeds| feeds.get("data")?.as_array());
    let mut daemon = told(&status);
    daemon.pid = pid(config).await;
    Some(Running { daemon, feeds: feeds.map(|rows| rows.iter().map(Seen::read).collect()) })
}

async fn ask(reach: &Reach, path: &str) -> Result<Value, Failure> {
    let late = |_| Failure::new(super::super::Code::Unavailable, "the daemon does not answer");
    timeout(PATIENCE, reach.json(path)).await.map_err(late)?
}

fn told(status: &Value) -> Daemon {
    let number = |path: &str| status.pointer(path).and_then(Value::as_u64);
    let text = |path: &str| status.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let fetches = status.pointer("/work/fetches").and_then(Value::as_object);
    let count = |(word, count): (&String, &Value)| Some((word.clone(), count.as_u64()?));
    Daemon {
        reachable: true,
        state: text("/health/state"),
        reason: text("/health/reason"),
        version: text("/version"),
        started: text("/started").and_then(|at| at.parse().ok()),
        memory_bytes: number("/memory_bytes"),
        polls: number("/work/polls"),
        fetches: fetches.map_or_else(BTreeMap::new, |all| all.iter().filter_map(count).collect()),
        late_most_seconds: status.pointer("/work/late_most_seconds").and_then(Value::as_f64),
        clock_offset_seconds: status.pointer("/work/clock_offset_seconds").and_then(Value::as_i64),
        pid: None,
        index: Index {
            fault: None,
            bytes: number("/store_bytes"),
            payload_bytes: number("/store_payload_bytes"),
            applied_seq: number("/applied_seq"),
            articles: number("/articles"),
            inbox: number("/inbox"),
        },
        last_seq: number("/last_seq").unwrap_or_default(),
    }
}

/// The number of the process behind the daemon's socket.
async fn pid(config: &Config) -> Option<i32> {
    for path in sockets(config) {
        if let Ok(socket) = UnixStream::connect(path).await {
            return socket.peer_cred().ok()?.pid();
        }
    }
    None
}
