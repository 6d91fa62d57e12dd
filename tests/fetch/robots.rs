//! `robots.txt` is asked before pages, once for each origin, and obeyed.

use super::support::{Answer, Server};
use super::{AGENT, FEED, failed, failure, fetched, fetcher, request, settings};
use futures_util::future::join_all;
use wiredesk::fetch::{FailureKind, Fetcher, Kind, ObeyRobots, Outcome, Reason, Request, Settings};

const FORBIDS: &str =
    "User-agent: *\nDisallow: /\n\nUser-agent: wiredesk-test\nDisallow: /private\n";

/// A server with this `robots.txt` and a page anywhere else.
fn serve(robots: Answer) -> Server {
    Server::start(move |asked| match asked.path.as_str() {
        "/robots.txt" => robots.clone(),
        "/moved" => Answer::redirect(302, "/private/x"),
        _ => Answer::ok("<p>page"),
    })
}

fn page(server: &Server, path: &str) -> Request {
    Request { kind: Kind::Page, ..request(server, path) }
}

#[track_caller]
fn forbidden(outcome: &Outcome) {
    assert!(matches!(outcome, Outcome::Refused(Reason::Robots(_))), "{outcome:?}");
}

#[tokio::test]
async fn forbidden_pages_are_not_asked() {
    let server = serve(Answer::ok(FORBIDS));
    let fetcher = fetcher();
    fetched(fetcher.get(&page(&server, "/a?b")).await);
    forbidden(&fetcher.get(&page(&server, "/private/x")).await);
    forbidden(&fetcher.get(&page(&server, "/moved")).await);
    fetched(fetcher.get(&request(&server, "/private/feed")).await);
    assert_eq!(server.paths(), ["/robots.txt", "/a?b", "/moved", "/private/feed"]);
}

#[tokio::test]
async fn the_file_is_asked_once() {
    let server = serve(Answer::ok(FORBIDS));
    let fetcher = fetcher();
    let pages: Vec<_> = (0..20).map(|n| page(&server, &format!("/{n}"))).collect();
    for outcome in join_all(pages.iter().map(|page| fetcher.get(page))).await {
        fetched(outcome);
    }
    let files = server.paths().iter().filter(|path| *path == "/robots.txt").count();
    assert_eq!(files, 1);
}

#[tokio::test]
async fn no_file_allows_and_a_broken_host_waits() {
    fetched(fetcher().get(&page(&serve(Answer::status(404)), "/a")).await);
    let broken = serve(Answer::status(503));
    let failure = failure(fetcher().get(&page(&broken, "/a")).await);
    assert_eq!(failure.kind, FailureKind::Status(503));
    assert!(failure.message.contains("robots.txt"), "{failure}");
    assert_eq!(broken.paths(), ["/robots.txt"]);
}

#[tokio::test]
async fn obeying_is_a_setting() {
    for (robots, feed, page_) in [
        (ObeyRobots::Off, true, true),
        (ObeyRobots::Articles, true, false),
        (ObeyRobots::All, false, false),
    ] {
        let server = serve(Answer::ok("User-agent: *\nDisallow: /"));
        let fetcher = Fetcher::new(&Settings { robots, ..settings() }, AGENT).unwrap();
        let asked = fetcher.get(&request(&server, "/feed")).await;
        assert_eq!(matches!(asked, Outcome::Fetched(_)), feed, "{robots:?}");
        let asked = fetcher.get(&page(&server, "/a")).await;
        assert_eq!(matches!(asked, Outcome::Fetched(_)), page_, "{robots:?}");
    }
}

#[tokio::test]
async fn a_redirected_file_counts_and_a_circle_is_none() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/robots.txt" => Answer::redirect(301, "/rules"),
        "/rules" => Answer::ok("User-agent: *\nDisallow: /"),
        _ => Answer::ok(FEED),
    });
    forbidden(&fetcher().get(&page(&server, "/a")).await);
    let server = Server::start(|asked| match asked.path.as_str() {
        "/robots.txt" => Answer::redirect(301, "/robots.txt"),
        _ => Answer::status(404),
    });
    failed(fetcher().get(&page(&server, "/a")).await, FailureKind::Status(404));
}
