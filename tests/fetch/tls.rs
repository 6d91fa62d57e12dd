//! TLS: certificates that nobody should trust get no request; HTTP/2 where the server speaks it.

use super::support::tls::{Flaw, Root};
use super::support::{Answer, Server};
use super::{AGENT, FEED, failed, fetched, request, settings};
use std::io::Write;
use wiredesk::fetch::{FailureKind, Fetcher, Settings};

/// A fetcher that trusts a root.
fn trusting(root: &Root) -> Fetcher {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(root.pem().as_bytes()).unwrap();
    let settings = Settings { ca_file: Some(file.path().to_owned()), ..settings() };
    Fetcher::new(&settings, AGENT).unwrap()
}

#[tokio::test]
async fn a_trusted_server_is_read() {
    let root = Root::new();
    let server = Server::secure(root.server(Flaw::None, &["http/1.1"]), |_| Answer::ok(FEED));
    assert_eq!(fetched(trusting(&root).get(&request(&server, "/feed")).await).body, FEED);
}

#[tokio::test]
async fn bad_certificates_get_no_request() {
    let root = Root::new();
    for flaw in [Flaw::Expired, Flaw::WrongHost, Flaw::SelfSigned] {
        let server = Server::secure(root.server(flaw, &["http/1.1"]), |_| Answer::ok(FEED));
        failed(trusting(&root).get(&request(&server, "/feed")).await, FailureKind::Tls);
        assert!(server.asked().is_empty(), "{flaw:?}");
    }
    let server = Server::secure(root.server(Flaw::None, &["http/1.1"]), |_| Answer::ok(FEED));
    failed(trusting(&Root::new()).get(&request(&server, "/feed")).await, FailureKind::Tls);
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn giving_up_https_is_never_permanent() {
    let root = Root::new();
    let plain = Server::start(|_| Answer::ok(FEED));
    let target = plain.link("/feed").to_string();
    let server = Server::secure(root.server(Flaw::None, &["http/1.1"]), move |_| {
        Answer::redirect(301, &target)
    });
    let fetched = fetched(trusting(&root).get(&request(&server, "/feed")).await);
    assert_eq!(fetched.permanent_to, None);
}
