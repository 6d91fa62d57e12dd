//! A mutating fuzzer that needs no other tool: `cargo test --release --test fuzz -- TARGET SECONDS [SEED]`.
//!
//! Targets: `feed`, `date`, `opml`, or `all` (seconds each). Deterministic for a seed apart from where time runs out. An input
//! that panics, breaks a promise or takes longer than a second is written to the scratch folder
//! and ends the run with a failure. `fuzz_targets/` has the same targets for coverage-guided runs.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test prints and fails by panicking"
)]
#![expect(clippy::disallowed_methods, reason = "a fuzzer reads the clock")]

mod mutate;
#[path = "../feed/valid.rs"]
mod valid;

use mutate::Mutator;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use wiredesk::feed::{Media, Settings, date, discover, opml, parse, sanitise};

/// No document of a few KiB may take longer.
const SLOW: Duration = Duration::from_secs(1);

fn main() {
    let mut args = std::env::args().skip(1);
    let target = args.next().unwrap_or_else(|| "all".to_owned());
    let seconds = args.next().and_then(|s| s.parse().ok()).unwrap_or(10);
    let seed = args.next().and_then(|s| s.parse().ok()).unwrap_or(1);
    // Panics that the stage catches itself are no news.
    std::panic::set_hook(Box::new(|_| {}));
    for name in ["feed", "date", "opml"] {
        if target == name || target == "all" {
            run(name, Duration::from_secs(seconds), seed);
        }
    }
}

/// Feeds mutants to a target until time is up.
fn run(target: &str, time: Duration, seed: u64) {
    let mut mutator = Mutator::new(seed, seeds(target));
    let start = Instant::now();
    let (mut runs, mut slowest) = (0_u64, Duration::ZERO);
    while start.elapsed() < time {
        let input = mutator.next();
        let began = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| read(target, &input)));
        slowest = slowest.max(began.elapsed());
        if outcome.is_err() || began.elapsed() > SLOW {
            let path = std::env::temp_dir().join(format!("fuzz-{target}-{runs}"));
            fs::write(&path, &input).unwrap();
            println!("{target}: run {runs} of seed {seed} fails: {}", path.display());
            std::process::abort();
        }
        runs += 1;
    }
    println!(
        "{target}: {runs} inputs in {:.0?}, slowest {slowest:.1?}, no failure",
        start.elapsed()
    );
}

fn read(target: &str, input: &[u8]) {
    match target {
        "date" => drop(date(&String::from_utf8_lossy(input))),
        "opml" => drop(opml::read(input, &Media::default()).map(|list| opml::write(&list))),
        _ => {
            let settings = Settings { max_entries: 100, ..Settings::default() };
            if let Ok(parsed) = parse(input, &Media::default(), &settings) {
                valid::check(&parsed);
                let texts = parsed.entries.iter().flat_map(|e| [&e.summary, &e.content]).flatten();
                texts.for_each(|text| drop(sanitise(text)));
            }
            drop(discover(input, &Media::default(), None));
        }
    }
}

/// What the mutants of a target descend from.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let texts: &[&str] = match target {
        "date" => &[
            "Mon, 02 Mar 2026 10:11:12 +0000",
            "2026-03-02T10:11:12.345+01:00",
            "March 2nd, 2026 at 12:05 a.m. EDT",
            "20260302T101112Z",
            "1772446272123",
            "2026年3月2日 10:11",
            "jeu., 02 avril 2020 Europe/Paris",
        ],
        "opml" => &[
            "<opml version='2.0'><head><title>T</title></head><body><outline text='F'><outline type='rss' xmlUrl='http://e.org/' category='a,/b/c'/></outline></body></opml>",
        ],
        _ => return golden(),
    };
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn golden() -> Vec<Vec<u8>> {
    let cases = fs::read_dir("tests/golden/feed").unwrap();
    cases.map(|case| fs::read(case.unwrap().path().join("input")).unwrap()).collect()
}
