//! [`Budget`]: one threshold for many feeds, steered so that together they make as many requests
//! as they may.
//!
//! Forward: the learned rates of all feeds say how many requests a threshold will cost, and once
//! an hour the threshold is solved for the allowance. Backward: once a week (no shorter time has
//! the same mix of hours and days) what was really spent corrects it, and what was spent too much
//! or too little is made up for in the week after.

use super::rhythm::Expected;
use super::settings::Settings;
use super::time::{DAY, HOUR, of, seconds, share};
use crate::model::{FeedState, Timestamp};
use std::collections::HashMap;

/// Entries a day of the feed that the first guess is made for.
const TYPICAL: f64 = 10.0;
/// Seconds between two corrections.
const WEEK: f64 = 7.0 * DAY;
/// Furthest that a correction goes, either way: what hints forbid some feeds is not all given to
/// the others.
const CORRECTION_MAX: f64 = 16.0;
/// Share of an allowance that is made up for in one week at most.
const CARRY_MAX: f64 = 0.2;
/// Halvings until the threshold is exact to a millionth.
const HALVINGS: u32 = 50;

/// How many requests the feeds of a budget may make.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Allowance {
    /// One per feed and so many seconds.
    PerFeed(f64),
    /// So many a second together.
    Together(f64),
}

/// A threshold in entry-seconds that all feeds of one budget share. A few bytes a feed.
#[derive(Debug, Clone)]
pub struct Budget {
    allowance: Allowance,
    /// Shortest and longest wait of a feed, seconds, with the mean jitter.
    waits: (f64, f64),
    /// Entries a second by feed, as far as they matter for the number of polls.
    rates: HashMap<u32, f32>,
    /// Solved from the rates; `correction` comes on top.
    solved: f64,
    correction: f64,
    last_solved: Option<Timestamp>,
    /// Requests made and allowed in this week so far.
    spent: f64,
    allowed: f64,
    week: Option<Timestamp>,
    /// Requests made too many in the weeks before.
    carry: f64,
}

impl Budget {
    /// The daemon's budget: each feed once in `every`, on average over all feeds.
    pub fn new(settings: &Settings) -> Self {
        Self::with(settings, Allowance::PerFeed(of(settings.every)))
    }

    /// The budget of a host that bears so many requests a second for all its feeds together.
    pub fn of_host(settings: &Settings, requests_a_second: f64) -> Self {
        Self::with(settings, Allowance::Together(requests_a_second))
    }

    /// Entry-seconds of expected delay after which a feed is due.
    pub fn threshold(&self) -> f64 {
        self.solved * self.correction
    }

    /// Notes that `feed` was polled at `now`, with the state after it. A feed that fails leaves
    /// the budget until it is well again.
    pub fn polled(&mut self, feed: u32, state: &FeedState, now: Timestamp) {
        if state.failures == 0 {
            let rate = Expected::of(&state.rhythm, now).effective();
            self.rates.insert(feed, rate);
            self.spent += 1.0;
        } else {
            self.rates.remove(&feed);
        }
        let pause = self.last_solved.map_or(f64::INFINITY, |at| seconds(at, now));
        if pause >= HOUR.min(self.waits.0 * 60.0) {
            self.steer(if pause.is_finite() { pause } else { 0.0 }, now);
        }
    }

    /// Takes out a feed that is polled no more.
    pub fn remove(&mut self, feed: u32) {
        self.rates.remove(&feed);
    }

    fn with(settings: &Settings, allowance: Allowance) -> Self {
        let late = 1.0 + share(settings.jitter) / 2.0;
        let every = of(settings.every);
        Self {
            allowance,
            waits: (of(settings.min) * late, of(settings.max) * late),
            rates: HashMap::new(),
            solved: TYPICAL / DAY * every * every / 2.0,
            correction: 1.0,
            last_solved: None,
            spent: 0.0,
            allowed: 0.0,
            week: None,
            carry: 0.0,
        }
    }

    fn steer(&mut self, pause: f64, now: Timestamp) {
        let rate = self.allowed_rate();
        self.allowed += rate * pause;
        self.last_solved = Some(now);
        let week = *self.week.get_or_insert(now);
        if seconds(week, now) >= WEEK {
            self.correct(rate * WEEK);
            self.week = Some(now);
        }
        self.solved = self.solve(rate);
    }

    /// Requests a second that the present feeds may make.
    fn allowed_rate(&self) -> f64 {
        match self.allowance {
            Allowance::PerFeed(every) => as_float(self.rates.len()) / every,
            Allowance::Together(rate) => rate,
        }
    }

    /// Ends a week; the next one is allowed `next` requests. Requests go with the inverse square
    /// root of the threshold.
    fn correct(&mut self, next: f64) {
        self.carry += self.spent - self.allowed;
        let most = next * CARRY_MAX;
        let aim = next - self.carry.clamp(-most, most);
        let same_size = self.allowed / next;
        if aim > 0.0 && same_size > 0.0 {
            let ratio = self.spent / (aim * same_size);
            self.correction =
                (self.correction * ratio * ratio).clamp(1.0 / CORRECTION_MAX, CORRECTION_MAX);
        }
        (self.spent, self.allowed) = (0.0, 0.0);
    }

    /// The threshold at which the feeds are expected to make `allowed` requests a second.
    fn solve(&self, allowed: f64) -> f64 {
        let (mut low, mut high) = (1e-6_f64.ln(), 1e12_f64.ln());
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if self.cost(middle.exp()) > allowed {
                low = middle;
            } else {
                high = middle;
            }
        }
        f64::midpoint(low, high).exp()
    }

    /// Requests a second at this threshold: a feed waits √(2θ/λ), within its bounds.
    fn cost(&self, threshold: f64) -> f64 {
        let wait = |rate: &f32| (2.0 * threshold / f64::from(*rate)).sqrt();
        self.rates.values().map(|rate| 1.0 / wait(rate).clamp(self.waits.0, self.waits.1)).sum()
    }
}

#[expect(clippy::cast_precision_loss, reason = "no daemon has 2^53 feeds")]
fn as_float(n: usize) -> f64 {
    n as f64
}
