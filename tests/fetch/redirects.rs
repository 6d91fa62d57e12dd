//! Redirects: how far, where to, and what they mean for the feed's address.

use super::support::{Answer, Server};
use super::{FEED, failed, fetched, fetcher, get, request};
use wiredesk::fetch::FailureKind;

/// A server on which `/feed` leads over `codes` to a feed; where it says the feed has moved.
async fn moved(codes: &'static [u16]) -> Option<String> {
    let server = Server::start(move |asked| {
        let hop = asked.path.trim_start_matches("/hop").parse().unwrap_or(0);
        match codes.get(hop) {
            Some(code) => Answer::redirect(*code, &format!("/hop{}", hop + 1)),
            None => Answer::ok(FEED),
        }
    });
    let fetched = fetched(get(&server).await);
    assert_eq!(fetched.final_url, server.link(&format!("/hop{}", codes.len())));
    fetched.permanent_to.map(|to| to.url().path().to_owned())
}

#[tokio::test]
async fn only_a_permanent_chain_moves_a_feed() {
    assert_eq!(moved(&[301]).await.as_deref(), Some("/hop1"));
    assert_eq!(moved(&[308, 301]).await.as_deref(), Some("/hop2"));
    for codes in [&[302][..], &[303], &[307], &[301, 302], &[307, 308]] {
        assert_eq!(moved(codes).await, None, "{codes:?}");
    }
}

#[tokio::test]
async fn circles_and_endless_chains_end() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/feed" => Answer::redirect(302, "/b"),
        _ => Answer::redirect(302, "/feed"),
    });
    failed(get(&server).await, FailureKind::Redirect);
    assert_eq!(server.paths(), ["/feed", "/b"]);
    let server = Server::start(|asked| Answer::redirect(302, &format!("{}x", asked.path)));
    failed(get(&server).await, FailureKind::Redirect);
    assert_eq!(server.paths().len(), super::settings().max_redirects + 1);
}

#[tokio::test]
async fn redirects_lead_to_web_addresses_only() {
    for target in [
        "",
        "file:///etc/passwd",
        "data:application/rss+xml,<rss/>",
        "javascript:alert(1)",
        "gopher://127.0.0.1:70/x",
        "ftp://127.0.0.1/x",
        "http://[::1:99999/",
        "http://",
    ] {
        let server = Server::start(move |_| Answer::redirect(302, target));
        failed(get(&server).await, FailureKind::Redirect);
        assert_eq!(server.asked().len(), 1, "{target:?}");
    }
}

#[tokio::test]
async fn a_target_cannot_write_headers() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/feed" => Answer::redirect(302, "/x%0d%0aX-Injected:%201"),
        _ => Answer::status(404),
    });
    failed(get(&server).await, FailureKind::Status(404));
    assert_eq!(server.paths(), ["/feed", "/x%0d%0aX-Injected:%201"]);
    assert_eq!(server.asked()[1].header("x-injected"), None);
}

#[tokio::test]
async fn relative_targets_are_resolved_and_fragments_dropped() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/dir/feed" => Answer::redirect(301, "../new?a=1#part"),
        _ => Answer::ok(FEED),
    });
    let fetched = fetched(fetcher().get(&request(&server, "/dir/feed")).await);
    assert_eq!(fetched.final_url, server.link("/new?a=1"));
}
