//! Broken, slow and endless answers: each is a failure of its class, and none is a document.

use super::support::{Answer, Server, Step};
use super::{AGENT, FEED, failed, failure, fetched, fetcher, get, request, settings};
use futures_util::future::join_all;
use std::time::{Duration, Instant};
use wiredesk::fetch::{FailureKind, Fetcher, Outcome, Settings};
use wiredesk::model::Span;

const NEVER: Duration = Duration::from_mins(1);

/// A server that does these steps for the first request on each connection.
fn serve(steps: impl Into<Vec<Step>>) -> Server {
    let steps = steps.into();
    Server::start(move |_| Answer::steps(steps.clone()))
}

fn send(bytes: impl AsRef<[u8]>) -> Step {
    Step::Send(bytes.as_ref().to_vec())
}

fn chunked() -> Step {
    Step::Send(Answer::ok("").header("Transfer-Encoding", "chunked").head())
}

/// The answer fails in this way, and is not taken for ever.
async fn check(steps: impl Into<Vec<Step>>, kinds: &[FailureKind]) {
    // Caps, not deadlines, are to end what is endless, on a crowded machine too.
    let ample = Span::seconds(20);
    let settings =
        Settings { timeout: ample, head_timeout: ample, idle_timeout: ample, ..settings() };
    end(steps, &settings, kinds).await;
}

async fn end(steps: impl Into<Vec<Step>>, settings: &Settings, kinds: &[FailureKind]) {
    let server = serve(steps);
    let fetcher = Fetcher::new(settings, AGENT).unwrap();
    let failure = failure(fetcher.get(&request(&server, "/feed")).await);
    assert!(kinds.contains(&failure.kind), "{:?}: {failure}", failure.kind);
    assert!(server.sent() < 32 << 20, "{} bytes taken", server.sent());
}

#[tokio::test]
async fn cut_answers_are_not_documents() {
    let half = FEED.split_at(FEED.len() / 2).0;
    let head = Answer::ok(FEED).head();
    let cut = [FailureKind::Truncated];
    check([send(&head), send(half), Step::Close], &cut).await;
    check([send(&head), send(half), Step::Reset], &cut).await;
    check([chunked(), send(format!("20\r\n{half}")), Step::Close], &cut).await;
    check([chunked(), send(format!("{:x}\r\n{FEED}\r\n", FEED.len())), Step::Close], &cut).await;
    check([Step::Close], &[FailureKind::Truncated, FailureKind::Protocol]).await;
}

#[tokio::test]
async fn wrong_lengths_are_not_believed() {
    let two = Answer::ok(FEED).header("Content-Length", "12").head();
    check([send(two), send(FEED), Step::Close], &[FailureKind::Protocol]).await;
    let broken = [FailureKind::Truncated, FailureKind::Protocol];
    check([chunked(), send("FFFFFFFFFFFFFFFF0\r\nx"), Step::Close], &broken).await;
    check([chunked(), send("-5\r\nx"), Step::Close], &broken).await;
}

#[tokio::test]
async fn what_follows_a_body_poisons_nothing() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/short" => Answer::steps([send(Answer::ok("half").head()), send("half and more of it")]),
        _ => Answer::ok(FEED),
    });
    let fetcher = fetcher();
    assert_eq!(fetched(fetcher.get(&request(&server, "/short")).await).body, "half");
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(fetched(fetcher.get(&request(&server, "/feed")).await).body, FEED);
}

#[tokio::test]
async fn silence_ends() {
    let head = Answer::ok(FEED).head();
    let slowly = Duration::from_millis(100);
    let hint = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    let silences = [
        vec![Step::Pause(NEVER)],
        vec![send(&head), send("<rss"), Step::Pause(NEVER)],
        vec![send("HTTP/1.1 200 OK\r\n"), Step::Forever(b"X-A: b\r\n".into(), slowly)],
        vec![chunked(), Step::Forever(b"1\r\n \r\n".into(), slowly)],
        vec![Step::Forever(hint.into(), Duration::from_millis(5))],
    ];
    let start = Instant::now();
    let impatient = settings();
    join_all(silences.map(|steps| end(steps, &impatient, &[FailureKind::Timeout]))).await;
    assert!(start.elapsed() < Duration::from_secs(10), "took {:?}", start.elapsed());
}

#[tokio::test]
async fn endless_answers_end() {
    let big = [FailureKind::TooBig];
    let at_once = Duration::ZERO;
    let block = [b"10000\r\n".to_vec(), vec![b' '; 1 << 16], b"\r\n".to_vec()].concat();
    check([chunked(), Step::Forever(block, at_once)], &big).await;
    check([chunked(), Step::Forever(b"1\r\n \r\n".repeat(5000), at_once)], &big).await;
    let flood = b"X-Flood: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".repeat(500);
    let any = [FailureKind::TooBig, FailureKind::Protocol, FailureKind::Truncated];
    check([send("HTTP/1.1 200 OK\r\n"), Step::Forever(flood.clone(), at_once)], &any).await;
    check([chunked(), send("1\r\n \r\n0\r\n"), Step::Forever(flood, at_once)], &any).await;
    check([chunked(), send("4;x="), Step::Forever(vec![b'a'; 1 << 16], at_once)], &any).await;
}

#[tokio::test]
async fn large_headers_are_refused() {
    let any = [FailureKind::TooBig, FailureKind::Protocol];
    let end = "\r\nContent-Length: 0\r\n\r\n";
    let big = format!("HTTP/1.1 200 OK\r\nX-Big: {}{end}", "a".repeat(1 << 20));
    check([send(big), Step::Close], &any).await;
    let many = format!("HTTP/1.1 200 OK\r\n{}X: y{end}", "X-A: b\r\n".repeat(20_000));
    check([send(many), Step::Close], &any).await;
}

#[tokio::test]
async fn a_large_document_is_refused_before_it_is_read() {
    let server = Server::start(|_| {
        Answer::steps([send(Answer::ok("").length(1 << 30).head()), Step::Pause(NEVER)])
    });
    let start = Instant::now();
    failed(get(&server).await, FailureKind::TooBig);
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn answers_without_a_whole_document_are_failures() {
    for status in [204, 205, 206, 226, 300, 400, 401, 403, 404, 429, 500, 503] {
        let server = Server::start(move |_| Answer::status(status));
        failed(get(&server).await, FailureKind::Status(status));
    }
    let server = Server::start(|_| Answer::status(410));
    assert!(matches!(get(&server).await, Outcome::Gone));
}

#[tokio::test]
async fn what_a_failing_server_asks_for_is_handed_on() {
    let server = Server::start(|_| {
        Answer::status(429).header("Retry-After", "120").header("Cache-Control", "max-age=3600")
    });
    let failure = failure(get(&server).await);
    assert_eq!(failure.freshness.retry_after, Some(Duration::from_mins(2)));
    assert_eq!(failure.freshness.max_age, Some(Duration::from_hours(1)));
    assert!(failure.message.contains("429"), "{failure}");
}

#[tokio::test]
async fn old_and_sloppy_servers_are_read() {
    let old = format!("HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n{FEED}");
    let server = serve([send(old), Step::Close]);
    assert_eq!(fetched(get(&server).await).body, FEED);
    let bare = format!("HTTP/1.1 200 OK\nContent-Type: text/xml\nConnection: close\n\n{FEED}");
    let server = serve([send(bare), Step::Close]);
    assert_eq!(fetched(get(&server).await).body, FEED);
    let slow = [Step::Pause(Duration::from_millis(400)), send(Answer::ok(FEED).head()), send(FEED)];
    assert_eq!(fetched(get(&serve(slow)).await).body, FEED);
}

#[tokio::test]
async fn a_closed_port_is_a_failed_connection() {
    let server = Server::start(|_| Answer::ok(FEED));
    let request = request(&server, "/feed");
    drop(server);
    tokio::time::sleep(Duration::from_millis(50)).await;
    failed(fetcher().get(&request).await, FailureKind::Connect);
}

#[tokio::test]
async fn a_name_without_address_is_a_failed_look_up() {
    let link = wiredesk::model::Link::parse("http://no-such-host.invalid/", None).unwrap();
    let request = wiredesk::fetch::Request::new(link, wiredesk::fetch::Kind::Feed);
    failed(fetcher().get(&request).await, FailureKind::Dns);
}
