//! Kills, power cuts, full disks, flipped bits: after each, everything that was acknowledged is
//! there, once, in order, and the index agrees.
//!
//! `cargo test --test crash` runs a few rounds of each kind, `cargo test --test crash -- kill 1000`
//! a thousand of one. A child process writes and acknowledges over a pipe; another child looks at
//! what is left, so that a hang or an abort of the engine is a failure and not the end of the test.
//! Power cuts and full disks need a file system of their own on a loop device; where the machine
//! does not allow that, they say so and are skipped.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking; what is spawned ends with its process"
)]

mod check;
mod damage;
mod desk;
mod full;
mod kill;
mod power;
mod volume;
mod writer;

#[path = "../fixtures/news.rs"]
mod news;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Runs so many rounds.
type Rounds = fn(u64);

/// Each kind with the rounds that an ordinary test run makes.
const KINDS: [(&str, u64, Rounds); 5] = [
    ("kill", 6, kill::rounds),
    ("limit", 2, full::limited),
    ("damage", 12, damage::rounds),
    ("power", 2, power::rounds),
    ("full", 1, full::rounds),
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["writer", dir, seed] => return writer::run(Path::new(dir), seed.parse().unwrap()),
        ["check", dir, acked, lenient] => {
            return check::run(Path::new(dir), acked.parse().unwrap(), *lenient == "lenient");
        }
        [] => KINDS.iter().for_each(|(name, count, rounds)| run(name, *count, *rounds)),
        [kind, rest @ ..] => {
            // Any other word is a filter meant for other tests.
            for (name, count, rounds) in KINDS.iter().filter(|(name, ..)| name == kind) {
                let count = rest.first().and_then(|n| n.parse().ok()).unwrap_or(*count);
                run(name, count, *rounds);
            }
        }
    }
    ExitCode::SUCCESS
}

fn run(name: &str, count: u64, rounds: Rounds) {
    let start = wiredesk::observe::steady();
    rounds(count);
    println!("crash {name}: {:.1} s", start.elapsed().as_secs_f64());
}

/// A folder of this run below the target folder, which is on a real disk.
fn scratch(name: &str) -> PathBuf {
    let dir =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("crash-{name}-{}", std::process::id()));
    if dir.exists() {
        std::fs::remove_dir_all(&dir).unwrap();
    }
    std::fs::create_dir_all(&dir).unwrap();
    dir
}
