//! Turns of a host: few at once, not too often, and rest when it asks for some.

use super::support::{Answer, Server, Step};
use super::{AGENT, FEED, fetched, request, settings};
use futures_util::future::join_all;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use wiredesk::fetch::{Fetcher, Settings};
use wiredesk::model::Span;

#[tokio::test]
async fn a_host_is_asked_by_few_at_once() {
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let server = Server::start(move |_| {
        let now = running.fetch_add(1, Ordering::SeqCst) + 1;
        most.fetch_max(now, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(10));
        running.fetch_sub(1, Ordering::SeqCst);
        Answer::ok(FEED)
    });
    let fetcher = Fetcher::new(&settings(), AGENT).unwrap();
    let requests: Vec<_> = (0..40).map(|n| request(&server, &format!("/feed{n}"))).collect();
    for outcome in join_all(requests.iter().map(|r| fetcher.get(r))).await {
        fetched(outcome);
    }
    assert_eq!(seen.load(Ordering::SeqCst), settings().per_host_concurrency);
    assert_eq!(server.asked().len(), 40);
}

#[tokio::test]
async fn starts_keep_their_distance() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/feed0" => Answer::redirect(302, "/feed9"),
        _ => Answer::ok(FEED),
    });
    let distance = Duration::from_millis(80);
    let settings = Settings { per_host_interval: Span::millis(80), ..settings() };
    let fetcher = Fetcher::new(&settings, AGENT).unwrap();
    let requests: Vec<_> = (0..4).map(|n| request(&server, &format!("/feed{n}"))).collect();
    for outcome in join_all(requests.iter().map(|r| fetcher.get(r))).await {
        fetched(outcome);
    }
    let mut starts: Vec<Instant> = server.asked().iter().map(|asked| asked.at).collect();
    starts.sort();
    assert_eq!(starts.len(), 5, "a redirect's target takes its turn as well");
    // Four distances; how long each request took to the server is not in our hands.
    assert!(starts[4] - starts[0] > distance * 3, "{starts:?}");
}

#[tokio::test]
async fn a_slow_host_keeps_nobody_else_waiting() {
    let slow = Server::start(|_| Answer::steps([Step::Pause(Duration::from_mins(1))]));
    let quick = Server::start(|_| Answer::ok(FEED));
    let fetcher = Fetcher::new(&settings(), AGENT).unwrap();
    let stuck: Vec<_> = (0..200).map(|n| request(&slow, &format!("/{n}"))).collect();
    let stuck = join_all(stuck.iter().map(|r| fetcher.get(r)));
    let request = request(&quick, "/feed");
    let served = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let start = Instant::now();
        fetched(fetcher.get(&request).await);
        start.elapsed()
    };
    tokio::select! {
        _ = stuck => panic!("two hundred slow answers in no time"),
        took = served => assert!(took < Duration::from_millis(500), "{took:?}"),
    }
}
