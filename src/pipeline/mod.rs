//! One feed's poll and one article's journey: the only place that joins the stages.
//!
//! [`poll()`] asks a feed and files what is new; [`journey()`] brings an entry's page and files the
//! article; [`Filing`] is the one writer behind both; [`replay()`] brings the index up to the
//! archive. Nothing here spawns (but for the moment in which
//! the writer compresses beside the disk): `daemon` runs these functions.

mod arrivals;
mod backfill;
mod bundle;
mod cpu;
mod draft;
mod filing;
mod hubs;
mod intake;
mod journey;
mod judge;
mod known;
mod ledger;
mod page;
mod parts;
mod poll;
mod push;
mod replay;
mod spans;

pub use backfill::{Backfilled, backfill};
pub use bundle::{Rest, read_bundle};
pub use cpu::{Cpu, Lost, Worker, pool};
pub use draft::Draft;
pub use filing::{Clerk, Fault, Filing, NotFiled, Tray, clerk};
pub use hubs::{Hubs, Push};
pub use intake::Waiting;
pub use journey::{Next, journey};
pub use ledger::{Bench, Ledger};
pub use poll::{Moment, Polled, poll};
pub use push::{Pushed, pushed};
pub use replay::{Progress, replay};

use crate::model::{FeedId, Link, Timestamp};
use crate::observe::{self, FetchOutcome, Metrics};
use crate::{dedupe, extract, feed, fetch, schedule, store};
use std::sync::Arc;
use std::time::Duration;
use tracing::Instrument;

/// A configured feed as its journey needs it: its address and the settings in force for it.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its stable name.
    pub id: FeedId,
    /// The configured address.
    pub url: Link,
    /// Tags that its articles get.
    pub tags: Vec<String>,
    /// How it is fetched: secrets, headers, proxy.
    pub access: Arc<fetch::Access>,
    /// Limits and deadlines of its requests.
    pub fetch: Arc<fetch::Settings>,
    /// How often it is polled.
    pub schedule: Arc<schedule::Settings>,
    /// How its documents are read.
    pub feed: Arc<feed::Settings>,
    /// How its pages are read.
    pub extract: Arc<extract::Settings>,
    /// How its copies are treated.
    pub dedupe: Arc<dedupe::Settings>,
}

/// What every poll and every journey works with; cheap to clone.
#[derive(Clone)]
pub struct Desk {
    /// The door to the network.
    pub fetcher: fetch::Fetcher,
    /// Threads for parsing.
    pub cpu: Cpu,
    /// What is known.
    pub store: store::Store,
    /// What repeats on sites and is no article.
    pub repeats: dedupe::Repeats,
    /// Who writes it down.
    pub clerk: Clerk,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// Who pushes; `None` where nobody can reach us.
    pub hubs: Option<Arc<Hubs>>,
}

/// What a server made of a request: asked, counted and traced.
async fn fetch(desk: &Desk, request: &fetch::Request) -> fetch::Outcome {
    let (span, started) = (spans::fetch(&request.url), observe::steady());
    let answer = desk.fetcher.get(request).instrument(span.clone()).await;
    spans::note_answer(&span, &answer);
    count(&desk.metrics, &answer, started.elapsed());
    answer
}

/// Counts what a request brought and how long that took, the wait for the host's turn included.
fn count(metrics: &Metrics, outcome: &fetch::Outcome, took: Duration) {
    let (kind, took) = match outcome {
        fetch::Outcome::Fetched(_) => (FetchOutcome::Document, Some(took)),
        fetch::Outcome::Unchanged(_) => (FetchOutcome::Unchanged, Some(took)),
        fetch::Outcome::Gone => (FetchOutcome::Gone, Some(took)),
        fetch::Outcome::Failed(_) => (FetchOutcome::Failed, Some(took)),
        fetch::Outcome::Refused(_) => (FetchOutcome::Refused, None),
    };
    metrics.fetched(kind, took);
    if let Some(date) = date(outcome) {
        metrics.dated(date, observe::now());
    }
}

/// The clock of the server that answered, where it said.
fn date(outcome: &fetch::Outcome) -> Option<Timestamp> {
    match outcome {
        fetch::Outcome::Fetched(answer) => answer.freshness.date,
        fetch::Outcome::Unchanged(answer) => answer.freshness.date,
        fetch::Outcome::Failed(failure) => failure.freshness.date,
        fetch::Outcome::Gone | fetch::Outcome::Refused(_) => None,
    }
}
