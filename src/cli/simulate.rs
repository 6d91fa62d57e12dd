//! `wiredesk simulate`: what a schedule is worth, in minutes of delay.

use super::exit::Failure;
use super::{Code, out};
use crate::schedule::simulate::{Score, World, table};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Requests a feed and day that every schedule may make
    #[arg(long, default_value_t = 24.0)]
    per_day: f64,
    /// Trace of real feeds: one line a feed, publication times in minutes; without it, synthetic
    /// feeds
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Days at the end that are scored; the days before teach
    #[arg(long, default_value_t = 21)]
    days: u32,
    /// Number of synthetic feeds
    #[arg(long, default_value_t = 300)]
    feeds: u32,
    /// Seed of the synthetic feeds
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    if !(args.per_day > 0.0 && args.per_day <= 86_400.0) {
        return Err(Failure::new(Code::Data, "--per-day must lie between 0 and 86400"));
    }
    let world = match &args.trace {
        None => World::synthetic(args.seed, args.feeds, 28, args.days),
        Some(path) => {
            let place = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
            let text =
                std::fs::read_to_string(path).map_err(|e| Failure::new(Code::Io, place(&e)))?;
            World::trace(&text, args.days).map_err(|e| Failure::new(Code::Data, place(&e)))?
        }
    };
    let scores = table(&world, args.per_day);
    let fixed = scores.first().map_or(1.0, |fixed| fixed.mean);
    out::line("policy               requests/day   mean min  ratio     p95     p99   lost %")?;
    for score in &scores {
        out::line(&row(score, fixed))?;
    }
    Ok(())
}

fn row(score: &Score, fixed: f64) -> String {
    format!(
        "{:<20} {:>12.2} {:>10.2} {:>6.3} {:>7.1} {:>7.1} {:>8.3}",
        score.policy,
        score.requests,
        score.mean,
        score.mean / fixed,
        score.p95,
        score.p99,
        score.lost * 100.0
    )
}
