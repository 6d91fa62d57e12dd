//! Proxies and client certificates: the line that a feed is configured with is the one it takes.

use super::support::tls::Root;
use super::support::{Answer, Server, Step};
use super::{AGENT, FEED, failed, fetched, fetcher, request, settings};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use wiredesk::fetch::{Access, AccessSettings, ClientCertificate, FailureKind, Fetcher, Settings};
use wiredesk::model::Link;

/// The access of a feed on a line of its own.
fn access(settings: &AccessSettings, url: &Link) -> Arc<Access> {
    Arc::new(Access::load(settings, url.as_str()).unwrap())
}

#[tokio::test]
async fn an_http_proxy_is_asked_for_the_whole_address() {
    let proxy = Server::start(|_| Answer::ok(FEED));
    let settings =
        AccessSettings { proxy: Some(proxy.link("/").to_string()), ..AccessSettings::default() };
    let url = Link::parse("http://news.example/feed", None).unwrap();
    let mut request = wiredesk::fetch::Request::new(url.clone(), wiredesk::fetch::Kind::Feed);
    request.access = access(&settings, &url);
    fetched(fetcher().get(&request).await);
    assert_eq!(proxy.paths(), ["http://news.example/feed"]);
    assert_eq!(proxy.asked()[0].header("host"), Some("news.example"));
}

/// A SOCKS5 proxy (RFC 1928) that leads every connection to `target`; what it was asked for.
fn socks(target: u16) -> (u16, Arc<std::sync::Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut greeting = [0; 3];
        client.read_exact(&mut greeting).unwrap();
        client.write_all(&[5, 0]).unwrap();
        let mut head = [0; 5];
        client.read_exact(&mut head).unwrap();
        let mut name = vec![0; usize::from(head[4]) + 2];
        client.read_exact(&mut name).unwrap();
        seen.lock().unwrap().extend([&head[3..], &name].concat());
        client.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0]).unwrap();
        let mut server = TcpStream::connect(("127.0.0.1", target)).unwrap();
        let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || std::io::copy(&mut from, &mut to));
        drop(std::io::copy(&mut server, &mut client));
    });
    (port, asked)
}

#[tokio::test]
async fn a_socks_proxy_may_look_names_up() {
    let server = Server::start(|_| Answer::ok(FEED));
    let (port, asked) = socks(server.port());
    let settings = AccessSettings {
        proxy: Some(format!("socks5h://127.0.0.1:{port}")),
        ..AccessSettings::default()
    };
    let url = Link::parse("http://hidden.onion/feed", None).unwrap();
    let mut request = wiredesk::fetch::Request::new(url.clone(), wiredesk::fetch::Kind::Feed);
    request.access = access(&settings, &url);
    fetched(fetcher().get(&request).await);
    assert_eq!(*asked.lock().unwrap(), b"\x03\x0chidden.onion\x00\x50");
    assert_eq!(server.asked()[0].header("host"), Some("hidden.onion"));
}

#[test]
fn a_proxy_that_is_none_is_refused_at_once() {
    for proxy in ["", "127.0.0.1:80", "ftp://127.0.0.1/", "http://"] {
        let settings = Settings { proxy: Some(proxy.to_owned()), ..settings() };
        assert!(Fetcher::new(&settings, AGENT).is_err(), "{proxy:?}");
    }
}

#[tokio::test]
async fn a_feed_may_trust_a_root_and_show_a_certificate_of_its_own() {
    let root = Root::new();
    let server = Server::secure(root.demanding(&["http/1.1"]), |_| Answer::ok(FEED));
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (certificate, key) = root.client();
    std::fs::write(path("ca.pem"), root.pem()).unwrap();
    std::fs::write(path("own.pem"), certificate).unwrap();
    std::fs::write(path("own.key"), key).unwrap();
    let mut line = AccessSettings { ca_file: Some(path("ca.pem")), ..AccessSettings::default() };
    let mut request = request(&server, "/feed");
    let fetcher = fetcher();
    failed(fetcher.get(&request).await, FailureKind::Tls);
    request.access = access(&line, &request.url);
    failed(fetcher.get(&request).await, FailureKind::Tls);
    line.client_certificate =
        Some(ClientCertificate { certificate: path("own.pem"), key: path("own.key") });
    request.access = access(&line, &request.url);
    fetched(fetcher.get(&request).await);
}

#[tokio::test]
async fn a_file_without_certificates_is_named() {
    let server = Server::start(|_| Answer::steps([Step::Close]));
    let file = tempfile::NamedTempFile::new().unwrap();
    let settings =
        AccessSettings { ca_file: Some(file.path().to_owned()), ..AccessSettings::default() };
    let mut request = request(&server, "/feed");
    request.access = access(&settings, &request.url);
    let failure = super::failure(fetcher().get(&request).await);
    assert_eq!(failure.kind, FailureKind::SetUp);
    assert!(failure.message.contains(&file.path().display().to_string()), "{failure}");
}
