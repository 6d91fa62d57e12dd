//! What a request says of us, and what it leaves out.

use super::support::{Answer, Server};
use super::{AGENT, FEED, fetched, fetcher, request};
use std::sync::Arc;
use wiredesk::fetch::{Access, AccessSettings, Kind, Secret};

#[tokio::test]
async fn requests_are_honest_and_discreet() {
    let server = Server::start(|_| Answer::ok(FEED).header("Set-Cookie", "a=b; Path=/"));
    let fetcher = fetcher();
    for _ in 0..2 {
        fetched(fetcher.get(&request(&server, "/feed?x=1")).await);
    }
    let asked = server.asked().pop().unwrap();
    assert_eq!(asked.method, "GET");
    assert_eq!(asked.path, "/feed?x=1");
    assert_eq!(asked.header("user-agent"), Some(AGENT));
    assert!(asked.header("accept").unwrap().contains("application/rss+xml"));
    for encoding in ["gzip", "br", "zstd", "deflate"] {
        assert!(asked.header("accept-encoding").unwrap().contains(encoding));
    }
    for name in ["cookie", "referer", "authorization", "from", "range"] {
        assert_eq!(asked.header(name), None, "{name}");
    }
}

#[tokio::test]
async fn pages_are_asked_for_as_pages() {
    let server = Server::start(|_| Answer::ok("<p>x"));
    let mut page = request(&server, "/a");
    page.kind = Kind::Page;
    fetched(fetcher().get(&page).await);
    assert!(server.asked()[1].header("accept").unwrap().starts_with("text/html"));
}

#[tokio::test]
async fn connections_are_used_again() {
    let server = Server::start(|_| Answer::ok(FEED));
    let fetcher = fetcher();
    for _ in 0..5 {
        fetched(fetcher.get(&request(&server, "/feed")).await);
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn secrets_stay_at_their_origin() {
    let other = Server::start(|_| Answer::ok(FEED));
    let target = other.link("/there").to_string();
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/feed" => Answer::redirect(302, "/same"),
        "/same" => Answer::redirect(302, &target),
        _ => Answer::status(404),
    });
    let settings = AccessSettings {
        headers: [("X-Key".to_owned(), Secret::Text("hush".to_owned()))].into(),
        ..AccessSettings::default()
    };
    let with_password = server.link("/feed").to_string().replace("://", "://me:word@");
    let mut request = request(&server, "/feed");
    request.access = Arc::new(Access::load(&settings, &with_password).unwrap());
    fetched(fetcher().get(&request).await);
    for asked in server.asked() {
        assert_eq!(asked.header("x-key"), Some("hush"));
        assert_eq!(asked.header("authorization"), Some("Basic bWU6d29yZA=="));
    }
    assert_eq!(other.asked()[0].header("x-key"), None);
    assert_eq!(other.asked()[0].header("authorization"), None);
}

#[tokio::test]
async fn the_answers_header_is_handed_on() {
    let server = Server::start(|_| {
        Answer::ok(FEED)
            .header("Content-Type", "application/rss+xml; charset=koi8-r")
            .header("Link", "<https://hub.example/>; rel=hub")
            .header("Link", "</feed>; rel=self")
            .header("Cache-Control", "max-age=600")
    });
    let fetched = fetched(super::get(&server).await);
    assert_eq!(fetched.content_type.as_deref(), Some("application/rss+xml; charset=koi8-r"));
    assert_eq!(fetched.link_headers.len(), 2);
    assert_eq!(fetched.freshness.max_age.unwrap().as_secs(), 600);
    assert_eq!(fetched.status, 200);
    assert_eq!(fetched.wire_bytes, FEED.len() as u64);
    assert_eq!(fetched.permanent_to, None);
}
