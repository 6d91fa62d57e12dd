//! [`Outcome`]: what a poll brought, as far as the schedule cares. `pipeline` builds it from what
//! `fetch` and `feed` say.

use crate::model::{Link, Timestamp};
use std::time::Duration;

/// What a poll brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// What came back.
    pub answer: Answer,
    /// `Retry-After` of the answer, whatever its status, counted from now.
    pub retry_after: Option<Duration>,
    /// How long the answer stays fresh from now: `max-age` less `Age`, else `Expires` less `Date`.
    pub fresh_for: Option<Duration>,
    /// Set where every redirect of the chain was permanent (301, 308).
    pub redirect: Option<Redirect>,
}

impl Outcome {
    /// An answer without any wish of the server.
    pub fn new(answer: Answer) -> Self {
        Self { answer, retry_after: None, fresh_for: None, redirect: None }
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// A document that differs from the one before.
    Document(Document),
    /// The document is the one we know.
    Unchanged(Unchanged),
    /// Nothing usable.
    Failed {
        /// What kind of failure it was.
        class: Failure,
        /// The failure in words for a person.
        message: String,
    },
    /// 410: the server says that the feed is gone for good.
    Gone,
    /// No host could be reached: this machine is offline, and the feed is not to blame.
    Offline,
    /// Not asked, because its host asked for rest after a request for another document; the rest
    /// stands in [`Outcome::retry_after`].
    HostRests,
}

impl Answer {
    /// True where nobody was asked: nothing is learned, and nothing charged to the feed.
    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::Offline | Self::HostRests)
    }
}

/// What a document taught.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// Publication dates of its entries, in any order; entries without a date are left out.
    pub published: Vec<Timestamp>,
    /// Entries that were not known before.
    pub new: u32,
    /// All its entries.
    pub window: u32,
}

/// How we know that nothing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unchanged {
    /// The server said so (304).
    NotModified,
    /// The same bytes came again.
    SameBody,
}

/// What kind of failure it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Name resolution, connecting, or the connection broke.
    Network,
    /// A deadline passed.
    Timeout,
    /// The certificate or the handshake.
    Tls,
    /// An HTTP status that is no answer; 410 is [`Answer::Gone`].
    Status(u16),
    /// An answer that cannot be the feed: HTML, a captcha, empty, or without any entry where
    /// there were some.
    Suspicious,
    /// A document that nobody can read.
    Malformed,
    /// An answer past a cap.
    TooLarge,
    /// Not asked: the address guard or robots.txt forbids it.
    Refused,
}

/// A chain of permanent redirects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The address that was asked.
    pub from: Link,
    /// The address that answered.
    pub to: Link,
}
