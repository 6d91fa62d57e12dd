//! The API as other programs meet it: over real sockets, with a log and an index that grow.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "fixtures/news.rs"]
#[cfg_attr(
    not(feature = "search"),
    expect(dead_code, reason = "the fixture serves other tests too")
)]
mod news;

use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;
use wiredesk::archive::{self, Log};
use wiredesk::hook::Board;
use wiredesk::model::{Article, Change, FeedState, Link, Relation};
use wiredesk::observe::Metrics;
#[cfg(feature = "search")]
use wiredesk::search::Indexer;
use wiredesk::search::Searcher;
use wiredesk::serve::{self, Bookmarks, Configured, Guard, Health, State};
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
            counts: watch::channel(None).1,
            started: Some(news::at(0)),
            health: healthy,
            bookmarks: Bookmarks::default(),
            hooks: Board::default(),
            search: Searcher::default(),
            hub: Link::parse("https://hub.example/", None),
            metrics: Some(Arc::new(Metrics::new())),
            orders: None,
        };
        Self { dir, log, writer, last_seq, health, _feeds: feeds, state }
    }

    /// Writes articles with these numbers, as the daemon does: log, index, announcement.
    fn file(&mut self, numbers: impl IntoIterator<Item = u64>) {
        self.file_all(numbers.into_iter().map(|n| news::article(n, 1, 2000)));
    }

    fn file_all(&mut self, articles: impl IntoIterator<Item = Article>) {
        let start = self.log.last_seq();
        let changes: Vec<Change> =
            (start + 1..).zip(articles).map(|(seq, article)| news::change(seq, article)).collect();
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
    assert_eq!(serde_json::from_str::<Article>(&answer.body).unwrap(), article);
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
async fn a_story_with_its_copies_and_what_a_revision_changed() {
    let mut desk = Desk::new();
    let text = |text: &str, words: u32, article: Article| Article {
        text: text.to_owned(),
        title: "The headline".to_owned(),
        words,
        ..article
    };
    let first = text("One.\n\nTwo.\n\nThree.", 3, news::article(1, 1, 2000));
    let revised = text("One.\n\nTwo, corrected.\n\nThree.", 4, news::article(1, 2, 2000));
    let copy = Article {
        story: first.id,
        duplicate_of: Some(first.id),
        relation: Some(Relation::Near),
        similarity: Some(0.9),
        ..text("One.\n\nTwo.", 2, news::article(2, 1, 2000))
    };
    desk.file_all([first.clone(), copy.clone(), revised, news::article(3, 1, 2000)]);
    let socket = desk.listen();
    let story = get(&socket, &format!("/v1/articles/{}/story", copy.id)).await.json();
    let id = |id: &wiredesk::model::ArticleId| Value::from(id.to_string());
    assert_eq!((&story["story"], &story["lead"]), (&id(&first.id), &id(&first.id)));
    assert_eq!(story["credit"], id(&first.id));
    let members = story["data"].as_array().unwrap();
    assert_eq!(members.len(), 2);
    assert_eq!(members[0]["revisions"].as_array().unwrap().len(), 2);
    assert_eq!(members[1]["article"]["duplicate_of"], id(&first.id));

    let path = format!("/v1/articles/{}/diff", first.id);
    let diff = get(&socket, &path).await.json();
    assert_eq!((&diff["from"], &diff["to"]), (&1.into(), &2.into()));
    let steps = serde_json::json!([
        {"fate": "kept", "text": "One."}, {"fate": "removed", "text": "Two."},
        {"fate": "added", "text": "Two, corrected."}, {"fate": "kept", "text": "Three."},
    ]);
    assert_eq!(diff["text"], steps);
    assert_eq!(diff["title"][0]["fate"], "kept");
    assert_eq!(
        get(&socket, &format!("{path}?from=2&to=1")).await.json()["text"][1]["text"],
        "Two, corrected."
    );
    assert_eq!(get(&socket, &format!("{path}?to=9")).await.status, 404);
    assert_eq!(get(&socket, &format!("{path}?to=x")).await.status, 400);
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

/// Asks with a method, further header lines and a body.
async fn send(
    socket: &std::path::Path,
    method: &str,
    path: &str,
    more: &str,
    body: &str,
) -> Answer {
    let stream = UnixStream::connect(socket).await.unwrap();
    let length = body.len();
    let head =
        format!("{method} {path} HTTP/1.0\r\nHost: localhost\r\n{more}Content-Length: {length}");
    ask(stream, &format!("{head}\r\n\r\n{body}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn consumers_keep_their_place() {
    let mut desk = Desk::new();
    desk.file(1..=5);
    let socket = desk.listen();
    let path = "/v1/consumers/mill";
    assert_eq!(get(&socket, path).await.status, 404);
    assert_eq!(get(&socket, "/v1/changes?consumer=mill").await.status, 404);
    let put = send(&socket, "PUT", path, "", r#"{"seq": 3.0}"#).await.json();
    assert_eq!((put["seq"].as_u64(), put["lag"].as_u64()), (Some(3), Some(2)));
    let page = get(&socket, "/v1/changes?consumer=mill").await.json();
    assert_eq!(seqs(&page), [4, 5]);
    assert_eq!(get(&socket, "/v1/changes?consumer=&since=1").await.status, 400);
    let both = get(&socket, "/v1/changes?consumer=mill&since=1").await;
    assert_eq!(seqs(&both.json()), [2, 3, 4, 5], "the number wins");
    let list = get(&socket, "/v1/consumers").await.json();
    assert_eq!(list["data"][0]["name"], "mill");
    let metrics = get(&socket, "/metrics").await.body;
    assert!(metrics.contains("wiredesk_consumer_lag_changes{consumer=\"mill\"} 2\n"), "{metrics}");
    for (path, body, status) in [
        (path, r#"{"seq": 6}"#, 409),
        (path, r#"{"seq": -1}"#, 400),
        (path, r#"{"seq": 2.5}"#, 400),
        (path, r#"{"seq": 1, "x": 2}"#, 400),
        (path, "", 400),
        (path, &format!("{{\"seq\": 1{}}}", " ".repeat(20_000)), 413),
        ("/v1/consumers/a%20b", r#"{"seq": 1}"#, 400),
        ("/v1/consumers/a%ff", r#"{"seq": 1}"#, 400),
    ] {
        let answer = send(&socket, "PUT", path, "", body).await;
        assert_eq!(answer.status, status, "{path} {body:.30}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    assert_eq!(send(&socket, "DELETE", path, "", "").await.status, 204);
    assert_eq!(send(&socket, "DELETE", path, "", "").await.status, 404);
    let metrics = get(&socket, "/metrics").await.body;
    assert!(!metrics.contains("mill"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_article_comes_in_the_form_that_is_liked() {
    let mut desk = Desk::new();
    desk.file([1]);
    let article = news::article(1, 1, 2000);
    let socket = desk.listen();
    let path = format!("/v1/articles/{}", article.id);
    for (accept, media) in [
        ("text/html, */*;q=0.1", "text/html; charset=utf-8"),
        ("text/markdown", "text/markdown; charset=utf-8"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("*/*", "application/json"),
    ] {
        let answer = send(&socket, "GET", &path, &format!("Accept: {accept}\r\n"), "").await;
        assert_eq!((answer.status, answer.header("content-type")), (200, media), "{accept}");
        assert_eq!(answer.header("vary"), "accept");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    let answer = send(&socket, "GET", &path, "Accept: image/png\r\n", "").await;
    assert_eq!(answer.status, 406);
    let page = get(&socket, &format!("{path}/html")).await;
    assert!(page.body.contains(&format!("<h1>{}</h1>\n{}", article.title, article.html)));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn long_answers_are_compressed_as_asked() {
    let mut desk = Desk::new();
    desk.file(1..=30);
    let socket = desk.listen();
    for (path, accept, coding) in [
        ("/v1/articles.ndjson", "zstd, gzip;q=0.5", Some("zstd")),
        ("/v1/articles.ndjson", "gzip", Some("gzip")),
        ("/v1/articles", "gzip", Some("gzip")),
        ("/v1/changes", "br", None),
        ("/v1/articles.ndjson", "identity", None),
    ] {
        let mut stream = UnixStream::connect(&socket).await.unwrap();
        let head = format!("GET {path} HTTP/1.0\r\nHost: a\r\nAccept-Encoding: {accept}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let split = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&answer[..split]).to_lowercase();
        let found = head.lines().find_map(|line| line.strip_prefix("content-encoding: "));
        assert_eq!(found, coding, "{path} {accept}");
        let body = &answer[split + 4..];
        let mut plain = Vec::new();
        match coding {
            Some("zstd") => plain = zstd::decode_all(body).unwrap(),
            Some(_) => drop(std::io::Read::read_to_end(
                &mut flate2::read::GzDecoder::new(body),
                &mut plain,
            )),
            None => plain.extend_from_slice(body),
        }
        let text = String::from_utf8(plain).unwrap();
        assert!(text.trim_end().ends_with('}') && text.len() > 30 * 1000, "{path} {accept}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_position_tells_the_way_back() {
    let mut desk = Desk::new();
    for day in 0..3 {
        let start = desk.log.last_seq();
        let change = |n| news::change(start + n, news::article(start + n, 1, 2000));
        let changes: Vec<Change> = (1..=5).map(change).collect();
        desk.log.append(&changes, news::at(day * 86_400)).unwrap();
    }
    desk.last_seq.send_replace(15);
    let dir = desk.dir.path().join("archive");
    let keep = archive::Keep::For(wiredesk::model::Span::seconds(86_400));
    let settings = archive::Settings { keep, ..archive::Settings::default() };
    archive::tend(&dir, &settings, news::at(2 * 86_400)).unwrap();
    let socket = desk.listen();
    for path in ["/v1/changes?since=0", "/v1/changes/stream?since=2"] {
        let gone = get(&socket, path).await;
        assert_eq!(gone.status, 410, "{path}");
        let problem = gone.json();
        assert_eq!(problem["type"], "urn:wiredesk:problem:seq-expired");
        assert_eq!(problem["oldest_seq"], 6);
        assert!(problem["detail"].as_str().unwrap().contains("/v1/articles.ndjson"), "{problem}");
    }
    assert_eq!(seqs(&get(&socket, "/v1/changes?since=5").await.json()).len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn feeds_are_published_and_read_back() {
    let mut desk = Desk::new();
    desk.file(1..=20);
    let socket = desk.listen();
    for (path, format, count) in [
        ("/feeds/all.atom", "atom", 20),
        ("/feeds/all.json", "json", 20),
        ("/feeds/tag=tag-1&lang=en.atom", "atom", 2),
        ("/feeds/feed=feed-3.json", "json", 2),
    ] {
        let answer = get(&socket, path).await;
        assert_eq!(answer.status, 200, "{path}");
        let media = wiredesk::feed::Media {
            content_type: Some(answer.header("content-type").to_owned()),
            ..Default::default()
        };
        let settings = wiredesk::feed::Settings::default();
        let parsed = wiredesk::feed::parse(answer.body.as_bytes(), &media, &settings).unwrap();
        assert!(parsed.format.as_str().to_lowercase().contains(format), "{path}");
        assert_eq!(parsed.warnings.len(), 0, "{path}: {:?}", parsed.warnings);
        assert_eq!(parsed.entries.len(), count, "{path}");
        assert!(answer.body.contains("https://hub.example/"), "{path}");
        for entry in &parsed.entries {
            let id = entry.guid.as_deref().unwrap().rsplit(':').next().unwrap();
            let article = desk.state.store.article(&id.parse().unwrap()).unwrap().unwrap();
            assert_eq!(entry.title, article.title, "{path}");
            assert_eq!(entry.published, article.published, "{path}");
            assert_eq!(entry.link, article.url, "{path}");
        }
        let tag = answer.header("etag").to_owned();
        let again = send(&socket, "GET", path, &format!("If-None-Match: {tag}\r\n"), "").await;
        assert_eq!(again.status, 304, "{path}");
    }
    for (path, status) in [
        ("/feeds/all", 404),
        ("/feeds/all.rss", 404),
        ("/feeds/x=1.atom", 400),
        ("/feeds/.atom", 200),
    ] {
        assert_eq!(get(&socket, path).await.status, status, "{path}");
    }
    let list = get(&socket, "/opml").await;
    let list = wiredesk::feed::opml::read(list.body.as_bytes(), &wiredesk::feed::Media::default())
        .unwrap();
    assert_eq!(list.subscriptions.len(), 1, "the disabled feed is left out");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contract_names_every_route() {
    let desk = Desk::new();
    let socket = desk.listen();
    let contract = get(&socket, "/openapi.json").await.json();
    assert_eq!(contract["openapi"], "3.1.0");
    let paths = contract["paths"].as_object().unwrap();
    for (path, operations) in paths {
        let asked = path.replace("{id}", "x").replace("{name}", "x");
        let answer = send(&socket, "BREW", &asked, "", "").await;
        assert_eq!(answer.status, 405, "{path} is served");
        let mut allowed: Vec<_> = answer
            .header("allow")
            .split(',')
            .map(|method| method.trim().to_lowercase())
            .filter(|method| method != "head")
            .collect();
        let mut named: Vec<_> = operations.as_object().unwrap().keys().cloned().collect();
        allowed.sort();
        named.sort();
        assert_eq!(allowed, named, "{path}");
    }
    let source = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/serve/mod.rs"));
    let source = source.unwrap();
    for route in source.split('"').filter(|text| text.starts_with("/v1/")) {
        assert!(paths.contains_key(route), "{route} is missing in src/serve/openapi.rs");
    }
}

/// Flips a bit in each file of words.
#[cfg(feature = "search")]
fn damage(index: &std::path::Path) {
    for file in std::fs::read_dir(index).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|e| e == "idx") {
            let mut bytes = std::fs::read(&path).unwrap();
            *bytes.get_mut(10).unwrap() ^= 1;
            std::fs::write(&path, bytes).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[cfg(feature = "search")]
async fn words_are_found_page_by_page() {
    let mut desk = Desk::new();
    let words = desk.dir.path().join("search");
    let mut indexer = Indexer::open(&words, &desk.state.search, 0).unwrap();
    desk.file(1..=30);
    let text = |n: u64, language: &str, text: &str| {
        let mut article = news::article(n, 1, 100);
        article.language = Some(language.to_owned());
        article.title = format!("Title {n}");
        article.text = text.to_owned();
        article
    };
    let articles = [
        text(1, "en", "The ministers were electing a speaker."),
        text(2, "de", "Die Häuser der Minister sind alt."),
        text(3, "ja", "東京都の天気は晴れです。"),
        text(4, "en", "Ministers speak of a speaker election in public."),
    ];
    let changes: Vec<Change> = (1..).zip(articles).map(|(seq, a)| news::change(seq, a)).collect();
    indexer.apply(&changes, 30).unwrap();
    let socket = desk.listen();
    for (query, count) in [
        ("q=minister", 3),
        ("q=haus", 1),
        ("q=elect", 2),
        ("q=%22speaker%20election%22", 1),
        ("q=minister&lang=de", 1),
        ("q=minister%20-public", 2),
        ("q=%E5%A4%A9%E6%B0%97", 1),
        ("q=%E6%9D%B1%E4%BA%AC%E9%83%BD", 1),
        ("q=title:minister", 0),
        ("q=minister&published_after=2026-11-24T12:00:03Z", 1),
        ("q=published:[2026-11-24T12:00:02Z%20TO%20*]", 3),
        ("q=minister&sort=relevance", 3),
    ] {
        let page = get(&socket, &format!("/v1/articles?{query}")).await.json();
        assert_eq!(page["data"].as_array().unwrap().len(), count, "{query}: {page}");
    }
    let page = get(&socket, "/v1/articles?q=minister&limit=2").await.json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest =
        get(&socket, &format!("/v1/articles?q=minister&limit=2&cursor={cursor}")).await.json();
    let ids = |page: &Value| -> Vec<String> {
        page["data"].as_array().unwrap().iter().map(|a| a["id"].to_string()).collect()
    };
    assert_eq!((ids(&page).len(), ids(&rest).len()), (2, 1));
    assert!(!ids(&page).contains(&ids(&rest)[0]));
    for (query, status) in [
        ("%22unclosed".to_owned(), 200),
        ("-only".to_owned(), 200),
        ("x".repeat(5000), 400),
        ("a&published_before=2814-11-01T00:00:00Z".to_owned(), 200),
    ] {
        let answer = get(&socket, &format!("/v1/articles?q={query}")).await;
        assert_eq!(answer.status, status, "{query:.40}: {}", answer.body);
    }
    // Deleted, then damaged: an index that cannot be used is begun anew.
    indexer.apply(&[news::deletion(31, 4)], 31).unwrap();
    let page = get(&socket, "/v1/articles?q=election").await.json();
    assert_eq!(page["data"].as_array().unwrap().len(), 1, "{page}");
    drop(indexer);
    let again = Indexer::open(&words, &desk.state.search, 31).unwrap();
    assert_eq!(again.applied(), 31);
    drop(again);
    damage(&words);
    assert_eq!(Indexer::open(&words, &desk.state.search, 31).unwrap().applied(), 0);
    assert_eq!(Indexer::open(&words, &desk.state.search, 0).unwrap().applied(), 0);
}
