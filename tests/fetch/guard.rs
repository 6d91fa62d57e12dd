//! Addresses that are not public are not asked, however they are spelled and whoever leads there.

use super::support::{Answer, Server};
use super::{AGENT, FEED, fetched, fetcher, settings};
use wiredesk::fetch::{Fetcher, Kind, Outcome, Reason, Request, Settings};
use wiredesk::model::Link;

/// Spellings of this machine other than 127.0.0.1 itself.
const SPELLINGS: [&str; 14] = [
    "127.0.0.2",
    "[::1]",
    "0.0.0.0",
    "0",
    "[::]",
    "2130706434",
    "0x7f000002",
    "0177.0.0.2",
    "127.2",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:2]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "①②⑦.⓪.⓪.②",
];

#[track_caller]
fn refused(outcome: &Outcome, what: &str) {
    assert!(matches!(outcome, Outcome::Refused(Reason::PrivateAddress(_))), "{what}: {outcome:?}");
}

#[tokio::test]
async fn no_spelling_of_a_private_address_is_asked() {
    let server = Server::start(|_| Answer::ok(FEED));
    let fetcher = fetcher();
    for host in SPELLINGS {
        let link = Link::parse(&format!("http://{host}:{}/", server.port()), None).unwrap();
        refused(&fetcher.get(&Request::new(link, Kind::Feed)).await, host);
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn no_redirect_leads_to_a_private_address() {
    let trap = Server::start(|_| Answer::ok(FEED));
    let port = trap.port();
    for host in SPELLINGS {
        let server =
            Server::start(move |_| Answer::redirect(302, &format!("http://{host}:{port}/secret")));
        refused(&super::get(&server).await, host);
    }
    let server = Server::start(move |_| Answer::redirect(302, &format!("//127.0.0.2:{port}/")));
    refused(&super::get(&server).await, "without a scheme");
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn a_name_is_judged_by_its_address() {
    let server = Server::start(|_| Answer::ok(FEED));
    let named = |host: &str| {
        let link = Link::parse(&format!("http://{host}:{}/", server.port()), None).unwrap();
        Request::new(link, Kind::Feed)
    };
    let closed = Fetcher::new(&Settings::default(), AGENT).unwrap();
    for host in ["localhost", "LocalHost", "127.0.0.1"] {
        refused(&closed.get(&named(host)).await, host);
    }
    assert_eq!(server.connections(), 0);
    fetched(fetcher().get(&named("localhost")).await);
}

#[tokio::test]
async fn one_feed_may_be_allowed_more() {
    let server = Server::start(|_| Answer::ok(FEED));
    let closed =
        Fetcher::new(&Settings { allow_private_networks: Vec::new(), ..settings() }, AGENT)
            .unwrap();
    let mut request = Request::new(server.link("/"), Kind::Feed);
    refused(&closed.get(&request).await, "not allowed");
    let access = wiredesk::fetch::AccessSettings {
        allow_private_networks: vec!["127.0.0.0/8".parse().unwrap()],
        ..Default::default()
    };
    let access = wiredesk::fetch::Access::load(&access, server.link("/").as_str()).unwrap();
    request.access = std::sync::Arc::new(access);
    fetched(closed.get(&request).await);
}
