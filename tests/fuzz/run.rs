//! A mutating fuzzer that needs no other tool: `cargo test --release --test fuzz -- TARGET SECONDS [SEED]`.
//!
//! Targets: those of `targets.rs`, or `all` (seconds each). Deterministic for a seed apart from where time runs out. An input
//! that panics, breaks a promise or takes longer than a second is written to the scratch folder
//! and ends the run with a failure. `fuzz_targets/` has the same targets for coverage-guided runs.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test prints and fails by panicking"
)]
#![expect(clippy::disallowed_methods, reason = "a fuzzer reads the clock")]

mod mutate;
mod targets;

use mutate::Mutator;
use std::any::Any;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use targets::{TARGETS, read};

/// No document of a few KiB may take longer.
const SLOW: Duration = Duration::from_secs(1);

/// How often an input that took too long is tried again.
const AGAIN: u32 = 5;

fn main() {
    let mut args = std::env::args().skip(1);
    let target = args.next().unwrap_or_else(|| "all".to_owned());
    let seconds = args.next().and_then(|s| s.parse().ok()).unwrap_or(10);
    let seed = args.next().and_then(|s| s.parse().ok()).unwrap_or(1);
    // Panics that the stage catches itself are no news.
    std::panic::set_hook(Box::new(|_| {}));
    for name in TARGETS {
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
        let (outcome, mut took) = timed(target, &input);
        for _ in 0..AGAIN {
            // A busy machine may take the processor away for that long.
            if took > SLOW {
                took = took.min(timed(target, &input).1);
            }
        }
        slowest = slowest.max(took);
        if outcome.is_err() || took > SLOW {
            let path = std::env::temp_dir().join(format!("fuzz-{target}-{runs}"));
            fs::write(&path, &input).unwrap();
            let why = outcome.err().map_or_else(|| "slow".to_owned(), |panic| said(&*panic));
            println!("{target}: run {runs} of seed {seed} fails: {}\n{why}", path.display());
            std::process::abort();
        }
        runs += 1;
    }
    println!(
        "{target}: {runs} inputs in {:.0?}, slowest {slowest:.1?}, no failure",
        start.elapsed()
    );
}

/// Gives an input to a target; what came of it and how long that took.
fn timed(target: &str, input: &[u8]) -> (std::thread::Result<()>, Duration) {
    let began = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| read(target, input)));
    (outcome, began.elapsed())
}

/// The message of a panic.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default().to_owned()
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
        "link" => &[
            "https://www.example.org:8080/amp/news/2026/story-12.html?utm_source=a&id=3#!/x",
            "https://example-org.cdn.ampproject.org/c/s/example.org/a.amp?outputType=amp",
            "https://news.example/url?q=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1&sa=D",
            "http://xn--bcher-kva.example/%7Euser/..//a;b=c?&&=&a",
        ],
        "text" => &[
            "Gate opens early. The gate of 212 million closed on Sunday night, a year before.",
            "水門は日曜の夜に初めて閉じた。橋の上から四十メートルの鋼が動くのを見た。１２３",
            "ประตูน้ำปิดครั้งแรกในคืนวันอาทิตย์ ก่อนกำหนดหนึ่งปี",
            "أُغلقت البوابة ليلة الأحد ٢٠٢٦ — \u{ad}Größe “quoted” caf\u{e9}s \u{200b}I\u{307}",
        ],
        "change" => &[
            r#"{"seq":1,"op":"deleted","at":"2026-11-24T09:12:33.120Z","id":"12zmtxk448wmgyafhp4szwgvdt","article":null}"#,
        ],
        "page" => return golden("extract", "page.html"),
        _ => return golden("feed", "input"),
    };
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// The documents of a stage's golden cases.
fn golden(stage: &str, name: &str) -> Vec<Vec<u8>> {
    let cases = fs::read_dir(format!("tests/golden/{stage}")).unwrap();
    cases.map(|case| fs::read(case.unwrap().path().join(name)).unwrap()).collect()
}
