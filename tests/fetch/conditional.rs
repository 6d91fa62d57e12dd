//! Validators go out byte for byte, to the address that gave them and to no other.

use super::support::{Answer, Server};
use super::{FEED, fetched, fetcher, request};
use wiredesk::fetch::{FailureKind, Outcome};
use wiredesk::model::Validators;

fn validators(etag: Option<&str>, last_modified: Option<&str>) -> Validators {
    let bytes = |text: &str| text.as_bytes().to_vec();
    Validators { etag: etag.map(bytes), last_modified: last_modified.map(bytes) }
}

/// What a server sends with 200 comes back in the next request as it was.
#[track_caller]
fn check(etag: Option<&'static str>, last_modified: Option<&'static str>) {
    let server = Server::start(move |asked| {
        let known = asked.header("if-none-match").or(asked.header("if-modified-since"));
        let mut answer = if known.is_some() { Answer::status(304) } else { Answer::ok(FEED) };
        for (name, value) in [("ETag", etag), ("Last-Modified", last_modified)] {
            if let Some(value) = value {
                answer = answer.header(name, value);
            }
        }
        answer
    });
    let run = async {
        let fetcher = fetcher();
        let mut request = request(&server, "/feed");
        let first = fetched(fetcher.get(&request).await);
        request.validators = first.validators;
        request.validators_for = Some(first.final_url);
        fetcher.get(&request).await
    };
    let second = tokio::runtime::Runtime::new().unwrap().block_on(run);
    let asked = server.asked();
    assert_eq!(asked[0].header("if-none-match"), None);
    assert_eq!(asked[0].header("if-modified-since"), None);
    assert_eq!(asked[1].header("if-none-match"), etag);
    assert_eq!(asked[1].header("if-modified-since"), last_modified);
    let unchanged = matches!(second, Outcome::Unchanged(_));
    assert_eq!(unchanged, etag.is_some() || last_modified.is_some(), "{second:?}");
}

#[test]
fn validators_are_opaque() {
    check(Some("\"abc-1\""), Some("Sun, 04 Jan 2026 10:11:12 GMT"));
    check(Some("W/\"weak\""), None);
    check(Some("no quotes, two  spaces"), None);
    check(None, Some("Sun, 4 Jan 2026 10:11:12 +0000"));
    check(None, Some("yesterday"));
    check(None, None);
}

#[tokio::test]
async fn validators_of_another_address_are_not_sent() {
    let server = Server::start(|_| Answer::ok(FEED));
    let mut request = request(&server, "/feed");
    request.validators = validators(Some("\"x\""), None);
    request.validators_for = Some(server.link("/old"));
    fetched(fetcher().get(&request).await);
    assert_eq!(server.asked()[0].header("if-none-match"), None);
}

#[tokio::test]
async fn validators_reach_the_target_of_a_redirect_alone() {
    let server = Server::start(|asked| match asked.path.as_str() {
        "/feed" => Answer::redirect(302, "/new"),
        _ => Answer::status(304).header("ETag", "\"two\""),
    });
    let mut request = request(&server, "/feed");
    request.validators = validators(Some("\"one\""), None);
    request.validators_for = Some(server.link("/new"));
    let Outcome::Unchanged(unchanged) = fetcher().get(&request).await else { panic!() };
    assert_eq!(unchanged.validators, validators(Some("\"two\""), None));
    let sent: Vec<_> =
        server.asked().iter().map(|a| a.header("if-none-match").map(str::to_owned)).collect();
    assert_eq!(sent, [None, Some("\"one\"".to_owned())]);
}

#[tokio::test]
async fn not_modified_must_have_been_asked_for() {
    let server = Server::start(|_| Answer::status(304));
    super::failed(super::get(&server).await, FailureKind::Status(304));
}

#[tokio::test]
async fn a_document_without_validators_gives_none() {
    let server = Server::start(|_| Answer::ok(FEED));
    assert!(fetched(super::get(&server).await).validators.is_empty());
}

#[tokio::test]
async fn new_entries_alone_are_taken_where_they_were_asked_for() {
    let server = Server::start(|asked| match asked.header("a-im") {
        Some("feed") => Answer::ok(FEED).with_status(226).header("IM", "feed"),
        _ => Answer::ok(FEED).header("ETag", "\"one\""),
    });
    let fetcher = fetcher();
    let mut request = request(&server, "/feed");
    let first = fetched(fetcher.get(&request).await);
    request.validators = first.validators;
    request.validators_for = Some(first.final_url);
    assert_eq!(fetched(fetcher.get(&request).await).status, 226);
    request.kind = wiredesk::fetch::Kind::Page;
    fetched(fetcher.get(&request).await);
    assert_eq!(server.asked().last().unwrap().header("a-im"), None);
}
