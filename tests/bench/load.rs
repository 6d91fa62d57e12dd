//! A hundred thousand feeds on two hundred hosts, mostly "not modified": how many polls a second
//! the daemon sustains, how late they are, what a feed costs in memory.
//!
//! `cargo bench --bench load [-- FEEDS SECONDS POLLS]`. The hosts are ports of this process on loopback.
//! A plain load generator asks the same hosts in the same run, over kept connections and without
//! doing anything with the answers: what it reaches is the server's own limit. The daemon is then
//! told to make POLLS a second, and the hosts themselves note how much later than told each feed is
//! asked again. Prints figures, judges nothing.
//!
//! `cargo bench --bench load -- FILE [SECONDS POLLS]` does the same with feeds of another server on
//! loopback, one address a line; what it was asked and how late is then the daemon's own word.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::print_stdout,
    dead_code,
    reason = "a bench fails by panicking, prints its table, and borrows the journey's desk"
)]

#[path = "../journey/desk.rs"]
mod desk;
mod hosts;
mod strange;

use desk::Desk;
use hosts::Hosts;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Feeds, and seconds of each measurement, where the command line names none.
const FEEDS: usize = 100_000;
const SECONDS: u64 = 20;
/// Connections of the load generator: as many as the daemon may have under way.
const CONNECTIONS: usize = 128;
/// Polls a second that the daemon is told to make.
const POLLS: u64 = 8000;
/// Time to get every feed once.
const PATIENCE: Duration = Duration::from_mins(20);

fn main() {
    let mut numbers = std::env::args().filter_map(|a| a.parse::<u64>().ok());
    let file = std::env::args().skip(1).find(|a| Path::new(a).is_file());
    let feeds = if file.is_some() { None } else { numbers.next() };
    let feeds = feeds.map_or(FEEDS, |n| n as usize);
    let length = Duration::from_secs(numbers.next().unwrap_or(SECONDS));
    let polls = numbers.next().unwrap_or(POLLS);
    if let Some(file) = file {
        return strange::measure(&fs::read_to_string(file).unwrap(), length, polls);
    }
    let hosts = Hosts::start(feeds);
    let limit = hosts.press(CONNECTIONS, length);
    println!("plain load generator        {limit:10.0} requests a second");

    let every = (feeds as f64 / polls as f64).ceil().max(1.0);
    let every_feed = |count: usize| (0..count).map(|n| hosts.feed(n)).collect::<Vec<_>>();
    let mut desk = Desk::new(&config(&every_feed(feeds), every));
    let began = Instant::now();
    desk.start();
    while hosts.feeds_asked() < feeds {
        assert!(began.elapsed() < PATIENCE, "{} feeds asked\n{}", hosts.feeds_asked(), desk.log());
        std::thread::sleep(Duration::from_millis(200));
    }
    let (wall, cpu) = (began.elapsed().as_secs_f64(), processor_seconds(desk.pid()));
    println!("cold: {feeds} feeds of one entry in {wall:.1} s, {cpu:.1} s CPU");

    std::thread::sleep(Duration::from_secs_f64(2.0 * every));
    hosts.measure(Duration::from_secs_f64(every));
    let (before, began) = (processor_seconds(desk.pid()), Instant::now());
    std::thread::sleep(length);
    let seen = hosts.measured();
    let (wall, cpu) = (began.elapsed().as_secs_f64(), processor_seconds(desk.pid()) - before);
    let rate = seen.requests as f64 / wall;
    println!("warm: {feeds} feeds every {every} s, {:.1} % unchanged", seen.unchanged * 100.0);
    println!("  polls a second            {rate:10.0}   {:.2} x the load generator", rate / limit);
    println!("  later than told, p50      {:10.3} s", seen.late(0.5).as_secs_f64());
    println!("  later than told, p99      {:10.3} s", seen.late(0.99).as_secs_f64());
    println!("  CPU µs a poll             {:10.0}", cpu / seen.requests as f64 * 1e6);
    println!("  resident MB               {:10.1}", resident(desk.pid(), "VmRSS"));
    println!("  peak resident MB          {:10.1}", resident(desk.pid(), "VmHWM"));
    assert!(desk.stop().success());

    desk.configure(&config(&every_feed(feeds), 604_800.0));
    desk.start();
    std::thread::sleep(Duration::from_secs(15));
    let all = resident(desk.pid(), "VmRSS");
    assert!(desk.stop().success());
    desk.configure(&config(&every_feed(1), 604_800.0));
    desk.start();
    std::thread::sleep(Duration::from_secs(5));
    let one = resident(desk.pid(), "VmRSS");
    println!("idle: {all:.1} MB resident with {feeds} feeds, {one:.1} MB with one");
    println!("  KiB a feed                {:10.2}", (all - one) * 1024.0 / feeds as f64);
}

fn config(feeds: &[String], every: f64) -> String {
    let mut text = format!(
        "[schedule]\nmode = \"fixed\"\nevery = \"{every}s\"\nmin = \"1s\"\nmax = \"14d\"\njitter = 0.0\n\
         [fetch]\nallow_private_networks = [\"127.0.0.1/32\"]\nper_host_interval = \"0s\"\n\
         concurrency = {CONNECTIONS}\n[extract]\nfull_text = \"never\"\n"
    );
    for (n, url) in feeds.iter().enumerate() {
        writeln!(text, "[[feed]]\nid = \"f{n}\"\nurl = \"{url}\"").unwrap();
    }
    text
}

/// User and system time of a process (`proc(5)`, fields 14 and 15 of `stat`), in seconds.
fn processor_seconds(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields = stat.rsplit(')').next().unwrap().split_whitespace();
    fields.skip(11).take(2).map(|t| t.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

/// A memory figure of a process in MB.
fn resident(pid: u32, name: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|l| l.starts_with(name)).expect("the kernel tells");
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}
