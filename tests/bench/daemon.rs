//! What ten thousand feeds cost the daemon: polled once from cold, then waiting.
//!
//! `cargo bench --bench daemon [-- FEEDS]`. The site runs in this process on loopback, so that the
//! daemon's processor time and memory are its own. Prints figures, judges nothing.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    dead_code,
    reason = "a bench fails by panicking, prints its table, and borrows the journey's desk and site"
)]

#[path = "../journey/desk.rs"]
mod desk;
#[path = "../journey/site.rs"]
mod site;

use desk::Desk;
use site::Site;
use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

/// Feeds where the command line names no number.
const FEEDS: usize = 10_000;

/// Entries of each feed.
const ENTRIES: usize = 10;

/// Processor time is counted in hundredths of a second.
const TICKS: f64 = 100.0;

fn main() {
    let feeds = std::env::args().find_map(|a| a.parse().ok()).unwrap_or(FEEDS);
    let site = Site::start(Duration::from_millis(1), ENTRIES);
    let mut desk = Desk::new(&config(&site, feeds, "15s"));
    let began = Instant::now();
    desk.start();
    desk.wait("every feed was polled", |desk| polled(desk) >= feeds);
    let (wall, cpu) = (began.elapsed().as_secs_f64(), processor_seconds(desk.pid()));
    let articles = desk.lines(&["status", "--json"])[0]["articles"].clone();
    println!("cold: {feeds} feeds of {ENTRIES} entries, {articles} articles durable, no pages");
    println!("  polls a second            {:10.0}", feeds as f64 / wall);
    println!("  CPU seconds a 1,000 polls {:10.2}", cpu / feeds as f64 * 1000.0);
    println!("  peak resident MB          {:10.1}", resident(desk.pid(), "VmHWM"));
    assert!(desk.stop().success());

    desk.configure(&config(&site, feeds, "7d"));
    desk.start();
    std::thread::sleep(Duration::from_secs(10));
    println!("idle: {feeds} feeds, none due");
    println!("  resident MB               {:10.1}", resident(desk.pid(), "VmRSS"));
    println!("  CPU seconds since start   {:10.2}", processor_seconds(desk.pid()));
}

fn config(site: &Site, feeds: usize, every: &str) -> String {
    let mut text = format!(
        "[schedule]\nmode = \"fixed\"\nevery = \"{every}\"\nmin = \"{every}\"\nmax = \"14d\"\n\
         [fetch]\nallow_private_networks = [\"127.0.0.1/32\"]\nper_host_interval = \"0s\"\n\
         per_host_concurrency = 64\n[extract]\nfull_text = \"never\"\n"
    );
    for n in 0..feeds {
        writeln!(text, "[[feed]]\nid = \"f{n}\"\nurl = \"{}\"", site.feed(n)).unwrap();
    }
    text
}

fn polled(desk: &Desk) -> usize {
    std::thread::sleep(Duration::from_millis(200));
    let status = desk.lines(&["status", "--json"]);
    status[0]["feeds"]["ok"].as_u64().unwrap_or_default() as usize
}

/// User and system time of a process (`proc(5)`, fields 14 and 15 of `stat`).
fn processor_seconds(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields = stat.rsplit(')').next().unwrap().split_whitespace();
    fields.skip(11).take(2).map(|t| t.parse::<f64>().unwrap()).sum::<f64>() / TICKS
}

/// A memory figure of a process in MB.
fn resident(pid: u32, name: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|l| l.starts_with(name)).expect("the kernel tells");
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}
