//! Many feeds at once: what they bring is durable before it is read, outlives a kill -9 and its
//! servers, and is an article in the end.

use crate::desk::Desk;
use crate::support::{Answer, Asked, Server};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const HOSTS: usize = 12;
const FEEDS_EACH: usize = 4;
const ENTRIES: usize = 20;

/// Feeds answer once so many were asked.
const AT_ONCE: usize = 20;

const CONFIG: &str = "[schedule]\nmode = \"fixed\"\nevery = \"1h\"\njitter = 0.0\n\
    [fetch]\nallow_private_networks = [\"127.0.0.1/32\"]\nper_host_interval = \"0s\"\n\
    [extract]\nfull_text = \"when-short\"\n";

#[derive(Default)]
struct Web {
    asked: AtomicUsize,
    /// The feeds are no more.
    gone: AtomicBool,
}

/// What an entry says; each says something else.
fn text(feed: usize, entry: usize) -> String {
    let name = feed * 1000 + entry;
    (0..90).fold(String::new(), |mut text, n| {
        write!(text, "{}{} ", ["keel", "mast", "rope", "tide"][(name + n) % 4], name * 97 + n * n)
            .unwrap();
        text
    })
}

/// The first entry of each feed is long only by its markup.
fn content(feed: usize, entry: usize) -> String {
    match entry {
        0 => format!("<p style=\"{}\">Short.</p>", "x".repeat(2000)),
        _ => format!("<p>{}</p>", text(feed, entry)),
    }
}

impl Web {
    fn answer(&self, asked: &Asked) -> Answer {
        let mut path = asked.path.split('/').skip(1);
        // Anything else is robots.txt.
        let Ok(feed) = path.next().unwrap().parse::<usize>() else { return Answer::status(404) };
        if path.next() == Some("page") {
            let article = format!("<h1>Report 0 of {feed}</h1><p>{}</p>", text(feed, 0));
            return Answer::ok(format!("<html><body><article>{article}</article></body></html>"))
                .header("Content-Type", "text/html");
        }
        if self.gone.load(Ordering::SeqCst) {
            return Answer::status(404);
        }
        self.asked.fetch_add(1, Ordering::SeqCst);
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.asked.load(Ordering::SeqCst) < AT_ONCE && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        let host = asked.header("host").unwrap();
        let items: String = (0..ENTRIES)
            .map(|n| {
                format!(
                    "<item><title>Report {n} of {feed}</title><guid isPermaLink=\"false\">{n}</guid>\
                     <link>http://{host}/{feed}/page/{n}</link><description><![CDATA[{}]]></description></item>",
                    content(feed, n)
                )
            })
            .collect();
        Answer::ok(format!("<rss version=\"2.0\"><channel><title>F</title>{items}</channel></rss>"))
            .header("Content-Type", "application/rss+xml")
    }
}

/// A figure of the daemon's status.
fn figure(desk: &Desk, place: &str) -> Option<usize> {
    let status: serde_json::Value = serde_json::from_str(&desk.ask("/v1/status")?.1).ok()?;
    usize::try_from(status.pointer(place)?.as_u64()?).ok()
}

#[test]
fn what_a_burst_brings_is_durable_before_it_is_read() {
    let web = Arc::new(Web::default());
    let serve = |_| {
        let web = Arc::clone(&web);
        Server::start(move |asked| web.answer(asked))
    };
    let servers: Vec<_> = (0..HOSTS).map(serve).collect();
    let feeds: String = (0..HOSTS * FEEDS_EACH)
        .map(|n| {
            let at = servers[n % HOSTS].link(&format!("/{n}/feed.xml"));
            format!("[[feed]]\nid = \"f{n}\"\nurl = \"{at}\"\n")
        })
        .collect();
    let mut desk = Desk::new(&format!("{CONFIG}{feeds}"));
    desk.start();
    assert!(desk.verb(&["feed", "refresh", "--all"]).status.success());
    // A feed counts as healthy once what its poll brought is durable.
    let mut durable = 0;
    desk.wait("many polls are done and entries wait to be read", |desk| {
        durable = figure(desk, "/feeds/ok").unwrap_or_default() * ENTRIES;
        durable >= 20 * ENTRIES && figure(desk, "/inbox") > Some(100)
    });
    desk.kill();
    web.gone.store(true, Ordering::SeqCst);
    desk.start();
    desk.wait("all entries are articles", |desk| {
        figure(desk, "/inbox") == Some(0) && figure(desk, "/articles") >= Some(durable)
    });
    let articles = desk.articles();
    let mut names = BTreeSet::new();
    for article in &articles {
        let title = article["title"].as_str().unwrap();
        let (entry, feed) = title.strip_prefix("Report ").unwrap().split_once(" of ").unwrap();
        let expect = text(feed.parse().unwrap(), entry.parse().unwrap());
        assert_eq!(article["text"], expect.trim(), "{title}");
        let from = if entry == "0" { "page" } else { "feed" };
        assert_eq!(article["extraction"]["from"], from, "{title}");
        assert!(names.insert(title), "{title} came twice");
    }
    assert!(names.iter().any(|name| name.starts_with("Report 0 ")));
    assert!(desk.stop().success());
    let verify = desk.verb(&["verify"]);
    assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stderr));
}
