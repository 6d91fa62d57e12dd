//! What a poll costs in `fetch` alone: conditional requests that bring "not modified", and small
//! feeds, from many hosts on loopback. `cargo bench --bench fetch` prints polls a second on one
//! thread and that thread's CPU time a poll; the servers run on other threads.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a bench prints, fails by panicking, and runs its own servers"
)]

use futures_util::stream::{self, StreamExt};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Instant;
use wiredesk::fetch::{Fetcher, Kind, Outcome, Request, Settings};
use wiredesk::model::{Link, Span, Validators};

const HOSTS: usize = 200;
const POLLS: usize = 20_000;
const AT_ONCE: usize = 64;

fn main() {
    let ports: Vec<u16> = (0..HOSTS).map(|_| serve()).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (name, etag) in [("not modified", Some(b"\"1\"".to_vec())), ("10 KiB feed", None)] {
        let fetcher = Fetcher::new(&settings(), "wiredesk-bench/1").unwrap();
        let requests = (0..POLLS).map(|n| request(ports[n % HOSTS], etag.clone()));
        let (cpu, start) = (thread_cpu_micros(), Instant::now());
        let good = runtime.block_on(async {
            let polls = stream::iter(requests).map(|request| {
                let fetcher = fetcher.clone();
                async move { is_good(&fetcher.get(&request).await) }
            });
            polls.buffer_unordered(AT_ONCE).filter(|good| std::future::ready(*good)).count().await
        });
        assert_eq!(good, POLLS);
        let rate = POLLS as f64 / start.elapsed().as_secs_f64();
        let cost = (thread_cpu_micros() - cpu) / POLLS as f64;
        println!("{name}: {rate:.0} polls/s, {cost:.0} µs CPU a poll");
    }
}

fn settings() -> Settings {
    Settings {
        allow_private_networks: vec!["127.0.0.1/32".parse().unwrap()],
        per_host_interval: Span::millis(0),
        concurrency: AT_ONCE,
        ..Settings::default()
    }
}

fn request(port: u16, etag: Option<Vec<u8>>) -> Request {
    let link = Link::parse(&format!("http://127.0.0.1:{port}/feed"), None).unwrap();
    Request {
        validators: Validators { etag, last_modified: None },
        validators_for: Some(link.clone()),
        ..Request::new(link, Kind::Feed)
    }
}

fn is_good(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Fetched(_) | Outcome::Unchanged(_))
}

/// A server that answers 304 to conditional requests and a feed to others; its port.
fn serve() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || answer(stream.unwrap()));
        }
    });
    port
}

fn answer(mut stream: TcpStream) {
    let feed = " ".repeat(10 << 10);
    let whole = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{feed}", feed.len());
    let mut request = vec![0; 8 << 10];
    while let Ok(length @ 1..) = stream.read(&mut request) {
        let conditional = request[..length].windows(13).any(|w| w == b"if-none-match");
        let answer = if conditional { "HTTP/1.1 304 X\r\nETag: \"1\"\r\n\r\n" } else { &whole };
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// CPU time of this thread so far, as Linux counts it.
fn thread_cpu_micros() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok()).unwrap_or_default() / 1000.0
}
