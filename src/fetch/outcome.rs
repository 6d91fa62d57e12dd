//! What a fetch brought: every behaviour of a server is one of these values.

use super::Freshness;
use crate::model::{Link, Validators};
use bytes::Bytes;
use std::fmt;
use std::time::Duration;

/// What a fetch brought.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// A whole document.
    Fetched(Box<Fetched>),
    /// The document is the one whose validators were sent (304).
    Unchanged(Box<Unchanged>),
    /// The server says that the document is gone for good (410).
    Gone,
    /// Something went wrong on the way or at the server; asking again later may help.
    Failed(Box<Failure>),
    /// We did not ask, and shall not ask before something changes.
    Refused(Reason),
}

/// A whole document.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Where the document came from, after all redirects.
    pub final_url: Link,
    /// Where the document has moved to: all redirects on the way were permanent, none gave up
    /// HTTPS.
    pub permanent_to: Option<Link>,
    /// 200, 203, or 226 where the document holds only what is new (RFC 3229).
    pub status: u16,
    /// What to send to `final_url`, and only there, the next time.
    pub validators: Validators,
    /// What the server says about asking again.
    pub freshness: Freshness,
    /// `Content-Type` as sent.
    pub content_type: Option<String>,
    /// `Link` headers as sent, one a field.
    pub link_headers: Vec<String>,
    /// The document, inflated.
    pub body: Bytes,
    /// Bytes of the body on the wire.
    pub wire_bytes: u64,
    /// From the first request to the last byte, without waiting for the host's turn.
    pub took: Duration,
}

/// The document has not changed.
#[derive(Debug, Clone)]
pub struct Unchanged {
    /// Where the answer came from, after all redirects.
    pub final_url: Link,
    /// As in [`Fetched`].
    pub permanent_to: Option<Link>,
    /// Validators that the answer brings; an absent one keeps its old value (RFC 9111, 3.2).
    pub validators: Validators,
    /// What the server says about asking again.
    pub freshness: Freshness,
    /// As in [`Fetched`].
    pub took: Duration,
}

/// What went wrong.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The class of the failure.
    pub kind: FailureKind,
    /// What the server says about asking again, where it said anything.
    pub freshness: Freshness,
    /// What happened, for a person; names the address that was asked last.
    pub message: String,
}

impl Failure {
    pub(super) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, freshness: Freshness::default(), message: message.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The class of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The host's name has no address, or nobody could be asked.
    Dns,
    /// No connection.
    Connect,
    /// No secure connection, or a certificate that nobody should trust.
    Tls,
    /// A deadline passed.
    Timeout,
    /// More bytes than allowed, on the wire, inflated, or in the header.
    TooBig,
    /// A content encoding that is unknown, broken, a lie, or piled on others.
    BadEncoding,
    /// The connection ended before the document did.
    Truncated,
    /// Not the HTTP that we asked for.
    Protocol,
    /// An answer with this status and no document.
    Status(u16),
    /// Too many redirects, a circle, or one that leads nowhere.
    Redirect,
    /// Our own configuration for this feed cannot be used.
    SetUp,
}

impl FailureKind {
    /// True where the machine's own line may be the reason, not the server.
    pub fn may_be_offline(self) -> bool {
        matches!(self, Self::Dns | Self::Connect)
    }
}

/// Why we did not ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The host's address is not public, and no setting allows it.
    PrivateAddress(String),
    /// The host's `robots.txt` forbids it.
    Robots(String),
    /// The host asked for rest; it ends after this time.
    HostPaused(Duration),
    /// No host can be reached: this machine is offline.
    Offline,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrivateAddress(what) => {
                write!(f, "{what} is not a public address (see fetch.allow_private_networks)")
            }
            Self::Robots(url) => write!(f, "the host's robots.txt forbids {url}"),
            Self::Offline => f.write_str("this machine is offline: no host can be reached"),
            Self::HostPaused(rest) => {
                write!(f, "the host asked for rest, {} s of it remain", rest.as_secs())
            }
        }
    }
}
