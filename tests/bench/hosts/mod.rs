//! Two hundred hosts for the load bench: ports on loopback whose feeds answer "not modified" but
//! for every fiftieth time, and a load generator that presses them.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How many.
const HOSTS: usize = 200;
/// A feed shows something new every so many requests.
const NEWS: u32 = 50;

/// The hosts; they end with the process.
pub(crate) struct Hosts {
    ports: Vec<u16>,
    site: Arc<Site>,
}

struct Site {
    started: Instant,
    /// How often each feed was asked, and when last, in milliseconds from the start.
    asked: Vec<(AtomicU32, AtomicU32)>,
    feeds_asked: AtomicUsize,
    measuring: AtomicBool,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    every: u32,
    requests: usize,
    unchanged: usize,
    late: Vec<u32>,
}

/// What the hosts saw.
pub(crate) struct Seen {
    /// Requests.
    pub(crate) requests: usize,
    /// Share of them answered by 304.
    pub(crate) unchanged: f64,
    /// Milliseconds after the moment, sorted.
    late: Vec<u32>,
}

impl Seen {
    /// So much of all requests came no later.
    pub(crate) fn late(&self, share: f64) -> Duration {
        let at = ((self.late.len() as f64 * share) as usize).min(self.late.len() - 1);
        Duration::from_millis(self.late[at].into())
    }
}

impl Hosts {
    /// Hosts with so many feeds together.
    pub(crate) fn start(feeds: usize) -> Self {
        let site = Arc::new(Site {
            started: Instant::now(),
            asked: (0..feeds).map(|_| Default::default()).collect(),
            feeds_asked: AtomicUsize::new(0),
            measuring: AtomicBool::new(false),
            log: Mutex::default(),
        });
        let listeners: Vec<_> =
            (0..HOSTS).map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports = listeners.iter().map(|l| l.local_addr().unwrap().port()).collect();
        let all = Arc::clone(&site);
        std::thread::spawn(move || {
            runtime().block_on(async {
                for listener in listeners {
                    listener.set_nonblocking(true).unwrap();
                    tokio::spawn(serve(TcpListener::from_std(listener).unwrap(), Arc::clone(&all)));
                }
                std::future::pending::<()>().await;
            });
        });
        Self { ports, site }
    }

    /// The address of a feed.
    pub(crate) fn feed(&self, n: usize) -> String {
        format!("http://127.0.0.1:{}/{n}", self.ports[n % HOSTS])
    }

    /// How many feeds were asked at least once.
    pub(crate) fn feeds_asked(&self) -> usize {
        self.site.feeds_asked.load(Ordering::Relaxed)
    }

    /// Requests a second that a plain client gets answered over so many kept connections.
    pub(crate) fn press(&self, connections: usize, length: Duration) -> f64 {
        let ports = self.ports.clone();
        let client = std::thread::spawn(move || {
            runtime().block_on(async {
                let end = Instant::now() + length;
                let each = (0..connections).map(|n| tokio::spawn(ask(ports[n % HOSTS], end)));
                let mut sum = 0;
                for one in each.collect::<Vec<_>>() {
                    sum += one.await.unwrap();
                }
                sum
            })
        });
        let answers: usize = client.join().unwrap();
        answers as f64 / length.as_secs_f64()
    }

    /// Notes from now on how much later than `every` after the last time feeds are asked.
    pub(crate) fn measure(&self, every: Duration) {
        *self.site.log.lock().unwrap() = Log { every: every.as_millis() as u32, ..Log::default() };
        self.site.measuring.store(true, Ordering::SeqCst);
    }

    /// What was noted.
    pub(crate) fn measured(&self) -> Seen {
        self.site.measuring.store(false, Ordering::SeqCst);
        let mut log = std::mem::take(&mut *self.site.log.lock().unwrap());
        log.late.sort_unstable();
        let unchanged = log.unchanged as f64 / log.requests as f64;
        Seen { requests: log.requests, unchanged, late: log.late }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

async fn serve(listener: TcpListener, site: Arc<Site>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        tokio::spawn(answer(stream, Arc::clone(&site)));
    }
}

async fn answer(mut stream: TcpStream, site: Arc<Site>) {
    let mut request = vec![0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut request).await {
        let request = &request[..length];
        let path = request.split(|b| *b == b' ').nth(1).unwrap_or_default();
        let feed = std::str::from_utf8(path).ok().and_then(|p| p.get(1..)?.parse().ok());
        let answer = match feed {
            Some(feed) => site.answer(feed, request),
            None => NOT_MODIFIED.to_owned(),
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// What the load generator gets.
const NOT_MODIFIED: &str = "HTTP/1.1 304 Not Modified\r\nETag: \"0\"\r\n\r\n";

impl Site {
    fn answer(&self, feed: usize, request: &[u8]) -> String {
        let (times, last) = &self.asked[feed];
        let now = self.started.elapsed().as_millis() as u32;
        let (times, last) =
            (times.fetch_add(1, Ordering::Relaxed), last.swap(now, Ordering::Relaxed));
        if times == 0 {
            self.feeds_asked.fetch_add(1, Ordering::Relaxed);
        }
        // Feeds take turns in having news.
        let version = (times + feed as u32 % NEWS) / NEWS;
        let etag = format!("\"{feed}-{version}\"");
        let unchanged = request.windows(etag.len()).any(|w| w == etag.as_bytes());
        if self.measuring.load(Ordering::Relaxed) {
            let mut log = self.log.lock().unwrap();
            let late = now.saturating_sub(last).saturating_sub(log.every);
            log.late.push(late);
            log.requests += 1;
            log.unchanged += usize::from(unchanged);
        }
        if unchanged {
            return format!("HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n");
        }
        let body = format!(
            "<rss version=\"2.0\"><channel><title>Berth {feed}</title><item>\
             <title>Tide table {version} of berth {feed}</title>\
             <guid isPermaLink=\"false\">{feed}-{version}</guid>\
             <description>High water at berth {feed} comes {version} minutes later than \
             yesterday, says the harbour master.</description></item></channel></rss>"
        );
        format!(
            "HTTP/1.1 200 OK\r\nETag: {etag}\r\nContent-Type: application/rss+xml\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }
}

async fn ask(port: u16, end: Instant) -> usize {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut answer = vec![0; 4096];
    let request =
        format!("GET /load HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nIf-None-Match: \"0\"\r\n\r\n");
    let mut answers = 0;
    while Instant::now() < end {
        stream.write_all(request.as_bytes()).await.unwrap();
        assert!(stream.read(&mut answer).await.unwrap() > 0);
        answers += 1;
    }
    answers
}
