//! The status page as people meet it: over a real socket with a store that has grown, and in a
//! real browser where there is one.
//!
//! The browser test needs chromium, node and axe-core's script, named by `WIREDESK_AXE`. Where one
//! of them is missing it says so and looks at nothing; `WIREDESK_BROWSER=required`, as `.ci/run`
//! sets it, makes that a failure. `WIREDESK_PICTURES` names a folder for what the browser showed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "fixtures/news.rs"]
#[expect(dead_code, reason = "the fixture serves other tests too")]
mod news;

use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::watch;
use wiredesk::archive::{self, Log};
use wiredesk::model::{self, ArticleId, Change, FeedState, Link};
use wiredesk::observe::{FetchOutcome, Metrics};
use wiredesk::serve::{self, Configured, Health, State};
use wiredesk::store::{self, Writer};

/// Largest answer, bytes: a page for a telephone.
const SIZE_MAX: usize = 200_000;

/// A served store, and what must outlive its serving.
struct Desk {
    address: SocketAddr,
    _dir: TempDir,
    _log: Log,
    _writer: Writer,
    _runtime: tokio::runtime::Runtime,
}

impl Desk {
    /// So many feeds, every seventh in trouble, and articles, every fifth a copy of the one
    /// before; article 2 has a second revision.
    fn new(feeds: u64, articles: u64) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (mut log, _) =
            Log::open(&dir.path().join("archive"), &archive::Settings::default()).unwrap();
        let (store, mut writer) = store::in_memory().unwrap();
        let metrics = Arc::new(Metrics::new());
        file(&mut log, &mut writer, &metrics, articles);
        remember(&mut writer, feeds);
        let configured = (0..feeds).map(configured).collect::<Vec<_>>();
        let mut state = State::offline(store, log.reader(), log.last_seq(), configured);
        state.health = watch::channel(Health::Running).1;
        state.metrics = Some(metrics);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let router = serve::router(state);
        runtime.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, _dir: dir, _log: log, _writer: writer, _runtime: runtime }
    }

    /// Status, header lines in lower case and body of an answer.
    fn get(&self, path: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_lowercase(), body.to_owned())
    }

    #[track_caller]
    fn page(&self, path: &str) -> String {
        let (status, head, body) = self.get(path);
        assert_eq!(status, 200, "{path}: {body}");
        assert!(head.contains("content-security-policy: default-src 'none'; style-src 'self'"));
        assert!(body.len() < SIZE_MAX, "{path} has {} bytes", body.len());
        body
    }
}

fn file(log: &mut Log, writer: &mut Writer, metrics: &Metrics, articles: u64) {
    let second = (articles > 2).then(|| news::article(2, 2, 2000));
    let all = (1..=articles).map(|n| news::article(n, 1, 2000)).chain(second);
    let changes: Vec<Change> = (1..).zip(all).map(|(seq, article)| told(seq, article)).collect();
    for group in changes.chunks(1000) {
        log.append(group, news::at(0)).unwrap();
        let mut txn = writer.begin();
        for change in group {
            txn.apply(change, &news::keys(change)).unwrap();
            let article = change.article.as_ref().unwrap();
            metrics.came(wiredesk::observe::now(), article.duplicate_of.is_some());
        }
        txn.commit().unwrap();
    }
    metrics.fetched(FetchOutcome::Document, Some(std::time::Duration::from_millis(30)));
}

/// The change of an article; some are copies, and one tries to be more than text.
fn told(seq: u64, mut article: model::Article) -> Change {
    if seq.is_multiple_of(5) {
        let original = ArticleId::of(&format!("article {}", seq - 1));
        (article.story, article.duplicate_of) = (original, Some(original));
        (article.relation, article.similarity) = (Some(model::Relation::Near), Some(0.93));
    }
    if seq == 3 {
        "<script>alert(1)</script> & more".clone_into(&mut article.title);
    }
    news::change(seq, article)
}

fn remember(writer: &mut Writer, feeds: u64) {
    let mut txn = writer.begin();
    for n in 0..feeds {
        let failing = n.is_multiple_of(7);
        let state = FeedState {
            title: Some(format!("The paper number {n}")),
            next_due: Some(news::at(600 + n)),
            due_reason: "its own rhythm: an article every 20 minutes".to_owned(),
            last_error: failing.then(|| "the server answers 503: Service Unavailable".to_owned()),
            health: if failing { model::Health::Failing } else { model::Health::Ok },
            last_new: Some(news::at(n)),
            ..FeedState::default()
        };
        txn.put_feed_state(&news::feed(n), &state).unwrap();
    }
    txn.commit().unwrap();
}

fn configured(n: u64) -> Configured {
    let url = Link::parse(&format!("https://paper-{n}.example/feed"), None).unwrap();
    Configured { id: news::feed(n), url, tags: Vec::new(), disabled: n % 50 == 1 }
}

/// The address behind a link's words.
fn link(page: &str, words: &str) -> Option<String> {
    let before = page.split(&format!(">{words}</a>")).next().filter(|b| b.len() < page.len())?;
    let href = before.rsplit("href=\"").next()?.split('"').next()?;
    Some(href.split('#').next()?.replace("&#38;", "&").replace("&amp;", "&"))
}

#[test]
fn a_page_shows_how_everything_is() {
    let desk = Desk::new(20, 12);
    let page = desk.page("/");
    for part in [
        "<span class=\"running\">running</span>",
        "<dt>Articles</dt><dd>12</dd>",
        "<dt>Copies found since the start</dt><dd>2</dd>",
        "13 articles in 24 hours, 2 of them copies",
        "<th scope=\"row\">document</th><td class=\"number\">1</td>",
        "<td class=\"number\">40 ms</td>",
        "The paper number 7",
        "the server answers 503: Service Unavailable",
        "its own rhythm: an article every 20 minutes",
        "never: disabled in the configuration",
        "&#60;script&#62;alert(1)&#60;/script&#62; &#38; more",
    ] {
        assert!(page.contains(part), "{part} is not in\n{page}");
    }
    assert!(!page.contains("<script>alert"));
    for outside in ["http://", "https://", "style=", "onclick"] {
        assert!(!page.contains(outside), "{outside} is in the page");
    }
}

#[test]
fn every_feed_and_every_article_is_reached_by_links() {
    let desk = Desk::new(250, 70);
    let walk = |more: &str, row: &str| {
        let (mut page, mut rows, mut pages) = (desk.page("/"), 0, 1);
        rows += page.matches(row).count();
        while let Some(next) = link(&page, more) {
            page = desk.page(&next);
            rows += page.matches(row).count();
            pages += 1;
        }
        (rows, pages)
    };
    assert_eq!(walk("More feeds", "data-label=\"Next poll\""), (250, 3));
    assert_eq!(walk("Older articles", "data-label=\"Came\""), (70, 3));
    let failing = desk.page(&link(&desk.page("/"), "failing 36").unwrap());
    assert_eq!(failing.matches("data-label=\"Next poll\"").count(), 36);
    assert_eq!(failing.matches("answers 503").count(), 36);
    let of = desk.page("/?feed=feed-3");
    assert!(of.contains("Recent articles of feed-3") && of.contains("data-label=\"Came\""));
}

#[test]
fn an_article_is_shown_with_all_that_is_known() {
    let desk = Desk::new(3, 12);
    let id = |n: u64| ArticleId::of(&format!("article {n}"));
    let page = desk.page(&format!("/articles/{}", id(2)));
    assert!(page.contains("Text of revision 2") && page.contains("<li>related</li>"));
    let text = news::article(2, 2, 2000).text;
    assert!(page.contains(text.lines().next().unwrap()));
    let earlier = desk.page(&format!("/articles/{}?revision=1", id(2)));
    assert!(earlier.contains("Text of revision 1"));
    let copy = desk.page(&format!("/articles/{}", id(5)));
    assert!(copy.contains(&format!("A copy of <a href=\"/articles/{}\">", id(4))), "{copy}");
    assert!(copy.contains("<dd>93 %</dd>"), "{copy}");
    for absent in ["/articles/no-id", &format!("/articles/{}", id(99)), "/articles/"] {
        assert_eq!(desk.get(absent).0, 404, "{absent}");
    }
    assert_eq!(desk.get("/?feed=no%20id").0, 400);
    assert_eq!(desk.get("/?colour=red").0, 400);
}

/// The three things that the browser test needs; what is missing otherwise.
fn browser() -> Result<(PathBuf, PathBuf), String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let find = |name: &str| std::env::split_paths(&path).map(|d| d.join(name)).find(|p| p.exists());
    find("node").ok_or("no node in PATH")?;
    let chromium = find("chromium").ok_or("no chromium in PATH")?;
    let axe = std::env::var_os("WIREDESK_AXE").ok_or("WIREDESK_AXE names no axe.min.js")?;
    Ok((chromium, axe.into()))
}

#[test]
fn a_browser_finds_no_fault() {
    let (chromium, axe) = match browser() {
        Ok(found) => found,
        Err(missing) => {
            let required = std::env::var_os("WIREDESK_BROWSER").is_some_and(|v| v == "required");
            assert!(!required, "the pages cannot be looked at in a browser: {missing}");
            #[expect(clippy::print_stderr, reason = "a test that looked at nothing must say so")]
            {
                eprintln!("NOT LOOKED AT in a browser: {missing}");
            }
            return;
        }
    };
    let desk = Desk::new(130, 70);
    let scratch = tempfile::tempdir().unwrap();
    let pictures = std::env::var_os("WIREDESK_PICTURES");
    let pictures = pictures.map_or_else(|| scratch.path().to_owned(), PathBuf::from);
    let front = format!("http://{}/", desk.address);
    let article = format!("{front}articles/{}", ArticleId::of("article 5"));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/look.mjs");
    let (script, args) = (script.as_path(), [chromium.as_path(), &axe, &pictures]);
    let run = Command::new("node").arg(script).args(args).args([front, article]).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let looks: Vec<Value> = String::from_utf8(run.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(looks.len(), 6);
    for look in &looks {
        assert_eq!(look["faults"], serde_json::json!([]), "axe-core: {look}");
        assert!(look["checked"].as_u64().unwrap() > 10, "axe-core looked: {look}");
        assert_eq!(look["said"], serde_json::json!([]), "the console is empty: {look}");
        assert_eq!(look["first"], "skip", "the first key leads past the head: {look}");
        assert!(look["wide"].as_u64() <= look["width"].as_u64(), "nothing sticks out: {look}");
        let paper = if look["look"] == "dark" { "rgb(13, 17, 23)" } else { "rgb(255, 255, 255)" };
        assert_eq!(look["style"], paper, "{look}");
        let live = if look["page"] == "front" { "Updated every ten seconds." } else { "" };
        assert_eq!(look["live"], live, "the script runs: {look}");
    }
}
