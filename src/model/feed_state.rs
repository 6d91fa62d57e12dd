//! [`FeedState`]: what the daemon remembers of a feed between polls and across restarts.
//!
//! `schedule` computes the next state, `store` keeps it; neither knows the other.

use super::{Link, Rhythm, Timestamp};
use serde::{Deserialize, Serialize};

/// Everything remembered of one configured feed. All of it may be lost without losing an article:
/// the feed is then simply asked again without validators.
///
/// `pipeline` writes what the answer brought (title, validators, hints, body hash);
/// `schedule::next` writes everything else.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FeedState {
    /// Title as the feed gives it, plain text.
    pub title: Option<String>,
    /// Not polled before this moment; `None`: never scheduled yet, or gone for good.
    pub next_due: Option<Timestamp>,
    /// Why it is `next_due`, in words for a person.
    pub due_reason: String,
    /// The part of `next_due` that is not ours to shorten: what server, feed or back-off demand.
    pub not_before: Option<Timestamp>,
    /// When an answer or a failure last came back.
    pub last_polled: Option<Timestamp>,
    /// When a usable answer (document or "not modified") last came back.
    pub last_success: Option<Timestamp>,
    /// When a document that differed from the one before last came.
    pub last_document: Option<Timestamp>,
    /// When an entry that was not known last came.
    pub last_new: Option<Timestamp>,
    /// Failed polls since the last success.
    pub failures: u32,
    /// When the first of these failures happened.
    pub failing_since: Option<Timestamp>,
    /// When the server first said "gone" (410), where no success came since.
    pub gone_since: Option<Timestamp>,
    /// The last failure in words; `None` after a success.
    pub last_error: Option<String>,
    /// How the feed is doing.
    pub health: Health,
    /// What to send so that the server may answer "not modified".
    pub validators: Validators,
    /// The address that gave the validators: they are sent to no other.
    pub validators_for: Option<Link>,
    /// How far the server's "not modified" is believed.
    pub trust: Trust,
    /// The server has answered "not modified" at least once.
    pub revalidates: bool,
    /// The next poll goes without validators, to find out whether "not modified" is true.
    pub probe: bool,
    /// When such a probe last came back.
    pub last_probe: Option<Timestamp>,
    /// A permanent redirect that is not yet believed.
    pub moving: Option<Moving>,
    /// Where the feed is asked since a permanent redirect was believed.
    pub moved: Option<Moved>,
    /// What the feed's last document said about polling.
    pub hints: FeedHints,
    /// BLAKE3 of the last document, first 8 bytes: an identical one is not read again.
    pub body_hash: Option<u64>,
    /// When the feed publishes, as learned from its entries' dates.
    pub rhythm: Rhythm,
    /// The last turn of its health that others were told of; `None` where it never was in lasting
    /// trouble.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turned: Option<Turned>,
    /// Until then a WebSub hub pushes, and its promise need not be renewed; polls are only a safety
    /// net.
    pub pushed_until: Option<Timestamp>,
}

/// How a feed is doing.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[schemars(inline)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// Not yet polled.
    #[default]
    New,
    /// The last poll gave a usable answer.
    Ok,
    /// The last poll failed; it is asked again later.
    Failing,
    /// It has failed for so long that it is only asked now and then.
    Dead,
    /// The server said "gone" and confirmed it; it is not asked any more.
    Gone,
}

/// A turn of a feed's health that a person wants to hear of, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// It has failed so often and for so long that it will hardly mend itself.
    Failing,
    /// Its server said "gone" and confirmed it.
    Gone,
    /// It answers again after one of these.
    Recovered,
}

impl Turn {
    /// The word that other programs see.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Gone => "gone",
            Self::Recovered => "recovered",
        }
    }
}

/// A turn of a feed's health, with what led to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turned {
    /// What it turned to.
    pub to: Turn,
    /// The poll that showed it.
    pub at: Timestamp,
    /// When the trouble began, also for the turn that ends it.
    pub since: Timestamp,
    /// Failed polls of that trouble so far, or until it ended.
    pub failures: u32,
    /// The last failure in words.
    pub error: Option<String>,
}

/// How far a server's "not modified" is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trust {
    /// Both validators are sent.
    #[default]
    Full,
    /// Its `ETag` lied: only `Last-Modified` is sent.
    LastModified,
    /// Both lied: none is sent.
    Nothing,
}

/// A permanent redirect seen lately; a stray one (a captive portal) must not move a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moving {
    /// Where the chain of permanent redirects ended.
    pub to: Link,
    /// When it was first seen to end there.
    pub since: Timestamp,
    /// Successful polls since then, all of which ended there.
    pub polls: u32,
}

/// A permanent redirect that was believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The configured address that redirects; another configured address ends the move.
    pub from: Link,
    /// The address asked instead.
    pub to: Link,
    /// When it was believed.
    pub since: Timestamp,
    /// The next poll asks the configured address once more.
    pub recheck: bool,
    /// The configured address was asked once more and still redirected, or failed.
    pub rechecked: bool,
}

/// HTTP validators, kept byte for byte as the server sent them (RFC 9110, section 8.8).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Validators {
    /// `ETag`, quotes and `W/` included.
    pub etag: Option<Vec<u8>>,
    /// `Last-Modified`, never re-formatted.
    pub last_modified: Option<Vec<u8>>,
}

impl Validators {
    /// True where there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// What a feed's document says about how often to ask.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FeedHints {
    /// RSS `ttl`, minutes.
    pub ttl_minutes: Option<u32>,
    /// RSS `skipHours`: bit n set = not at hour n GMT.
    pub skip_hours: u32,
    /// RSS `skipDays`: bit 0 = Monday.
    pub skip_days: u8,
    /// `sy:updatePeriod` over `sy:updateFrequency`, seconds.
    pub update_every_seconds: Option<u32>,
    /// `sy:updateBase`: the updates lie a multiple of the period from here.
    pub update_base: Option<Timestamp>,
    /// WebSub hub, where the feed announces one.
    pub hub: Option<Link>,
    /// The feed's own address as it gives it.
    pub self_link: Option<Link>,
    /// The feed says that it moved here (`itunes:new-feed-url`); a hint, never followed blindly.
    pub moved_to: Option<Link>,
}
