//! A news site on loopback whose feed grows with time: what it has published is known exactly.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Entries in a feed's document.
const WINDOW: usize = 40;

/// The site as the test sees it; it ends with the test's process.
#[derive(Clone)]
pub(crate) struct Site {
    /// `http://127.0.0.1:PORT`
    pub(crate) base: String,
    state: Arc<Shared>,
}

struct Shared {
    base: String,
    started: Instant,
    every: Duration,
    most: usize,
    /// When each feed was asked, by feed.
    asked: Mutex<Vec<(usize, Instant)>>,
    pages: AtomicUsize,
}

impl Site {
    /// A site whose feeds publish one article each `every`, up to `most`; the first is there at once.
    pub(crate) fn start(every: Duration, most: usize) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Shared {
            base: base.clone(),
            started: Instant::now(),
            every,
            most,
            asked: Mutex::default(),
            pages: AtomicUsize::new(0),
        });
        let router = Router::new()
            .route("/{feed}/feed.xml", get(feed))
            .route("/{feed}/{article}", get(page))
            .with_state(Arc::clone(&state));
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        Self { base, state }
    }

    /// The address of a feed.
    pub(crate) fn feed(&self, feed: usize) -> String {
        format!("{}/{feed}/feed.xml", self.base)
    }

    /// When a feed was asked.
    pub(crate) fn asked(&self, feed: usize) -> Vec<Instant> {
        let asked = self.state.asked.lock().unwrap();
        asked.iter().filter(|(f, _)| *f == feed).map(|(_, at)| *at).collect()
    }

    /// How many pages were fetched.
    pub(crate) fn pages(&self) -> usize {
        self.state.pages.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn published(&self) -> usize {
        let by_now = self.started.elapsed().as_millis() / self.every.as_millis().max(1);
        usize::try_from(by_now).unwrap_or(usize::MAX).saturating_add(1).min(self.most)
    }
}

/// The title of an article: nothing else in the world is called so.
pub(crate) fn title(feed: usize, article: usize) -> String {
    format!("Harbour report {article} from pier {feed}")
}

/// The paragraphs of an article; each names it, so that no two articles are alike.
pub(crate) fn paragraphs(feed: usize, article: usize) -> Vec<String> {
    let words =
        ["crane", "barge", "tide", "lantern", "rope", "gull", "anchor", "fog", "keel", "mast"];
    let word = |n: usize| words[(article * 7 + feed * 3 + n * (article + 1)) % words.len()];
    (0..3)
        .map(|n| {
            format!(
                "Paragraph {n} of report {article} from pier {feed} speaks of the {} and the {}, \
                 which {} people saw at {} in the morning. The {} near quay {} was repaired, \
                 said warden number {}, and the {} will follow in {} weeks.",
                word(n),
                word(n + 1),
                article * 13 + n + 2,
                (article + n) % 12 + 1,
                word(n + 2),
                article * 31 + feed,
                article * 17 + n,
                word(n + 3),
                article % 9 + 2,
            )
        })
        .collect()
}

async fn feed(
    State(site): State<Arc<Shared>>,
    Path(feed): Path<usize>,
    headers: HeaderMap,
) -> Response {
    site.asked.lock().unwrap().push((feed, Instant::now()));
    let count = site.published();
    let etag = format!("\"{feed}-{count}\"");
    if headers.get(header::IF_NONE_MATCH).is_some_and(|v| v.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    let items: String = (count.saturating_sub(WINDOW)..count)
        .rev()
        .map(|k| {
            format!(
                "<item><title>{}</title><link>{}/{feed}/{k}</link><guid isPermaLink=\"false\">{feed}:{k}</guid>\
                 <pubDate>Mon, 02 Nov 2026 {:02}:{:02}:00 GMT</pubDate><description>Short.</description></item>",
                title(feed, k), site.base, k / 60 % 24, k % 60
            )
        })
        .collect();
    let body =
        format!("<rss version=\"2.0\"><channel><title>Pier {feed}</title>{items}</channel></rss>");
    ([(header::CONTENT_TYPE, "application/rss+xml".to_owned()), (header::ETAG, etag)], body)
        .into_response()
}

async fn page(
    State(site): State<Arc<Shared>>,
    Path((feed, article)): Path<(usize, usize)>,
) -> Response {
    if article >= site.published() {
        return StatusCode::NOT_FOUND.into_response();
    }
    site.pages.fetch_add(1, Ordering::SeqCst);
    let title = title(feed, article);
    let body: String = paragraphs(feed, article).iter().map(|p| format!("<p>{p}</p>")).collect();
    let html = format!(
        "<!doctype html><html lang=en><head><title>{title} | Pier Post</title></head><body>\
         <nav><a href=/>News</a> <a href=/>Sport</a></nav><article><h1>{title}</h1>{body}</article>\
         <footer>Terms Privacy</footer></body></html>"
    );
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}
