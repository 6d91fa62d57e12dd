//! All servers together cannot make `fetch` fill the machine's memory. A test crate of its own,
//! because it looks at the whole process.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, its server runs on threads of its own"
)]

mod support;

use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::future::join_all;
use std::io::Write;
use std::time::Duration;
use support::{Answer, Server, Step};
use wiredesk::fetch::{Fetcher, Kind, Outcome, Request, Settings};
use wiredesk::model::Span;

/// Documents at once, each endless: what is asked at once by default, and the default caps.
const AT_ONCE: usize = 64;
/// Four large documents of 16 MiB, which double while they grow, and a MiB for each other request
/// come to some 160 MiB; without bounds it would be a GiB.
const MOST_KIB: u64 = 190 << 10;

#[tokio::test]
async fn endless_documents_share_bounded_memory() {
    let (start, zipped) = gzip_blocks();
    let plain = chunk(&[b' '; 1 << 14]);
    let server = Server::start(move |asked| {
        let head = Answer::ok("").header("Transfer-Encoding", "chunked");
        let endless = |head: Vec<u8>, block: &[u8]| {
            Answer::steps([Step::Send(head), Step::Forever(block.to_vec(), PAUSE)])
        };
        if asked.path == "/plain" {
            return endless(head.head(), &plain);
        }
        let head = head.header("Content-Encoding", "gzip").head();
        endless([head, start.clone()].concat(), &zipped)
    });
    let settings = Settings {
        allow_private_networks: vec!["127.0.0.1/32".parse().unwrap()],
        per_host_interval: Span::millis(0),
        per_host_concurrency: AT_ONCE,
        ..Settings::default()
    };
    let fetcher = Fetcher::new(&settings, "wiredesk-test/1").unwrap();
    let paths = (0..AT_ONCE).map(|n| if n % 2 == 0 { "/plain" } else { "/zipped" });
    let requests: Vec<_> = paths.map(|path| Request::new(server.link(path), Kind::Feed)).collect();
    let before = peak_kib();
    for outcome in join_all(requests.iter().map(|request| fetcher.get(request))).await {
        assert!(matches!(outcome, Outcome::Failed(_)), "{outcome:?}");
    }
    let grown = peak_kib() - before;
    assert!(grown > 16 << 10 && grown < MOST_KIB, "{grown} KiB");
}

/// All documents should grow together.
const PAUSE: Duration = Duration::from_millis(1);

/// The start of a gzip stream, and a block of a MiB of spaces that may follow it again and again.
fn gzip_blocks() -> (Vec<u8>, Vec<u8>) {
    let mut stream = GzEncoder::new(Vec::new(), Compression::best());
    stream.flush().unwrap();
    let start = stream.get_ref().clone();
    stream.write_all(&vec![b' '; 1 << 20]).unwrap();
    stream.flush().unwrap();
    let block = stream.get_ref().strip_prefix(start.as_slice()).unwrap().to_vec();
    (chunk(&start), chunk(&block))
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

/// The most memory that this process has had resident so far.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
