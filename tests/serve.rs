//! The API as other programs meet it: over real sockets, with a log and an index that grow.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "fixtures/news.rs"]
#[expect(dead_code, reason = "the fixture serves other tests too")]
mod news;

use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;
use wiredesk::archive::{self, Log};
use wiredesk::model::{Change, FeedState, Link};
use wiredesk::observe::Metrics;
use wiredesk::serve::{self, Configured, Guard, Health, State};
use wiredesk::store::{self, Writer};

/// A daemon's insides without the daemon.
struct Desk {
    dir: TempDir,
    log: Log,
    writer: Writer,
    last_seq: watch::Sender<u64>,
    health: watch::Sender<Health>,
    _feeds: watch::Sender<Arc<[Configured]>>,
    state: State,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (log, _) =
            Log::open(&dir.path().join("archive"), &archive::Settings::default()).unwrap();
        let (store, writer) = store::in_memory().unwrap();
        let (last_seq, follow) = watch::channel(0);
        let (health, healthy) = watch::channel(Health::Running);
        let configured = |n| Configured {
            id: news::feed(n),
            url: Link::parse("https://example.org/feed", None).unwrap(),
            tags: vec![format!("tag-{n}")],
            disabled: n == 2,
        };
        let (feeds, configured) = watch::channel([1, 2].map(configured).to_vec().into());
        let state = State {
            store,
            reader: log.reader(),
            last_seq: follow,
            feeds: configured,
            health: healthy,
            metrics: Some(Arc::new(Metrics::new())),
            orders: None,
        };
        Self { dir, log, writer, last_seq, health, _feeds: feeds, state }
    }

    /// Writes articles with these numbers, as the daemon does: log, index, announcement.
    fn file(&mut self, numbers: impl IntoIterator<Item = u64>) {
        let start = self.log.last_seq();
        let changes: Vec<Change> = (start + 1..)
            .zip(numbers)
            .map(|(seq, n)| news::change(seq, news::article(n, 1, 2000)))
            .collect();
        self.log.append(&changes, news::at(0)).unwrap();
        let mut txn = self.writer.begin();
        for change in &changes {
            txn.apply(change, &news::keys(change)).unwrap();
        }
        txn.commit().unwrap();
        self.last_seq.send_replace(self.log.last_seq());
    }

    /// Serves on a unix socket, and returns its path.
    fn listen(&self) -> std::path::PathBuf {
        let path = self.dir.path().join("api.sock");
        let listener = UnixListener::bind(&path).unwrap();
        let router = serve::router(self.state.clone());
        spawn(async move { axum::serve(listener, router).await.unwrap() });
        path
    }
}

#[expect(clippy::disallowed_methods, reason = "a test has no daemon whose shutdown waits")]
fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    drop(tokio::spawn(task));
}

/// An answer: status, header lines in lower case, body.
struct Answer {
    status: u16,
    headers: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        let line = self.headers.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {}", self.headers))
    }
}

/// Asks like a program that knows HTTP/1.0: no chunks, closed at the end.
async fn ask(mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin, head: &str) -> Answer {
    stream.write_all(format!("{head}\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (headers, body) = answer.split_once("\r\n\r\n").unwrap();
    Answer {
        status: headers.split(' ').nth(1).unwrap().parse().unwrap(),
        headers: headers.replace("\r\n", "\n"),
        body: body.to_owned(),
    }
}

async fn get(socket: &std::path::Path, path: &str) -> Answer {
    let stream = UnixStream::connect(socket).await.unwrap();
    ask(stream, &format!("GET {path} HTTP/1.0\r\nHost: localhost")).await
}

fn seqs(page: &Value) -> Vec<u64> {
    page["results"].as_array().unwrap().iter().map(|c| c["seq"].as_u64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_the_archives_lines_in_order() {
    let mut desk = Desk::new();
    desk.file(1..=5);
    let socket = desk.listen();
    let page = get(&socket, "/v1/changes?since=1&limit=3").await.json();
    assert_eq!(seqs(&page), [2, 3, 4]);
    assert_eq!((page["last_seq"].as_u64(), page["more"].as_bool()), (Some(4), Some(true)));
    assert_eq!(page["results"][0]["article"]["revision"], 1);
    let page = get(&socket, "/v1/changes?since=4").await.json();
    assert_eq!((seqs(&page), page["more"].as_bool()), (vec![5], Some(false)));
    let page = get(&socket, "/v1/changes?since=5").await.json();
    assert_eq!((seqs(&page), page["last_seq"].as_u64()), (vec![], Some(5)));
    let ahead = get(&socket, "/v1/changes?since=6").await;
    assert_eq!((ahead.status, ahead.json()["last_seq"].as_u64()), (409, Some(5)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_poll_ends_with_a_change_or_with_the_daemon() {
    let mut desk = Desk::new();
    let socket = desk.listen();
    let poll = get(&socket, "/v1/changes?since=0&wait=50");
    let later = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        desk.file([1]);
    };
    let (answer, ()) = tokio::join!(poll, later);
    assert_eq!(seqs(&answer.json()), [1]);
    let poll = get(&socket, "/v1/changes?since=1&wait=50");
    let later = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        desk.health.send_replace(Health::Stopping);
    };
    let (answer, ()) = tokio::join!(poll, later);
    assert_eq!(seqs(&answer.json()), [0; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_go_on_where_a_client_left() {
    let mut desk = Desk::new();
    desk.file(1..=2);
    let socket = desk.listen();
    let mut stream = UnixStream::connect(&socket).await.unwrap();
    let head = "GET /v1/changes/stream HTTP/1.0\r\nHost: localhost\r\nLast-Event-ID: 1\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut lines = BufReader::new(stream).lines();
    let mut seen = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some(id) = line.strip_prefix("id: ") {
            seen.push(id.to_owned());
            match seen.len() {
                1 => desk.file([3]),
                _ => drop(desk.health.send_replace(Health::Stopping)),
            }
        }
        assert!(!line.starts_with("event: ") || line == "event: new", "{line}");
        if let Some(data) = line.strip_prefix("data: ") {
            let change: Change = serde_json::from_str(data).unwrap();
            assert_eq!(seen.last().unwrap(), &change.seq.to_string());
        }
    }
    assert_eq!(seen, ["2", "3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_continue_behind_an_article() {
    let mut desk = Desk::new();
    desk.file(1..=7);
    let socket = desk.listen();
    let mut titles = Vec::new();
    let mut path = "/v1/articles?limit=3".to_owned();
    loop {
        let page = get(&socket, &path).await.json();
        titles.extend(page["data"].as_array().unwrap().iter().map(|a| a["title"].clone()));
        // What comes in meanwhile moves nothing.
        desk.file([titles.len() as u64 + 100]);
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/articles?limit=3&cursor={cursor}");
    }
    let expect: Vec<_> = (1..=7).rev().map(|n| news::article(n, 1, 2000).title).collect();
    assert_eq!(titles, expect);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_filtered() {
    let mut desk = Desk::new();
    desk.file(0..22);
    let socket = desk.listen();
    for (query, count) in [
        ("feed=feed-3", 2),
        ("tag=tag-1", 3),
        ("lang=de", 8),
        ("site=site-5.example", 1),
        ("published_after=2026-11-24T12:00:20Z", 2),
        ("published_before=2026-11-24T12:00:03Z", 3),
        ("originals=true", 22),
    ] {
        let page = get(&socket, &format!("/v1/articles?{query}")).await.json();
        assert_eq!(page["data"].as_array().unwrap().len(), count, "{query}");
        let bulk = get(&socket, &format!("/v1/articles.ndjson?{query}")).await;
        assert_eq!(bulk.body.lines().count(), count + 1, "{query}");
        assert_eq!(bulk.body.lines().last(), Some("{\"_end\":true,\"last_seq\":22}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_article_in_all_its_forms() {
    let mut desk = Desk::new();
    desk.file([1]);
    let article = news::article(1, 1, 2000);
    let socket = desk.listen();
    let path = format!("/v1/articles/{}", article.id);
    let answer = get(&socket, &path).await;
    assert_eq!(serde_json::from_str::<wiredesk::model::Article>(&answer.body).unwrap(), article);
    let tag = answer.header("etag").to_owned();
    let stream = UnixStream::connect(&socket).await.unwrap();
    let head = format!("GET {path} HTTP/1.0\r\nHost: localhost\r\nIf-None-Match: \"x\", W/{tag}");
    let again = ask(stream, &head).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    let text = get(&socket, &format!("{path}/text")).await;
    assert_eq!(text.body, article.text);
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
    let markdown = get(&socket, &format!("{path}/markdown")).await;
    assert!(markdown.body.starts_with(&format!("# {}\n\n", article.title)), "{}", markdown.body);
    let revisions = get(&socket, &format!("{path}/revisions")).await.json();
    assert_eq!(revisions["data"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_and_status_say_how_things_are() {
    let mut desk = Desk::new();
    desk.file([1]);
    let mut txn = desk.writer.begin();
    let failing = wiredesk::model::Health::Failing;
    let state = FeedState { health: failing, failures: 3, ..FeedState::default() };
    txn.put_feed_state(&news::feed(1), &state).unwrap();
    txn.commit().unwrap();
    let socket = desk.listen();
    let feeds = get(&socket, "/v1/feeds").await.json();
    assert_eq!(feeds["data"][0]["failures"], 3);
    assert_eq!(feeds["data"][1]["disabled"], true);
    let failing = get(&socket, "/v1/feeds?health=failing").await.json();
    assert_eq!(failing["data"].as_array().unwrap().len(), 1);
    assert_eq!(get(&socket, "/v1/feeds/feed-1").await.json()["health"], "failing");
    let status = get(&socket, "/v1/status").await.json();
    assert_eq!(status["feeds"], serde_json::json!({"disabled": 1, "failing": 1}));
    assert_eq!((&status["last_seq"], &status["articles"]), (&1.into(), &1.into()));
    assert_eq!(get(&socket, "/healthz").await.status, 200);
    assert_eq!(get(&socket, "/readyz").await.status, 200);
    desk.health.send_replace(Health::ReadOnly("the disk is full".to_owned()));
    let ready = get(&socket, "/readyz").await;
    assert_eq!((ready.status, ready.body.as_str()), (503, "read-only: the disk is full\n"));
    let metrics = get(&socket, "/metrics").await;
    for line in [
        "wiredesk_build_info{",
        "wiredesk_feeds{state=\"failing\"} 1\n",
        "wiredesk_changes_last_seq 1\n",
    ] {
        assert!(metrics.body.contains(line), "{line} is not in {}", metrics.body);
    }
    assert!(metrics.header("content-type").starts_with("application/openmetrics-text"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_a_problem_document() {
    let desk = Desk::new();
    let socket = desk.listen();
    for (path, status, said) in [
        ("/v1/nothing", 404, "nothing at /v1/nothing"),
        ("/v1/articles/xyz", 404, "no article xyz"),
        ("/v1/feeds/none", 404, "no feed none"),
        ("/v1/articles?limit=many", 400, "limit"),
        ("/v1/articles?cursor=5", 400, "cursor"),
        ("/v1/articles?feed=a%20b", 400, "feed"),
        ("/v1/articles?tags=x", 400, "unknown field `tags`"),
        ("/v1/articles?published_after=monday", 400, "published_after"),
        ("/v1/changes?since=-1", 400, "since"),
    ] {
        let answer = get(&socket, path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        assert_eq!(problem["status"], status, "{path}");
        assert!(problem["detail"].as_str().unwrap().contains(said), "{path}: {problem}");
    }
    let stream = UnixStream::connect(&socket).await.unwrap();
    let answer = ask(stream, "DELETE /v1/feeds HTTP/1.0\r\nHost: localhost").await;
    assert_eq!((answer.status, answer.json()["status"].as_u64()), (405, Some(405)));
}

#[tokio::test(flavor = "multi_thread")]
async fn tcp_is_guarded() {
    let desk = Desk::new();
    let token: Arc<str> = "sesame".into();
    for (loopback, headers, path, status) in [
        (true, "Host: 127.0.0.1:7420", "/v1/feeds", 200),
        (true, "Host: localhost", "/v1/feeds", 200),
        (true, "Host: evil.example", "/v1/feeds", 403),
        (true, "X: y", "/v1/feeds", 403),
        (true, "Host: desk.example\r\nAuthorization: Bearer sesame", "/v1/feeds", 200),
        (false, "Host: 127.0.0.1", "/v1/feeds", 401),
        (false, "Host: a\r\nAuthorization: Bearer guess", "/v1/feeds", 401),
        (false, "Host: a\r\nAuthorization: Bearer sesame", "/v1/feeds", 200),
        (false, "Host: a", "/healthz", 200),
        (false, "Host: a", "/metrics", 401),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let guard = Guard { loopback, token: Some(Arc::clone(&token)) };
        let router = serve::guarded(serve::router(desk.state.clone()), guard);
        spawn(async move { axum::serve(listener, router).await.unwrap() });
        let stream = TcpStream::connect(address).await.unwrap();
        let answer = ask(stream, &format!("GET {path} HTTP/1.0\r\n{headers}")).await;
        assert_eq!(answer.status, status, "{loopback} {headers} {path}");
    }
}
