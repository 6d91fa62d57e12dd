//! [`FeedState`]: what the daemon remembers of a feed between polls and across restarts.
//!
//! `schedule` computes the next state, `store` keeps it; neither knows the other.

use super::{Link, Timestamp};
use serde::{Deserialize, Serialize};

/// Everything remembered of one configured feed. All of it may be lost without losing an article:
/// the feed is then simply asked again without validators.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FeedState {
    /// Title as the feed gives it, plain text.
    pub title: Option<String>,
    /// Not polled before this moment; `None`: never scheduled yet.
    pub next_due: Option<Timestamp>,
    /// Why it is `next_due`, in words for a person.
    pub due_reason: String,
    /// When an answer or a failure last came back.
    pub last_polled: Option<Timestamp>,
    /// When a usable answer (document or "not modified") last came back.
    pub last_success: Option<Timestamp>,
    /// When an entry that was not known last came.
    pub last_new: Option<Timestamp>,
    /// Failed polls since the last success.
    pub failures: u32,
    /// The last failure in words; `None` after a success.
    pub last_error: Option<String>,
    /// How the feed is doing.
    pub health: Health,
    /// What to send so that the server may answer "not modified".
    pub validators: Validators,
    /// The address that gave the validators: they are sent to no other.
    pub validators_for: Option<Link>,
    /// What the feed's last document said about polling.
    pub hints: FeedHints,
    /// BLAKE3 of the last document, first 8 bytes: an identical one is not read again.
    pub body_hash: Option<u64>,
}

/// How a feed is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// Not yet polled.
    #[default]
    New,
    /// The last poll gave a usable answer.
    Ok,
    /// The last poll failed; it is asked again later.
    Failing,
    /// The server said "gone" and confirmed it.
    Gone,
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
