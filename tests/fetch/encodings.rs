//! Content encodings over the wire: whole, lying, cut and endless.

use super::support::{Answer, Server, Step};
use super::{FEED, failed, fetched, get};
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use std::io::Write;
use std::time::Duration;
use wiredesk::fetch::{FailureKind, Outcome};

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut stream = GzEncoder::new(Vec::new(), Compression::default());
    stream.write_all(text).unwrap();
    stream.finish().unwrap()
}

fn zlib(text: &[u8]) -> Vec<u8> {
    let mut stream = ZlibEncoder::new(Vec::new(), Compression::default());
    stream.write_all(text).unwrap();
    stream.finish().unwrap()
}

fn deflate(text: &[u8]) -> Vec<u8> {
    let mut stream = DeflateEncoder::new(Vec::new(), Compression::default());
    stream.write_all(text).unwrap();
    stream.finish().unwrap()
}

async fn serve(encoding: &'static str, wire: Vec<u8>) -> Outcome {
    let server =
        Server::start(move |_| Answer::ok(wire.clone()).header("Content-Encoding", encoding));
    get(&server).await
}

#[tokio::test]
async fn documents_are_inflated() {
    let feed = FEED.as_bytes();
    let zstd = zstd::encode_all(feed, 3).unwrap();
    for (encoding, wire) in [
        ("gzip", gzip(feed)),
        ("gzip", [gzip(&feed[..20]), gzip(&feed[20..])].concat()),
        ("gzip", [gzip(feed), vec![0; 32]].concat()),
        ("x-gzip", gzip(feed)),
        ("deflate", zlib(feed)),
        ("deflate", deflate(feed)),
        ("zstd, gzip", gzip(&zstd)),
        ("zstd", zstd),
        ("identity", feed.to_vec()),
        ("identity", gzip(feed)),
    ] {
        let size = wire.len() as u64;
        let fetched = fetched(serve(encoding, wire).await);
        assert_eq!(fetched.body, feed, "{encoding}");
        assert_eq!(fetched.wire_bytes, size);
    }
}

#[tokio::test]
async fn lies_are_told_apart_from_documents() {
    let bad = FailureKind::BadEncoding;
    failed(serve("gzip", FEED.into()).await, bad);
    failed(serve("br", FEED.into()).await, bad);
    failed(serve("x-lzma", vec![0x5d, 0, 0, 0x80]).await, bad);
    failed(serve("gzip,gzip,gzip,gzip,gzip,gzip", gzip(b"x")).await, bad);
    let whole = gzip(FEED.as_bytes());
    failed(serve("gzip", whole[..whole.len() * 7 / 10].to_vec()).await, FailureKind::Truncated);
}

#[tokio::test]
async fn bombs_are_cut_off_early() {
    let mib = vec![b' '; 1 << 20];
    let zstd = zstd::encode_all(&mib.repeat(4)[..], 3).unwrap();
    failed(serve("zstd", zstd).await, FailureKind::TooBig);
    failed(serve("gzip", gzip(&mib.repeat(4))).await, FailureKind::TooBig);
    let server = Server::start(move |_| {
        let mut stream = GzEncoder::new(Vec::new(), Compression::best());
        stream.write_all(&vec![b' '; 1 << 20]).unwrap();
        stream.flush().unwrap();
        let start = stream.get_ref().clone();
        let head = Answer::ok("").header("Content-Encoding", "gzip").length(1 << 40).head();
        let block = start[10..].to_vec();
        Answer::steps([Step::Send([head, start].concat()), Step::Forever(block, Duration::ZERO)])
    });
    failed(get(&server).await, FailureKind::TooBig);
    assert!(server.sent() < 6 << 20, "{} bytes taken", server.sent());
}

#[tokio::test]
async fn a_window_beyond_the_rfc_is_refused() {
    let frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0xa8, 3, 0, 0x10, b' '];
    failed(serve("zstd", frame).await, FailureKind::BadEncoding);
}
