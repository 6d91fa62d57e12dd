//! The three invented papers of the demonstration under a name of their own, behind a proxy: so their
//! articles have the same addresses, and with them the same ids, in every run. They publish one
//! article after another, when told to, and correct one at the end.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tower::ServiceExt;
use wiredesk::serve::demo::Demo;

/// Under which the papers know themselves.
pub(crate) const BASE: &str = "http://papers.example";

/// When each article comes out, in the demonstration's seconds, and the feed that carries it; at the
/// last of them a number in one is corrected.
pub(crate) const ISSUES: [(u64, &str); 9] = [
    (0, "harbour-post"),
    (2, "inland-review"),
    (4, "harbour-post"),
    (6, "nordlicht"),
    (8, "inland-review"),
    (10, "nordlicht"),
    (12, "harbour-post"),
    (16, "inland-review"),
    (CORRECTED, "inland-review"),
];

const CORRECTED: u64 = 20;

/// What is corrected.
const NUMBER: [&str; 2] = ["within four per cent", "within three per cent"];

/// Longest document of a paper in bytes.
const LARGEST: usize = 1 << 20;

/// The papers as the test sees them; they end with the test's process.
pub(crate) struct Papers {
    /// Address of the proxy that leads to them.
    pub(crate) proxy: String,
    clock: Arc<AtomicU64>,
}

impl Papers {
    pub(crate) fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let proxy = format!("http://{}", listener.local_addr().unwrap());
        let clock = Arc::new(AtomicU64::new(0));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&clock));
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        Self { proxy, clock }
    }

    /// Publishes everything up to this second.
    pub(crate) fn publish(&self, second: u64) {
        self.clock.store(second, Ordering::SeqCst);
    }
}

async fn answer(State(clock): State<Arc<AtomicU64>>, request: Request) -> Response {
    let second = clock.load(Ordering::SeqCst);
    let started = Instant::now().checked_sub(Duration::from_secs(second)).unwrap();
    let answer = Demo::new(started, BASE.to_owned()).router().oneshot(request).await.unwrap();
    if second < CORRECTED {
        return answer;
    }
    let (mut head, body) = answer.into_parts();
    let body = to_bytes(body, LARGEST).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap().replace(NUMBER[0], NUMBER[1]);
    head.headers.remove(CONTENT_LENGTH);
    Response::from_parts(head, Body::from(text))
}
