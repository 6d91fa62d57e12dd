//! Other schedules, each with one knob that is turned until it meets the budget.

use super::{CEILING, FLOOR, Reader, Score, Tally, World, count};

/// Seconds of a day.
const DAY: f64 = 86_400.0;
/// Days of history that the learned rate looks at.
const HISTORY_DAYS: f64 = 28.0;
/// Steps of the search for the knob.
const STEPS: u32 = 20;

/// A schedule to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rival {
    /// Every feed at the same interval.
    Fixed,
    /// As often as it publishes: interval ∝ 1/rate of the last week (as `Miniflux` does).
    Frequency,
    /// Half the mean gap of the document's entries, longer after silence (as `CommaFeed` does).
    MeanGap,
    /// interval ∝ 1/√rate of four weeks: the optimum for constant rates (Sia and Cho 2007).
    SquareRoot,
}

/// All of them, fixed first.
pub(super) const ALL: [Rival; 4] =
    [Rival::Fixed, Rival::Frequency, Rival::MeanGap, Rival::SquareRoot];

/// The rival's score at this budget.
pub(super) fn score(world: &World, rival: Rival, per_day: f64) -> Score {
    let (mut low, mut high) = (1e-3_f64.ln(), 1e3_f64.ln());
    for _ in 0..STEPS {
        let middle = f64::midpoint(low, high);
        let days = (world.to - world.from) / DAY;
        let requests = count(run(world, rival, middle.exp()).requests);
        if requests > per_day * count(world.feeds.len()) * days {
            low = middle;
        } else {
            high = middle;
        }
    }
    run(world, rival, f64::midpoint(low, high).exp()).score(name(rival), world)
}

fn name(rival: Rival) -> &'static str {
    match rival {
        Rival::Fixed => "fixed interval",
        Rival::Frequency => "entry frequency",
        Rival::MeanGap => "mean gap",
        Rival::SquareRoot => "learned square root",
    }
}

fn run(world: &World, rival: Rival, knob: f64) -> Tally {
    let mut tally = Tally::default();
    for (n, feed) in world.feeds.iter().enumerate() {
        let mut reader = Reader::new(feed);
        // A week before the scored time, so that phases are settled, spread over an interval.
        let mut now = (world.from - 7.0 * DAY).max(0.0) + FLOOR * count(n % 12);
        while now < world.to || reader.known < feed.len() {
            reader.poll(world, now, &mut tally);
            now += (knob * wait(rival, &reader, now)).clamp(FLOOR, CEILING);
        }
    }
    tally
}

/// Seconds to the next poll, before the knob and the bounds.
fn wait(rival: Rival, reader: &Reader<'_>, now: f64) -> f64 {
    match rival {
        Rival::Fixed => 3600.0,
        Rival::Frequency => 7.0 * DAY / since(reader, now, 7.0).max(0.5),
        Rival::MeanGap => mean_gap(reader.document(), now),
        Rival::SquareRoot => {
            let rate = (1.0 + since(reader, now, HISTORY_DAYS)) / (2.0 + HISTORY_DAYS);
            3600.0 / rate.sqrt()
        }
    }
}

/// Entries of the last `days`.
fn since(reader: &Reader<'_>, now: f64, days: f64) -> f64 {
    let history = reader.history();
    count(history.len() - history.partition_point(|at| *at < now - days * DAY))
}

fn mean_gap(document: &[f64], now: f64) -> f64 {
    let (Some(first), Some(last)) = (document.first(), document.last()) else { return DAY };
    let gap = (last - first) / count(document.len() - 1).max(1.0) / 2.0;
    let silent = (now - last) / DAY;
    let most = 4.0 * 3600.0;
    match silent {
        30.0.. => most,
        14.0.. => most / 2.0,
        7.0.. => most / 4.0,
        _ => gap.min(most),
    }
}
