//! What archive and store cost: durable ingest against sled alone, reading, reopening, rebuilding,
//! disk and memory. `cargo bench --bench store -- [ingest|paced|read|feed|large] [ARTICLES]`,
//! and `-- dictionary [ARTICLES] [FILE]`, with the articles of an NDJSON file where one is named.
//!
//! Articles are made up (`tests/fixtures/news.rs`), about 4.7 KB of JSON each, written in groups
//! of 64. Folders lie in the target folder, because `/tmp` may be memory.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints and may panic")]

#[path = "../fixtures/news.rs"]
#[expect(dead_code, reason = "a part of it is used")]
mod news;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use wiredesk::archive::{self, Log, Reader};
use wiredesk::model::Change;
use wiredesk::observe::steady;
use wiredesk::serve::{self, State};
use wiredesk::store::{self, Store, Writer};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const GROUP: u64 = 64;
const ARTICLE_BYTES: usize = 4700;

fn main() {
    let args: Vec<_> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let count = args.get(1).and_then(|n| n.parse().ok());
    let dir = scratch();
    match args.first().map(String::as_str) {
        None => {
            ingest(&dir, 50_000);
            paced(&dir, 10_000);
            read(&dir, 100_000);
            feed(&dir, 100_000);
        }
        Some("ingest") => ingest(&dir, count.unwrap_or(50_000)),
        Some("paced") => paced(&dir, count.unwrap_or(10_000)),
        Some("read") => read(&dir, count.unwrap_or(100_000)),
        Some("feed") => feed(&dir, count.unwrap_or(100_000)),
        Some("dictionary") => dictionary(count.unwrap_or(4000), args.get(2).map(Path::new)),
        Some("large") => large(&dir, count.unwrap_or(300_000)),
        Some("large-writer") => large_writer(&PathBuf::from(args.get(2).unwrap()), count.unwrap()),
        Some(other) => println!("no such bench: {other}"),
    }
    fs::remove_dir_all(dir).unwrap_or_default();
}

fn scratch() -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{}", std::process::id()));
    fs::create_dir_all(&dir).unwrap();
    dir
}

/// The changes of a group, made up outside of what is measured.
fn group(first: u64) -> Vec<Change> {
    let article = |n| news::change(n, news::article(n, 1, ARTICLE_BYTES));
    (first..first + GROUP).map(article).collect()
}

/// The daemon's writer: archive first, then one transaction, which is on the index's disk with the
/// next sync.
struct Desk {
    log: Log,
    writer: Writer,
    synced: Instant,
}

/// As in the daemon: the index's disk may be so far behind.
const SYNC_EVERY: Duration = Duration::from_millis(500);

impl Desk {
    fn open(dir: &Path) -> Self {
        let log = Log::open(&dir.join("archive"), &archive::Settings::default()).unwrap().0;
        let (_, writer) = store::open(&dir.join("store"), &store::Settings::default()).unwrap();
        Self { log, writer, synced: steady() }
    }

    fn write(&mut self, changes: &[Change]) {
        let mut txn = self.writer.begin();
        for change in changes {
            txn.apply(change, &news::keys(change)).unwrap();
        }
        std::thread::scope(|scope| {
            let sealing = scope.spawn(|| txn.seal().unwrap());
            self.log.append(changes, news::at(0)).unwrap();
            sealing.join().unwrap();
        });
        txn.commit_unsynced().unwrap();
    }

    /// As [`Desk::write`], and the sync that the daemon leaves to a thread of its own is paid here.
    fn write_alone(&mut self, changes: &[Change]) {
        self.write(changes);
        if self.synced.elapsed() >= SYNC_EVERY {
            self.writer.syncer().sync().unwrap();
            self.synced = steady();
        }
    }
}

/// Time spent in `write` for `count` articles in groups; each goes to `beside` too.
fn timed(
    count: u64,
    mut write: impl FnMut(&[Change]),
    mut beside: impl FnMut(&[Change]),
) -> Duration {
    let mut spent = Duration::ZERO;
    for first in (1..=count).step_by(64) {
        let changes = group(first);
        let start = steady();
        write(&changes);
        spent += start.elapsed();
        beside(&changes);
    }
    spent
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn per_second(count: u64, spent: Duration) -> f64 {
    count as f64 / spent.as_secs_f64()
}

/// Sled alone, with the same care: compressed values, five keys an article, `fdatasync`.
struct Alone {
    db: sled::Db,
    file: fs::File,
    compressor: zstd::bulk::Compressor<'static>,
}

impl Alone {
    fn open(dir: &Path) -> Self {
        let config = sled::Config::new().path(dir).cache_capacity(32 << 20).flush_every_ms(None);
        let db = config.open().unwrap();
        let file = fs::File::open(dir.join("db")).unwrap();
        Self { db, file, compressor: zstd::bulk::Compressor::new(3).unwrap() }
    }

    fn write(&mut self, changes: &[Change]) {
        let mut batch = sled::Batch::default();
        for change in changes {
            let article = change.article.as_ref().unwrap();
            let json = serde_json::to_vec(article).unwrap();
            let id = change.id.as_bytes();
            let keys = news::keys(change);
            batch.insert([b"r", &id[..]].concat(), self.compressor.compress(&json).unwrap());
            batch.insert([b"u", &keys.urls.first().unwrap()[..]].concat(), &id[..]);
            batch.insert([b"t", &keys.text.unwrap()[..]].concat(), &id[..]);
            batch.insert([b"g", &news::hash(&article.title)[..]].concat(), &id[..]);
            batch.insert([b"c", &change.seq.to_be_bytes()[..]].concat(), &id[..]);
        }
        self.db.apply_batch(batch).unwrap();
        self.db.flush().unwrap();
        self.file.sync_data().unwrap();
    }
}

/// Both write the same groups in turn, so that a busy machine slows both.
fn ingest(dir: &Path, count: u64) {
    let mut sled = Alone::open(&dir.join("sled"));
    let mut desk = Desk::open(&dir.join("desk"));
    let mut alone = Duration::ZERO;
    let ours = timed(
        count,
        |changes| desk.write_alone(changes),
        |changes| {
            let start = steady();
            sled.write(changes);
            alone += start.elapsed();
        },
    );
    println!(
        "ingest: {:.0} articles/s archive and store, {:.0} sled alone, ratio {:.2}",
        per_second(count, ours),
        per_second(count, alone),
        per_second(count, ours) / per_second(count, alone)
    );
}

/// Articles arrive one by one, 500 a second whether or not those before are written (an open loop);
/// what has arrived is written as a group. The index's disk follows on a thread of its own.
fn paced(dir: &Path, count: u64) {
    let articles: Vec<_> =
        (1..=count).map(|n| news::change(n, news::article(n, 1, ARTICLE_BYTES))).collect();
    let mut desk = Desk::open(&dir.join("paced"));
    let syncer = desk.writer.syncer();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                std::thread::sleep(SYNC_EVERY);
                syncer.sync().unwrap();
            }
        });
        report_waits(acknowledged(&mut desk, &articles));
        done.store(true, Ordering::Relaxed);
    });
}

/// How long each article waited from its arrival until the archive had it.
fn acknowledged(desk: &mut Desk, articles: &[Change]) -> Vec<Duration> {
    let start = steady();
    let arrival = |n: usize| start + Duration::from_millis(2) * u32::try_from(n).unwrap();
    let mut waits = Vec::new();
    while waits.len() < articles.len() {
        let done = waits.len();
        std::thread::sleep(arrival(done).saturating_duration_since(steady()));
        let now = steady();
        let ready = (done..articles.len()).take_while(|n| arrival(*n) <= now).take(64).count();
        desk.write(articles.get(done..done + ready).unwrap());
        waits.extend((done..done + ready).map(|n| arrival(n).elapsed()));
    }
    waits
}

fn report_waits(mut waits: Vec<Duration>) {
    waits.sort_unstable();
    let at = |share: usize| waits.get(waits.len() * share / 1000).unwrap().as_secs_f64() * 1000.0;
    println!(
        "paced: 500 articles/s, acknowledged after p50 {:.1} ms, p99 {:.1} ms, p99.9 {:.1} ms",
        at(500),
        at(990),
        at(999)
    );
}

fn read(dir: &Path, count: u64) {
    let dir = dir.join("read");
    let (mut log, _) = Log::open(&dir, &archive::Settings::default()).unwrap();
    timed(count, |changes| log.append(changes, news::at(0)).unwrap(), |_| {});
    let start = steady();
    let sealed = archive::tend(&dir, &archive::Settings::default(), news::at(0)).unwrap().sealed;
    println!("seal: {sealed} files in {:.1} s", start.elapsed().as_secs_f64());
    measure_reading("lines", || {
        Reader::new(&dir).lines(0).map(|line| line.unwrap().json.len() as u64 + 1).collect()
    });
    let bytes: Vec<u64> =
        Reader::new(&dir).lines(0).map(|l| l.unwrap().json.len() as u64).collect();
    measure_reading("changes, decoded", || {
        Reader::new(&dir).after(0).zip(&bytes).map(|(c, n)| c.map(|_| *n).unwrap()).collect()
    });
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn measure_reading(what: &str, read: impl Fn() -> Vec<u64>) {
    let start = steady();
    let sizes = read();
    let (count, bytes) = (sizes.len() as u64, sizes.iter().sum::<u64>());
    let spent = start.elapsed();
    let rate = bytes as f64 / 1e6 / spent.as_secs_f64();
    println!("read {what}: {rate:.0} MB/s, {:.0} a second", per_second(count, spent));
}

/// The change feed as a plain client of the unix socket reads it, page by page.
fn feed(dir: &Path, count: u64) {
    let dir = dir.join("feed");
    let (mut log, _) = Log::open(&dir, &archive::Settings::default()).unwrap();
    timed(count, |changes| log.append(changes, news::at(0)).unwrap(), |_| {});
    archive::tend(&dir, &archive::Settings::default(), news::at(0)).unwrap();
    let store = store::in_memory().unwrap().0;
    let last = log.last_seq();
    let state = State::offline(store, log.reader(), last, Vec::new());
    let socket = dir.join("api.sock");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = {
        let _inside = runtime.enter();
        tokio::net::UnixListener::bind(&socket).unwrap()
    };
    runtime.spawn(async move { axum::serve(listener, serve::router(state)).await.unwrap() });
    let mut client = BufReader::with_capacity(1 << 16, UnixStream::connect(&socket).unwrap());
    let start = steady();
    let (mut since, mut bytes) = (0, 0);
    while since < last {
        let page = page(&mut client, since);
        let end = page.rsplit_once("\"last_seq\":").unwrap().1;
        let end: u64 = end.split(',').next().unwrap().parse().unwrap();
        assert_eq!(page.matches("\"crc\":\"").count() as u64, end - since, "a page is whole");
        bytes += page.len() as u64;
        since = end;
    }
    let spent = start.elapsed();
    println!(
        "feed: {:.0} changes/s over the unix socket, pages of 1000, {:.0} MB/s",
        per_second(last, spent),
        per_second(bytes, spent) / 1e6
    );
}

/// The body of one page.
fn page(client: &mut BufReader<UnixStream>, since: u64) -> String {
    let ask = format!("GET /v1/changes?since={since}&limit=1000 HTTP/1.1\r\nHost: desk\r\n\r\n");
    client.get_mut().write_all(ask.as_bytes()).unwrap();
    let mut length = 0;
    loop {
        let mut line = String::new();
        client.read_line(&mut line).unwrap();
        match line.trim_end().to_ascii_lowercase().split_once(": ") {
            Some(("content-length", n)) => length = n.parse().unwrap(),
            Some(_) => {}
            None if line.trim().is_empty() => break,
            None => assert!(line.contains("200"), "{line}"),
        }
    }
    let mut body = vec![0; length];
    client.read_exact(&mut body).unwrap();
    String::from_utf8(body).unwrap()
}

/// Whether a trained dictionary pays: records of the second half of the articles, with one made of
/// the first half and without.
fn dictionary(count: u64, file: Option<&Path>) {
    let made_up = |n| serde_json::to_vec(&news::article(n, 1, ARTICLE_BYTES)).unwrap();
    let lines: Vec<Vec<u8>> = match file {
        None => (1..=count).map(made_up).collect(),
        Some(file) => {
            let lines = BufReader::new(fs::File::open(file).unwrap()).split(b'\n');
            lines.map(Result::unwrap).take(usize::try_from(count).unwrap()).collect()
        }
    };
    let (learned, measured) = lines.split_at(lines.len() / 2);
    let trained = zstd::dict::from_samples(learned, 64 << 10).unwrap();
    compressed("without a dictionary", zstd::bulk::Compressor::new(3).unwrap(), measured);
    let with = zstd::bulk::Compressor::with_dictionary(3, &trained).unwrap();
    compressed("with one of 64 KiB", with, measured);
}

fn compressed(what: &str, mut by: zstd::bulk::Compressor<'_>, lines: &[Vec<u8>]) {
    let start = steady();
    let small: usize = lines.iter().map(|line| by.compress(line).unwrap().len()).sum();
    let (spent, plain) = (start.elapsed(), lines.iter().map(Vec::len).sum::<usize>());
    println!(
        "records {what}: {} of {} bytes each, {:.0} MB/s",
        small / lines.len(),
        plain / lines.len(),
        per_second(plain as u64, spent) / 1e6
    );
}

/// A child writes `count` articles and is killed; we open what it leaves, and rebuild it.
fn large(dir: &Path, count: u64) {
    let place = dir.join("large");
    let start = steady();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["large-writer", &count.to_string()])
        .arg(&place)
        .status()
        .unwrap();
    println!("large: {count} articles in {}, {child}", seconds(start));
    archive::tend(&place.join("archive"), &archive::Settings::default(), news::at(0)).unwrap();
    disk(&place, count);
    let start = steady();
    let (store, writer) = store::open(&place.join("store"), &store::Settings::default()).unwrap();
    println!("reopened after a kill in {}", seconds(start));
    let start = steady();
    let found = store::verify(&store, |_, _| {}).unwrap();
    println!("verified {} articles in {}: {:?}", found.articles, seconds(start), found.problems);
    drop((store, writer));
    let start = steady();
    let rebuilt = dir.join("rebuilt");
    let store = rebuild(&place.join("archive"), &rebuilt);
    println!("rebuilt {} articles in {}", store.stats().unwrap().articles, seconds(start));
    println!("disk of the rebuilt store: {:.2} GB", gigabytes(store.stats().unwrap().disk_bytes));
    println!("peak memory of this process: {}", peak_memory());
}

fn large_writer(place: &Path, count: u64) {
    let mut desk = Desk::open(place);
    let spent = timed(count, |changes| desk.write_alone(changes), |_| {});
    desk.writer.syncer().sync().unwrap();
    println!("{:.0} articles/s, peak memory {}", per_second(count, spent), peak_memory());
    // As a kill: nothing is flushed, closed or dropped.
    std::process::abort();
}

/// As `pipeline` does it: groups of changes, computed from the archive alone.
fn rebuild(from: &Path, to: &Path) -> Store {
    let (store, mut writer) = store::open(to, &store::Settings::default()).unwrap();
    let mut changes = Reader::new(from).after(0).map(Result::unwrap).peekable();
    while changes.peek().is_some() {
        let mut txn = writer.begin();
        for change in changes.by_ref().take(512) {
            txn.apply(&change, &news::keys(&change)).unwrap();
        }
        txn.commit().unwrap();
    }
    store
}

fn disk(place: &Path, count: u64) {
    let raw: u64 = (1..=count)
        .step_by(100)
        .map(|n| serde_json::to_vec(&news::article(n, 1, ARTICLE_BYTES)).unwrap().len() as u64)
        .sum::<u64>()
        * 100;
    let (archive, store) = (size(&place.join("archive")), size(&place.join("store")));
    println!(
        "disk: raw JSON {:.2} GB, archive {:.2}, store {:.2}, together {:.2} of raw",
        gigabytes(raw),
        gigabytes(archive),
        gigabytes(store),
        gigabytes(archive + store) / gigabytes(raw)
    );
}

fn size(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|p| if p.is_dir() { size(&p) } else { fs::metadata(&p).unwrap().len() }).sum()
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn gigabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e9
}

fn seconds(start: Instant) -> String {
    format!("{:.1} s", start.elapsed().as_secs_f64())
}

/// The most memory this process ever had, as Linux counts it.
fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |peak| peak.trim().to_owned())
}
