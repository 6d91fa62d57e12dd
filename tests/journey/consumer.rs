//! Programs that follow the log by the two ways there are, written in Python, while the daemon and
//! they themselves are killed: no change is lost and none comes twice.

use crate::desk::Desk;
use crate::site::Site;
use crate::{QUICK, config};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Kills in an ordinary test run; `WIREDESK_KILLS` sets another number for a run on record.
const KILLS: usize = 5;

/// A consumer's process and what it keeps.
struct Consumer {
    file: PathBuf,
    args: Vec<String>,
    child: Child,
}

impl Consumer {
    fn start(socket: &Path, file: PathBuf, way: &[&str]) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/journey/consumer.py");
        let mut args = vec![script.to_owned(), socket.display().to_string()];
        args.push(file.display().to_string());
        args.extend(way.iter().map(|&word| word.to_owned()));
        let child = run(&args);
        Self { file, args, child }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn restart(&mut self) {
        self.kill();
        self.child = run(&self.args);
    }

    /// What it has kept: position and id.
    fn kept(&self) -> Vec<(u64, String)> {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let pair = |line: &str| {
            let (seq, id) = line.split_once(' ').unwrap();
            (seq.parse().unwrap(), id.to_owned())
        };
        whole.lines().map(pair).collect()
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn run(args: &[String]) -> Child {
    Command::new("python3").args(args).stdin(Stdio::null()).spawn().unwrap()
}

#[test]
fn consumers_lose_nothing_and_are_told_nothing_twice() {
    if !Command::new("python3").arg("--version").output().is_ok_and(|o| o.status.success()) {
        eprintln!("SKIPPED: no python3");
        return;
    }
    let kills = std::env::var("WIREDESK_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS);
    let site = Site::start(Duration::from_millis(50), usize::MAX);
    let mut desk = Desk::new(&config(QUICK, &site, 8));
    let (socket, dir) = (desk.socket(), desk.config().parent().unwrap().to_owned());
    let mut consumers = [
        Consumer::start(&socket, dir.join("sse.txt"), &["sse"]),
        Consumer::start(&socket, dir.join("named.txt"), &["named", "mill"]),
    ];
    for round in 0..kills {
        desk.start();
        let before = consumers.each_ref().map(|consumer| consumer.kept().len());
        desk.wait("both are told something", |_| {
            consumers.iter().zip(before).all(|(consumer, before)| consumer.kept().len() > before)
        });
        desk.kill();
        if round % 2 == 1 {
            consumers[round / 2 % 2].restart();
        }
    }
    desk.start();
    let (_, status) = desk.ask("/v1/status").unwrap();
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    let last = status["last_seq"].as_u64().unwrap();
    desk.wait("both have come as far as the daemon", |_| {
        consumers.iter().all(|c| c.kept().last().is_some_and(|(seq, _)| *seq >= last))
    });
    consumers.iter_mut().for_each(Consumer::kill);
    assert!(desk.stop().success());
    let log: Vec<(u64, String)> = desk
        .changes()
        .iter()
        .map(|c| (c["seq"].as_u64().unwrap(), c["id"].as_str().unwrap().to_owned()))
        .collect();
    for consumer in &consumers {
        let kept = consumer.kept();
        assert_eq!(kept, log[..kept.len()], "{}", consumer.file.display());
        eprintln!("{kills} kills, {} changes, each once: {}", kept.len(), consumer.file.display());
    }
}
