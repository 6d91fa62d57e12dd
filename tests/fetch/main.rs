//! `fetch` against a real server on loopback: each promise to servers and to our own machine has
//! its test, and each fault that we know of is served.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking, its server runs on threads of its own"
)]

#[path = "../support/mod.rs"]
mod support;

mod conditional;
mod encodings;
mod faults;
mod guard;
mod headers;
mod http2;
mod odd;
mod politeness;
mod proxies;
mod redirects;
mod robots;
mod tls;

use support::Server;
use wiredesk::fetch::{Failure, FailureKind, Fetched, Fetcher, Kind, Outcome, Request, Settings};
use wiredesk::model::{ByteSize, Span};

/// A small feed.
const FEED: &str = "<rss version='2.0'><channel><title>t</title></channel></rss>";
/// Who we say we are.
const AGENT: &str = "wiredesk-test/1 (+https://desk.example/bot)";

/// Settings with which faults show quickly: only 127.0.0.1 is open.
fn settings() -> Settings {
    Settings {
        allow_private_networks: vec!["127.0.0.1/32".parse().unwrap()],
        per_host_interval: Span::millis(0),
        timeout: Span::millis(1500),
        connect_timeout: Span::millis(1000),
        head_timeout: Span::millis(700),
        idle_timeout: Span::millis(300),
        max_body: ByteSize::mib(1),
        ..Settings::default()
    }
}

fn fetcher() -> Fetcher {
    Fetcher::new(&settings(), AGENT).unwrap()
}

fn request(server: &Server, path: &str) -> Request {
    Request::new(server.link(path), Kind::Feed)
}

/// What `/feed` of the server gives.
async fn get(server: &Server) -> Outcome {
    fetcher().get(&request(server, "/feed")).await
}

#[track_caller]
fn fetched(outcome: Outcome) -> Fetched {
    match outcome {
        Outcome::Fetched(fetched) => *fetched,
        other => panic!("not fetched: {other:?}"),
    }
}

#[track_caller]
fn failure(outcome: Outcome) -> Failure {
    match outcome {
        Outcome::Failed(failure) => *failure,
        other => panic!("not failed: {other:?}"),
    }
}

#[track_caller]
fn failed(outcome: Outcome, kind: FailureKind) {
    let failure = failure(outcome);
    assert_eq!(failure.kind, kind, "{failure}");
}
