//! Spans of polls and journeys, for whoever has a collector of traces: their names and fields in one
//! place. Without a collector they are disabled and cost a look at a flag.
//!
//! Addresses are never among the fields, only hosts: queries hold credentials.

use crate::dedupe::Verdict;
use crate::fetch::{FailureKind, Outcome};
use crate::model::{FeedId, Link};
use crate::observe::JOURNEY;
use tracing::Span;
use tracing::field::Empty;
use tracing::info_span;

/// A poll of a feed, from the wait for its host's turn until its result is safe.
pub(super) fn poll(feed: &FeedId) -> Span {
    info_span!(target: JOURNEY, "poll", feed.id = %feed, outcome = Empty, http.response.status_code = Empty,
        http.response.body.size = Empty, otel.status_code = Empty)
}

/// An article's way from the inbox to the archive, or one try of it.
pub(super) fn article(feed: &FeedId, attempt: u32) -> Span {
    info_span!(target: JOURNEY, "article", feed.id = %feed, attempt, outcome = Empty, otel.status_code = Empty)
}

/// A request with its wait for the host's turn.
pub(super) fn fetch(link: &Link) -> Span {
    info_span!(target: JOURNEY, "fetch", otel.kind = "client", server.address = link.host(), outcome = Empty,
        http.response.status_code = Empty, http.response.body.size = Empty, otel.status_code = Empty)
}

/// The cleaning of a page, with its wait for the pool.
pub(super) fn extract() -> Span {
    info_span!(target: JOURNEY, "extract", outcome = Empty)
}

/// The writing down, with its wait for the writer and the disk.
pub(super) fn file() -> Span {
    info_span!(target: JOURNEY, "file")
}

/// The decision what an article is, on the writer's thread.
pub(super) fn decide(file: &Span) -> Span {
    info_span!(target: JOURNEY, parent: file, "decide", outcome = Empty)
}

/// Notes what came back.
pub(super) fn note_answer(span: &Span, answer: &Outcome) {
    if span.is_disabled() {
        return;
    }
    let (word, status) = match answer {
        Outcome::Fetched(fetched) => {
            span.record("http.response.body.size", fetched.wire_bytes);
            ("document", Some(fetched.status))
        }
        Outcome::Unchanged(_) => ("unchanged", Some(304)),
        Outcome::Gone => ("gone", Some(410)),
        Outcome::Refused(_) => ("refused", None),
        Outcome::Failed(failure) => {
            span.record("otel.status_code", "ERROR");
            (word(failure.kind), status(failure.kind))
        }
    };
    span.record("outcome", word);
    if let Some(status) = status {
        span.record("http.response.status_code", status);
    }
}

/// Notes what an article is.
pub(super) fn note_verdict(span: &Span, verdict: &Verdict) {
    let word = match verdict {
        Verdict::New => "new",
        Verdict::Sighting { .. } => "sighting",
        Verdict::Revision { .. } => "revision",
        Verdict::Duplicate { .. } => "duplicate",
    };
    span.record("outcome", word);
}

fn status(kind: FailureKind) -> Option<u16> {
    match kind {
        FailureKind::Status(status) => Some(status),
        _ => None,
    }
}

/// A failure in a word: its message may hold an address.
fn word(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Dns => "no such host",
        FailureKind::Connect => "not connected",
        FailureKind::Tls => "not secure",
        FailureKind::Timeout => "too slow",
        FailureKind::TooBig => "too big",
        FailureKind::BadEncoding | FailureKind::Truncated => "broken",
        FailureKind::Protocol => "not HTTP",
        FailureKind::Status(_) => "refused by the server",
        FailureKind::Redirect => "redirects that lead nowhere",
        FailureKind::SetUp => "not to be asked",
    }
}
