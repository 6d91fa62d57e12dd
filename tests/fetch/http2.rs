//! HTTP/2, spoken by hand (RFC 9113): a whole answer, and floods that must end.

use super::support::tls::{Flaw, Root};
use super::support::{Server, Step};
use super::{AGENT, FEED, failure, fetched, request, settings};
use std::io::Write;
use std::time::{Duration, Instant};
use wiredesk::fetch::{Fetcher, Outcome, Settings};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;
/// `:status: 200`, from HPACK's static table.
const STATUS_200: [u8; 1] = [0x88];

fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags, 0, 0, 0, stream], payload].concat()
}

/// What these frames bring, sent after the server's settings to whoever speaks HTTP/2.
async fn get(frames: Vec<u8>, forever: Vec<u8>) -> (Outcome, u64) {
    let root = Root::new();
    let hello = [frame(SETTINGS, 0, 0, &[]), frame(SETTINGS, ACK, 0, &[])].concat();
    let mut steps = vec![
        Step::Send(hello),
        // The request's frames come after the preface, which is what was taken for a request.
        Step::Pause(Duration::from_millis(100)),
        Step::Send(frames),
    ];
    if forever.is_empty() {
        steps.push(Step::Pause(Duration::from_secs(1)));
    } else {
        steps.push(Step::Forever(forever, Duration::ZERO));
    }
    let server = Server::secure(root.server(Flaw::None, &["h2"]), move |_| {
        super::support::Answer::steps(steps.clone())
    });
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(root.pem().as_bytes()).unwrap();
    let settings = Settings { ca_file: Some(file.path().to_owned()), ..settings() };
    let outcome = Fetcher::new(&settings, AGENT).unwrap().get(&request(&server, "/feed")).await;
    (outcome, server.sent())
}

#[tokio::test]
async fn a_document_comes_over_http2() {
    let head = frame(HEADERS, END_HEADERS, 1, &STATUS_200);
    let data = frame(DATA, END_STREAM, 1, FEED.as_bytes());
    let (outcome, _) = get([head, data].concat(), Vec::new()).await;
    assert_eq!(fetched(outcome).body, FEED);
}

/// Ends with a failure, early, and without being taken for ever.
async fn check(frames: Vec<u8>, forever: Vec<u8>) {
    let start = Instant::now();
    let (outcome, sent) = get(frames, forever).await;
    failure(outcome);
    assert!(start.elapsed() < Duration::from_secs(10), "took {:?}", start.elapsed());
    assert!(sent < 64 << 20, "{sent} bytes taken");
}

#[tokio::test]
async fn floods_end() {
    let header = b"\x00\x01a\x01b".repeat(500);
    let start = frame(HEADERS, 0, 1, &STATUS_200);
    check(start, frame(CONTINUATION, 0, 1, &header)).await;
    check(Vec::new(), frame(PING, 0, 0, b"01234567").repeat(500)).await;
    check(Vec::new(), frame(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 100]).repeat(500)).await;
    let head = frame(HEADERS, END_HEADERS, 1, &STATUS_200);
    check(head, frame(DATA, 0, 1, &[]).repeat(500)).await;
}

#[tokio::test]
async fn a_stream_that_is_reset_is_no_document() {
    let head = frame(HEADERS, END_HEADERS, 1, &STATUS_200);
    let data = frame(DATA, 0, 1, &FEED.as_bytes()[..20]);
    let reset = frame(3, 0, 1, &[0, 0, 0, 2]);
    failure(get([head, data, reset].concat(), Vec::new()).await.0);
}
