//! What the schedule is worth (`schedule/`): delays at the same number of requests, on a trace of
//! real publications and on synthetic feeds.

use crate::floors::{check, folder};
use std::fs;
use wiredesk::schedule::simulate::{Score, World, table};

/// Requests a feed and day.
const PER_DAY: f64 = 24.0;
/// Days that are scored.
const DAYS: u32 = 21;
/// Synthetic worlds: what one seed draws differs by some per cent from the next.
const SEEDS: u32 = 4;

#[test]
fn entries_wait_less() {
    let trace = fs::read_to_string(folder("schedule").join("reuters-trace.txt")).unwrap();
    let trace = table(&World::trace(&trace, DAYS).unwrap(), PER_DAY);
    let worlds: Vec<_> = (1..=SEEDS)
        .map(|seed| table(&World::synthetic(seed.into(), 300, 28, DAYS), PER_DAY))
        .collect();
    let mean = |figure: &dyn Fn(&[Score]) -> f64| {
        worlds.iter().map(|scores| figure(scores)).sum::<f64>() / f64::from(SEEDS)
    };
    let fixed = |scores: &[Score]| against(scores, "fixed interval");
    let root = |scores: &[Score]| against(scores, "learned square root");
    check(
        "schedule",
        &[
            ("synthetic.delay-of-fixed", mean(&fixed)),
            ("synthetic.delay-of-root", mean(&root)),
            ("synthetic.lost", mean(&lost)),
            ("synthetic.off-budget", mean(&off_budget)),
            ("trace.delay-of-fixed", fixed(&trace)),
            ("trace.delay-of-root", root(&trace)),
            ("trace.lost", lost(&trace)),
            ("trace.off-budget", off_budget(&trace)),
        ],
    );
}

/// Our mean delay as a share of another schedule's.
fn against(scores: &[Score], policy: &str) -> f64 {
    let other = scores.iter().find(|score| score.policy == policy).unwrap();
    ours(scores).mean / other.mean * 100.0
}

fn lost(scores: &[Score]) -> f64 {
    ours(scores).lost * 100.0
}

fn off_budget(scores: &[Score]) -> f64 {
    (ours(scores).requests / PER_DAY - 1.0).abs() * 100.0
}

fn ours(scores: &[Score]) -> &Score {
    scores.last().unwrap()
}
