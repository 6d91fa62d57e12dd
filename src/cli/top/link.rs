//! [`Link`]: the way to the daemon. Asks again and again, and finds the daemon anew where it went
//! away: a restart is not the end of `top`.

use super::super::exit::{Code, Failure};
use super::super::reach::{Reach, found};
use super::snapshot::Look;
use crate::config::Config;
use crate::observe::steady;
use serde::de::DeserializeOwned;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};
use url::form_urlencoded::byte_serialize;

/// From the end of one look to the next.
const PAUSE: Duration = Duration::from_secs(1);

/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The list of all feeds is asked for so rarely that it takes this part of the time at most: with a
/// hundred thousand feeds it is some megabytes.
const SHARE: u32 = 20;

/// Newest articles that are asked for.
const ARTICLES: usize = 30;

/// The way to the daemon.
pub(super) struct Link {
    config: Config,
    daemon: Option<Reach>,
    /// When the list of feeds is asked for again.
    feeds_from: Option<Instant>,
}

impl Link {
    /// A link to the daemon of this configuration; nothing is asked yet.
    pub(super) fn new(config: Config) -> Self {
        Self { config, daemon: None, feeds_from: None }
    }

    /// Waits a moment, but for the first time, and looks at the daemon; at length at the `chosen`
    /// feed.
    pub(super) async fn look(
        mut self,
        chosen: Option<String>,
        wait: bool,
    ) -> (Self, Result<Look, Failure>) {
        if wait {
            sleep(PAUSE).await;
        }
        let look = self.ask(chosen).await;
        if look.is_err() {
            (self.daemon, self.feeds_from) = (None, None);
        }
        (self, look)
    }

    async fn ask(&mut self, chosen: Option<String>) -> Result<Look, Failure> {
        if self.daemon.is_none() {
            self.daemon = found(&self.config).await?.map(Reach::Daemon);
        }
        let absent = || {
            let text = "nobody answers at `listen` in [http]; start it with `wiredesk run`";
            Failure::new(Code::Unavailable, text)
        };
        let daemon = self.daemon.as_ref().ok_or_else(absent)?;
        let status = part(daemon, "/v1/status", "").await?;
        let began = steady();
        let due = self.feeds_from.is_none_or(|from| began >= from);
        let feeds = if due { Some(part(daemon, "/v1/feeds", "/data").await?) } else { None };
        let articles = part(daemon, &format!("/v1/articles?limit={ARTICLES}"), "/data").await?;
        let why = match chosen {
            // A feed that went out of the configuration has no why.
            Some(id) => why(daemon, &id).await.ok().map(|why| (id, why)),
            None => None,
        };
        if due {
            self.feeds_from = Some(steady() + began.elapsed() * SHARE);
        }
        Ok(Look { status, feeds, articles, why })
    }
}

async fn why(daemon: &Reach, id: &str) -> Result<String, Failure> {
    let id: String = byte_serialize(id.as_bytes()).collect();
    part(daemon, &format!("/v1/feeds/{id}"), "/why").await
}

/// The value behind a JSON pointer in the answer at `path`.
async fn part<T: DeserializeOwned>(
    daemon: &Reach,
    path: &str,
    pointer: &str,
) -> Result<T, Failure> {
    let strange = |e: &dyn std::fmt::Display| Failure::new(Code::Software, format!("{path}: {e}"));
    let late = |_| Failure::new(Code::Unavailable, "the daemon takes too long to answer");
    let mut answer = timeout(PATIENCE, daemon.json(path)).await.map_err(late)??;
    let value = answer.pointer_mut(pointer).ok_or_else(|| strange(&"no such part"))?;
    serde_json::from_value(value.take()).map_err(|e| strange(&e))
}
