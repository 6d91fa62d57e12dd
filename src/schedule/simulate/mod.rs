//! Scores schedules in virtual time: how long entries wait until a poll finds them, at the same
//! number of requests.
//!
//! Each rival has one knob, which is turned until it makes as many requests as the budget allows;
//! the daemon's own schedule is run as the daemon runs it, from its first poll on, its budget
//! steered by itself. Feeds answer at once, have validators and no wishes of their own.

mod ours;
mod rivals;
mod world;

pub use world::World;

/// Entries that a simulated document shows.
const WINDOW: usize = 25;
/// Shortest wait of every policy, seconds.
const FLOOR: f64 = 300.0;
/// Longest wait of every policy, seconds.
const CEILING: f64 = 43_200.0;

/// How a policy did.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// The policy.
    pub policy: &'static str,
    /// Requests a feed and day.
    pub requests: f64,
    /// Mean delay from publication to poll, minutes.
    pub mean: f64,
    /// 95 of 100 entries waited less, minutes.
    pub p95: f64,
    /// 99 of 100 entries waited less, minutes.
    pub p99: f64,
    /// Share of the entries that no poll found.
    pub lost: f64,
}

/// Runs every policy at `per_day` requests a feed and day; fixed intervals come first, the
/// daemon's schedule last.
pub fn table(world: &World, per_day: f64) -> Vec<Score> {
    let mut scores: Vec<_> =
        rivals::ALL.iter().map(|rival| rivals::score(world, *rival, per_day)).collect();
    scores.push(ours::score(world, per_day));
    scores
}

/// What the polls of a run found.
#[derive(Debug, Default)]
struct Tally {
    delays: Vec<f64>,
    lost: usize,
    requests: usize,
}

/// The polls of one feed: which entries each of them finds.
struct Reader<'a> {
    feed: &'a [f64],
    /// Entries published up to the last poll.
    known: usize,
}

impl<'a> Reader<'a> {
    fn new(feed: &'a [f64]) -> Self {
        Self { feed, known: 0 }
    }

    /// Polls at `now` and notes delays and losses; returns how many new entries the document has.
    fn poll(&mut self, world: &World, now: f64, tally: &mut Tally) -> usize {
        let counts = |at: f64| (world.from..world.to).contains(&at);
        let before = self.known;
        self.known = self.feed.partition_point(|at| *at <= now);
        let shown = self.known.saturating_sub(WINDOW).max(before);
        let new = self.feed.get(before..self.known).unwrap_or_default();
        for (n, at) in (before..).zip(new).filter(|(_, at)| counts(**at)) {
            if n < shown {
                tally.lost += 1;
            } else {
                tally.delays.push(now - at);
            }
        }
        tally.requests += usize::from(counts(now));
        self.known - shown
    }

    /// The entries of the document as of the last poll.
    fn document(&self) -> &'a [f64] {
        self.feed.get(self.known.saturating_sub(WINDOW)..self.known).unwrap_or_default()
    }

    /// All entries published up to the last poll.
    fn history(&self) -> &'a [f64] {
        self.feed.get(..self.known).unwrap_or_default()
    }
}

impl Tally {
    fn score(mut self, policy: &'static str, world: &World) -> Score {
        self.delays.sort_by(f64::total_cmp);
        let n = count(self.delays.len()).max(1.0);
        let nth =
            |share: f64| self.delays.get(index(share * n)).copied().unwrap_or_default() / 60.0;
        let days = (world.to - world.from) / 86_400.0;
        Score {
            policy,
            requests: count(self.requests) / count(world.feeds.len()) / days,
            mean: self.delays.iter().sum::<f64>() / n / 60.0,
            p95: nth(0.95),
            p99: nth(0.99),
            lost: count(self.lost) / (count(self.lost) + n),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn count(n: usize) -> f64 {
    n as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rank, never negative; a cast from float saturates"
)]
fn index(rank: f64) -> usize {
    rank as usize
}
