//! The load bench with the feeds of a server that is not ours.

use super::{CONNECTIONS, PATIENCE, config, processor_seconds, resident};
use crate::desk::Desk;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Feeds that the load generator asks for.
const PRESSED: usize = 4096;

/// Prints how many polls a second the daemon makes of what a plain load generator reaches.
pub(crate) fn measure(file: &str, length: Duration, polls: u64) {
    let feeds: Vec<_> = file.lines().map(str::to_owned).collect();
    let limit = press(&feeds, length);
    println!("plain load generator        {limit:10.0} requests a second");
    let every = (feeds.len() as f64 / polls as f64).ceil().max(1.0);
    let mut desk = Desk::new(&config(&feeds, every));
    let began = Instant::now();
    desk.start();
    while figure(&desk, "fetches_total") < feeds.len() as f64 {
        assert!(began.elapsed() < PATIENCE, "{}", desk.log());
        std::thread::sleep(Duration::from_millis(500));
    }
    println!("cold: {} feeds in {:.1} s", feeds.len(), began.elapsed().as_secs_f64());
    std::thread::sleep(Duration::from_secs_f64(2.0 * every));
    let names = ["fetches_total", "unchanged", "lag_seconds_count", "le=\"0.4\"", "le=\"1.6\""];
    let before = names.map(|name| figure(&desk, name));
    let (cpu, began) = (processor_seconds(desk.pid()), Instant::now());
    std::thread::sleep(length);
    let (wall, cpu) = (began.elapsed().as_secs_f64(), processor_seconds(desk.pid()) - cpu);
    let after = names.map(|name| figure(&desk, name));
    let [fetched, unchanged, polled, soon, later] = std::array::from_fn(|n| after[n] - before[n]);
    let rate = fetched / wall;
    println!("warm: every {every} s, {:.1} % unchanged", unchanged / fetched * 100.0);
    println!("  polls a second            {rate:10.0}   {:.2} x the load generator", rate / limit);
    println!("  no later than 0.4 s       {:10.2} %", soon / polled * 100.0);
    println!("  no later than 1.6 s       {:10.2} %", later / polled * 100.0);
    println!("  CPU µs a poll             {:10.0}", cpu / fetched * 1e6);
    println!("  resident MB               {:10.1}", resident(desk.pid(), "VmRSS"));
    assert!(desk.stop().success());
}

/// The sum of the metrics whose line has this in it.
fn figure(desk: &Desk, part: &str) -> f64 {
    let (_, text) = desk.ask("/metrics").unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && line.contains(part));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

/// Requests a second that a plain client gets answered: conditional ones, as polls are.
fn press(feeds: &[String], length: Duration) -> f64 {
    let step = feeds.len().div_ceil(PRESSED).max(1);
    let some: Vec<_> = feeds.iter().step_by(step).cloned().collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let answers: usize = runtime.block_on(async {
        let share = some.len().div_ceil(CONNECTIONS).max(1);
        let each = some.chunks(share).map(|few| tokio::spawn(ask(few.to_vec(), length)));
        let mut sum = 0;
        for one in each.collect::<Vec<_>>() {
            sum += one.await.unwrap();
        }
        sum
    });
    answers as f64 / length.as_secs_f64()
}

/// Asks for a few feeds in turn, of one host after the other, over one kept connection each.
async fn ask(feeds: Vec<String>, length: Duration) -> usize {
    let mut known = Vec::new();
    for url in feeds {
        let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let mut stream = TcpStream::connect(host).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n");
        let head = exchange(&mut stream, &format!("{request}\r\n")).await;
        let etag = head.lines().find(|line| line.to_ascii_lowercase().starts_with("etag:"));
        if let Some((_, etag)) = etag.and_then(|line| line.split_once(':')) {
            request.push_str(&format!("If-None-Match:{etag}\r\n"));
        }
        known.push((stream, format!("{request}\r\n")));
    }
    let (end, mut answers) = (Instant::now() + length, 0);
    for at in (0..known.len()).cycle() {
        if Instant::now() >= end {
            break;
        }
        let (stream, request) = &mut known[at];
        exchange(stream, request).await;
        answers += 1;
    }
    answers
}

/// The head of the answer; its body is read as well.
async fn exchange(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let (mut answer, mut part) = (Vec::new(), vec![0; 16 * 1024]);
    loop {
        let length = stream.read(&mut part).await.unwrap();
        assert!(length > 0, "the server hung up");
        answer.extend(&part[..length]);
        let Some(end) = answer.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let body = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
        });
        let body: usize = if head.contains(" 304 ") { 0 } else { body.unwrap_or(0) };
        if answer.len() >= end + 4 + body {
            return head;
        }
    }
}
