//! What tasks, hubs and signals tell the control loop, and the tickets that they speak of.

use crate::fetch::Fetcher;
use crate::model::{FeedId, FeedState, Link, Timestamp};
use crate::pipeline::{NotFiled, Polled, Pushed, Rest, Source};
use crate::schedule::Budget;
use crate::serve::Receipt;
use crate::store::BundleId;
use bytes::Bytes;
use std::sync::Arc;
use tokio::sync::oneshot;

/// What tasks and signals tell the loop.
pub(super) enum Event {
    /// A poll ended: what became of the feed, and of those that shared its fetch.
    Polled { host: String, feeds: Vec<After> },
    /// A journey ended; `again` is when the entry may be tried again.
    Journeyed { host: String, ticket: Ticket, again: Option<Timestamp> },
    /// A bundle of the feed was read; `None` by our own fault, and it waits again.
    Read { bundle: BundleId, rest: Option<Rest> },
    /// A hub pushed; `done` takes what to answer.
    Pushed {
        feed: FeedId,
        body: Bytes,
        content_type: Option<String>,
        done: oneshot::Sender<Receipt>,
    },
    /// A push was taken in: these entries wait for their page, or the feed is worth a poll.
    Taken { number: u32, pushed: Pushed },
    /// All older pages of a feed are wanted.
    Backfill(FeedId),
    /// A person wants a feed polled now.
    Refresh(FeedId),
    /// A person wants all feeds polled now.
    RefreshAll,
    /// A person wants a feed polled now as if it were new.
    Reset(FeedId),
    /// Requests are made in another way from now on.
    Fetcher(Fetcher),
    /// All feeds together may make another number of requests.
    Budget(Budget),
    /// Other sources are in force.
    Sources(Vec<Arc<Source>>),
    /// Nothing new is to start, or all may go on.
    Pause(bool),
}

/// A feed after a poll.
pub(super) struct After {
    pub(super) number: u32,
    /// Its new state, `None` where the poll failed by our own fault.
    pub(super) state: Option<Box<FeedState>>,
    /// The entries that now wait for their page.
    pub(super) pages: Vec<Page>,
    /// Those that wait to be read.
    pub(super) bundles: Vec<BundleId>,
}

/// An entry that waits in the inbox: its feed and its key there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket {
    pub(super) feed: FeedId,
    pub(super) key: String,
}

/// A page to be fetched.
pub(super) struct Page {
    pub(super) host: String,
    pub(super) ticket: Ticket,
    pub(super) at: Timestamp,
}

impl After {
    /// `polled` is `None` where the poll ended by an internal fault.
    pub(super) fn of(number: u32, feed: &FeedId, polled: Option<Result<Polled, NotFiled>>) -> Self {
        match polled {
            Some(Ok(polled)) => {
                let waiting = polled.waiting.iter();
                let pages = waiting.map(|(key, link, at)| Page::of(feed, key, link.as_ref(), *at));
                let (pages, state) = (pages.collect(), Some(Box::new(polled.state)));
                Self { number, pages, bundles: polled.bundles, state }
            }
            Some(Err(error)) => {
                tracing::error!(%feed, %error, "the poll could not be written down");
                Self { number, state: None, pages: Vec::new(), bundles: Vec::new() }
            }
            None => {
                tracing::error!(%feed, "internal fault while polling; the feed rests");
                Self { number, state: None, pages: Vec::new(), bundles: Vec::new() }
            }
        }
    }
}

impl Page {
    /// The page behind `link`; none of its own where there is no link.
    pub(super) fn of(feed: &FeedId, key: &str, link: Option<&Link>, at: Timestamp) -> Self {
        let host = link.map(authority).unwrap_or_default();
        Self { host, ticket: Ticket { feed: feed.clone(), key: key.to_owned() }, at }
    }
}

/// Host and port: what politeness counts as one server.
pub(super) fn authority(link: &Link) -> String {
    match link.url().port() {
        Some(port) => format!("{}:{port}", link.host()),
        None => link.host().to_owned(),
    }
}
