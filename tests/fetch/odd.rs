//! What else servers do: each of these stood on the web. Documents are read where a browser would
//! read them, and nothing odd in one answer harms the next.

use super::support::{Answer, Server, Step};
use super::{AGENT, FEED, failed, failure, fetched, fetcher, get, request, settings};
use std::net::TcpListener;
use std::time::{Duration, Instant};
use wiredesk::fetch::{FailureKind, Fetcher, Kind, Outcome, Request, Settings};
use wiredesk::model::Link;

/// A server that sends these bytes after each request and leaves the connection open.
fn raw(bytes: impl AsRef<[u8]>) -> Server {
    let bytes = bytes.as_ref().to_vec();
    Server::start(move |_| Answer::steps([Step::Send(bytes.clone())]))
}

/// The head of an answer with these lines, and a feed behind it.
fn with_lines(lines: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{lines}Content-Length: {}\r\n\r\n{FEED}", FEED.len())
}

#[tokio::test]
async fn sloppy_heads_are_read() {
    for lines in [
        "content-type:application/rss+xml\r\n",
        "CONTENT-TYPE : application/rss+xml\r\n",
        "X-Long: first\r\n second\r\n",
        "X Y: z\r\n",
        "No colon at all\r\n",
        "Vary: *\r\nVary: Accept, User-Agent\r\n",
        "Connection: keep-alive, close\r\n",
        "X-Powered-By: caf\u{e9}\r\n",
        "Content-Type:\r\n",
        "Alt-Svc: h3=\":443\"; ma=86400\r\nUpgrade: h2c\r\n",
    ] {
        assert_eq!(fetched(get(&raw(with_lines(lines))).await).body, FEED, "{lines}");
    }
    for status in ["HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.1 203 Non-Authoritative"] {
        let head = with_lines("").replacen("HTTP/1.1 200 OK", status, 1);
        assert_eq!(fetched(get(&raw(head)).await).body, FEED, "{status}");
    }
}

#[tokio::test]
async fn validators_are_found_in_any_case() {
    let server = raw(with_lines("etag: \"a\"\r\nLAST-MODIFIED: never\r\nEtag: \"b\"\r\n"));
    let validators = fetched(get(&server).await).validators;
    assert_eq!(validators.etag.as_deref(), Some(&b"\"a\""[..]));
    assert_eq!(validators.last_modified.as_deref(), Some(&b"never"[..]));
}

#[tokio::test]
async fn interim_answers_are_passed_over() {
    for code in ["100 Continue", "102 Processing", "103 Early Hints"] {
        let interim = format!("HTTP/1.1 {code}\r\nLink: </a.css>\r\n\r\n");
        let answer = format!("{interim}{interim}{}", with_lines(""));
        assert_eq!(fetched(get(&raw(answer)).await).body, FEED, "{code}");
    }
    failure(get(&raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")).await);
}

#[tokio::test]
async fn what_is_not_http_is_a_failure() {
    for bytes in [
        FEED,
        "ICY 200 OK\r\n\r\n",
        "HTTP/1.1 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n",
        "\0\0\x12\x04\0\0\0\0\0",
        "SSH-2.0-OpenSSH_9.6\r\n",
    ] {
        failed(get(&raw(bytes)).await, FailureKind::Protocol);
    }
}

#[tokio::test]
async fn odd_statuses_are_failures_of_that_status() {
    for status in [201, 202, 207, 300, 305, 306, 402, 418, 421, 425, 451, 508, 520, 599, 600, 999] {
        let server =
            Server::start(move |_| Answer::ok(FEED).with_status(status).header("ETag", "\"a\""));
        failed(get(&server).await, FailureKind::Status(status));
    }
    let server = Server::start(|_| Answer::status(301));
    failed(get(&server).await, FailureKind::Redirect);
}

#[tokio::test]
async fn lengths_that_agree_are_one_and_chunks_come_first() {
    let length = FEED.len();
    let twice = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nContent-Length: {length}\r\n\r\n{FEED}"
    );
    assert_eq!(fetched(get(&raw(twice)).await).body, FEED);
    let both = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n\
         {length:x}\r\n{FEED}\r\n0\r\n\r\n"
    );
    assert_eq!(fetched(get(&raw(both)).await).body, FEED);
}

/// What comes for `/odd` harms nobody who asks afterwards over the same client.
async fn harmless(odd: &str) {
    let odd = odd.to_owned();
    let server = Server::start(move |asked| match asked.path.as_str() {
        "/odd" => Answer::steps([Step::Send(odd.clone().into_bytes())]),
        _ => Answer::ok(FEED),
    });
    let fetcher = fetcher();
    let mut conditional = request(&server, "/odd");
    conditional.validators.etag = Some(b"\"a\"".to_vec());
    conditional.validators_for = Some(conditional.url.clone());
    fetcher.get(&conditional).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    for _ in 0..2 {
        assert_eq!(fetched(fetcher.get(&request(&server, "/feed")).await).body, FEED);
    }
}

#[tokio::test]
async fn leftovers_poison_no_connection() {
    let evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
    for odd in [
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n".to_owned(),
        format!("HTTP/1.1 304 Not Modified\r\n\r\n{evil}"),
        format!("HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nbody{evil}"),
        format!("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n{evil}"),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{evil}"),
        format!("HTTP/1.1 500 X\r\nContent-Length: 4\r\n\r\nbody{evil}{evil}"),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".to_owned(),
        "garbage\r\n\r\n".to_owned(),
    ] {
        harmless(&odd).await;
    }
}

#[tokio::test]
async fn not_modified_may_name_a_length() {
    let server = raw("HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\nETag: \"b\"\r\n\r\n");
    let mut request = request(&server, "/feed");
    request.validators.etag = Some(b"\"a\"".to_vec());
    request.validators_for = Some(request.url.clone());
    let Outcome::Unchanged(unchanged) = fetcher().get(&request).await else { panic!() };
    assert_eq!(unchanged.validators.etag.as_deref(), Some(&b"\"b\""[..]));
}

#[tokio::test]
async fn a_body_may_end_with_the_servers_half_of_the_connection() {
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_owned() + FEED;
    let server = Server::start(move |_| {
        let pause = Step::Pause(Duration::from_millis(100));
        Answer::steps([Step::Send(head.clone().into_bytes()), pause, Step::HalfClose, Step::Wait])
    });
    assert_eq!(fetched(get(&server).await).body, FEED);
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let link = Link::parse(&format!("https://{address}/feed"), None).unwrap();
    let start = Instant::now();
    failed(fetcher().get(&Request::new(link, Kind::Feed)).await, FailureKind::Timeout);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[tokio::test]
async fn plain_http_behind_https_is_no_feed() {
    let server = Server::start(|_| Answer::ok(FEED));
    let link = Link::parse(&format!("https://127.0.0.1:{}/feed", server.port()), None).unwrap();
    let failure = failure(fetcher().get(&Request::new(link, Kind::Feed)).await);
    assert!(matches!(failure.kind, FailureKind::Tls | FailureKind::Timeout), "{failure}");
}

#[tokio::test]
async fn targets_are_read_as_browsers_read_them() {
    for (target, expect) in [
        ("?page=2", "/dir/feed?page=2"),
        ("new", "/dir/new"),
        ("./new", "/dir/new"),
        ("/a b", "/a%20b"),
        ("  /a  ", "/a"),
        ("/caf\u{e9}", "/caf%C3%A9"),
        ("/a#b?c", "/a"),
        ("\\new", "/new"),
    ] {
        let server = Server::start(move |asked| match asked.path.as_str() {
            "/dir/feed" => Answer::redirect(302, target),
            _ => Answer::ok(FEED),
        });
        let fetched = fetched(fetcher().get(&request(&server, "/dir/feed")).await);
        assert_eq!(fetched.final_url, server.link(expect), "{target:?}");
    }
    let long = format!("/{}", "a".repeat(100_000));
    let server = Server::start(move |_| Answer::redirect(302, &long));
    failed(get(&server).await, FailureKind::Redirect);
}

#[tokio::test]
async fn long_addresses_are_asked() {
    let server = Server::start(|_| Answer::ok(FEED));
    let path = format!("/feed?q={}", "a".repeat(4000));
    assert_eq!(fetched(fetcher().get(&request(&server, &path)).await).body, FEED);
    assert_eq!(server.paths(), [path]);
}

#[tokio::test]
async fn addresses_of_six_are_asked_where_they_are_allowed() {
    let Some(server) = Server::on("[::1]:0", |_| Answer::ok(FEED)) else { return };
    let link = Link::parse(&format!("http://[::1]:{}/feed", server.port()), None).unwrap();
    let request = Request::new(link, Kind::Feed);
    assert!(matches!(fetcher().get(&request).await, Outcome::Refused(_)));
    let allow_private_networks = vec!["::1/128".parse().unwrap()];
    let open = Settings { allow_private_networks, ..settings() };
    fetched(Fetcher::new(&open, AGENT).unwrap().get(&request).await);
    let host = server.asked()[0].header("host").unwrap().to_owned();
    assert_eq!(host, format!("[::1]:{}", server.port()));
}

#[tokio::test]
async fn a_compressed_file_may_be_compressed_on_its_way() {
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;
    let gzip = |bytes: &[u8]| {
        let mut stream = GzEncoder::new(Vec::new(), Compression::default());
        stream.write_all(bytes).unwrap();
        stream.finish().unwrap()
    };
    let twice = gzip(&gzip(FEED.as_bytes()));
    let server =
        Server::start(move |_| Answer::ok(twice.clone()).header("Content-Encoding", "gzip"));
    assert_eq!(fetched(get(&server).await).body, FEED, "a file.xml.gz, compressed on the way");
}

#[tokio::test]
async fn connections_to_many_servers_are_not_all_kept() {
    let servers: Vec<_> = (0..300).map(|_| Server::start(|_| Answer::ok(FEED))).collect();
    let fetcher = fetcher();
    for server in &servers {
        fetched(fetcher.get(&request(server, "/feed")).await);
    }
    let open = std::fs::read_dir("/proc/self/fd").unwrap();
    let sockets = open.filter(|file| {
        let target = std::fs::read_link(file.as_ref().unwrap().path()).unwrap_or_default();
        target.to_string_lossy().starts_with("socket:")
    });
    // A listener each, and both ends of each connection that stays.
    let sockets = sockets.count().saturating_sub(servers.len());
    assert!(sockets < 2 * 256 + 40, "{sockets} sockets");
    for _ in 0..2 {
        fetched(fetcher.get(&request(&servers[0], "/feed")).await);
    }
    assert_eq!(servers[0].connections(), 1, "those that came first keep theirs");
}
