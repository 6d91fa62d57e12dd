//! How long readers wait: a list of 50, one article, a search, the status page with 5,000 feeds,
//! over the unix socket of a store of so many articles. `cargo bench --bench serve -- [ARTICLES] [REQUESTS]`.
//!
//! Articles are made up (`tests/fixtures/news.rs`), about 4.7 KB of JSON each. One client asks one
//! thing after the other on a kept connection; what it waits until the last byte counts.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench prints and may panic"
)]

#[path = "../fixtures/news.rs"]
#[expect(dead_code, reason = "a part of it is used")]
mod news;

use axum::body::Body;
use axum::http::Request;
use futures_util::StreamExt;
use hyper_util::rt::TokioIo;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{UnixListener, UnixStream};
use wiredesk::archive::{self, Log};
use wiredesk::model::{Change, FeedId, FeedState, Health, Link};
use wiredesk::observe::{Metrics, steady};
use wiredesk::search::{Indexer, Searcher};
use wiredesk::serve::{self, Configured, State};
use wiredesk::store;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const GROUP: u64 = 500;
const ARTICLE_BYTES: usize = 4700;
/// Feeds on the status page; one in ten has failed of late.
const FEEDS: u64 = 5000;

/// Words of the made-up language, from everywhere to rare.
const WORDS: [&str; 8] =
    ["an", "ber", "conan", "ha ra", "fiber", "deber OR goer", "\"an ber\"", "title:go"];

fn main() {
    let args: Vec<_> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let count = args.first().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let requests = args.get(1).and_then(|n| n.parse().ok()).unwrap_or(2000);
    let dir = scratch();
    let state = fill(&dir, count);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure(&dir, state, count, requests));
    drop(runtime);
    std::fs::remove_dir_all(dir).unwrap_or_default();
}

fn scratch() -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

/// A store and an index of words with so many articles.
fn fill(dir: &Path, count: u64) -> State {
    let (mut log, _) = Log::open(&dir.join("archive"), &archive::Settings::default()).unwrap();
    let (store, mut writer) = store::open(&dir.join("store"), &store::Settings::default()).unwrap();
    let search = Searcher::default();
    let mut indexer = Indexer::open(&dir.join("search"), &search, 0).unwrap();
    let mut indexing = Duration::ZERO;
    for first in (1..=count).step_by(usize::try_from(GROUP).unwrap()) {
        let last = (first + GROUP - 1).min(count);
        let article = |n| news::change(n, news::article(n, 1, ARTICLE_BYTES));
        let changes: Vec<Change> = (first..=last).map(article).collect();
        log.append(&changes, news::at(0)).unwrap();
        let mut txn = writer.begin();
        for change in &changes {
            txn.apply(change, &news::keys(change)).unwrap();
        }
        txn.commit().unwrap();
        let began = steady();
        indexer.apply(&changes, last).unwrap();
        indexing += began.elapsed();
    }
    println!("{count} articles indexed by their words in {indexing:.1?}");
    let feeds: Vec<_> = (1..=FEEDS).map(feed).collect();
    let mut txn = writer.begin();
    for (number, feed) in (1..).zip(&feeds) {
        txn.put_feed_state(&feed.id, &polled(number)).unwrap();
    }
    txn.commit().unwrap();
    let metrics = Some(Arc::new(Metrics::new()));
    State { search, metrics, ..State::offline(store, log.reader(), count, feeds) }
}

fn feed(number: u64) -> Configured {
    Configured {
        id: FeedId::new(&format!("feed-{number}")).unwrap(),
        url: Link::parse(&format!("https://paper-{number}.example/feed.xml"), None).unwrap(),
        tags: vec!["news".to_owned()],
        disabled: false,
    }
}

/// What is remembered of a feed.
fn polled(number: u64) -> FeedState {
    let (failing, at) = (number.is_multiple_of(10), news::at(number));
    FeedState {
        title: Some(format!("The paper of town {number}")),
        next_due: Some(news::at(number + 900)),
        due_reason: "as often as the budget allows".to_owned(),
        last_polled: Some(at),
        last_success: (!failing).then_some(at),
        failures: if failing { 3 } else { 0 },
        failing_since: failing.then_some(at),
        last_error: failing.then(|| "the server answered 503 Service Unavailable".to_owned()),
        health: if failing { Health::Failing } else { Health::Ok },
        ..FeedState::default()
    }
}

async fn measure(dir: &Path, state: State, count: u64, requests: u64) {
    let path = dir.join("api.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let router = serve::router(state);
    drop(tokio::spawn(async move { axum::serve(listener, router).await.unwrap() }));
    let mut dice = news::Dice::new(7);
    let mut id = || news::article(1 + dice.roll(count), 1, 10).id;
    let one: Vec<_> = (0..requests).map(|_| format!("/v1/articles/{}", id())).collect();
    let lists = vec!["/v1/articles?limit=50".to_owned(); usize::try_from(requests).unwrap()];
    let words = |n: u64| WORDS[usize::try_from(n).unwrap() % WORDS.len()].replace(' ', "%20");
    let words = |n| words(n).replace('"', "%22");
    let newest: Vec<_> =
        (0..requests).map(|n| format!("/v1/articles?limit=20&q={}", words(n))).collect();
    let page = vec!["/".to_owned(); usize::try_from(requests / 10).unwrap()];
    let best: Vec<_> = newest.iter().map(|path| format!("{path}&sort=relevance")).collect();
    for (what, paths) in [
        ("one article", one),
        ("list of 50", lists),
        ("search, newest first", newest),
        ("search, best first", best),
        ("status page", page),
    ] {
        ask(&path, what, &paths).await;
    }
}

/// Asks one after the other and prints how long that took.
async fn ask(socket: &Path, what: &str, paths: &[String]) {
    let stream = TokioIo::new(UnixStream::connect(socket).await.unwrap());
    let (mut client, line) = hyper::client::conn::http1::handshake(stream).await.unwrap();
    drop(tokio::spawn(async move { line.await.unwrap_or_default() }));
    let mut took = Vec::new();
    let mut bytes = 0;
    for path in paths {
        let request = Request::get(path).header("host", "localhost").body(Body::empty()).unwrap();
        let began = steady();
        let answer = client.send_request(request).await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        let mut parts = Body::new(answer.into_body()).into_data_stream();
        while let Some(part) = parts.next().await {
            bytes += part.unwrap().len();
        }
        took.push(began.elapsed());
        client.ready().await.unwrap();
    }
    took.sort_unstable();
    let at = |part: usize| took[(took.len() * part / 1000).min(took.len() - 1)];
    println!(
        "{what}: {} requests, {} KB each, p50 {:.2?}, p99 {:.2?}, worst {:.2?}",
        took.len(),
        bytes / took.len() / 1000,
        at(500),
        at(990),
        at(1000)
    );
}
