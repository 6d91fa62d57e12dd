//! Learns when a feed publishes, and says how many entries to expect when.
//!
//! A feed's entries carry dates, so every publication is observed even where polls are rare, and
//! the first document already teaches. The rate is a Gamma-Poisson estimate (weak
//! prior) over decayed counts, times a profile of the day and one of the week (Dirichlet
//! priors: flat), plus a small self-exciting term for bursts. After Sia and Cho, "Efficient
//! monitoring algorithm for fast news alerts" (TKDE 2007), who learn the daily profile only.

use super::outcome::Document;
use super::time::{DAY, HOUR, epoch, later, seconds};
use crate::model::{Rhythm, Timestamp};

/// Time constant of the decay, in days: as certain as a window of twice the length.
const MEMORY_DAYS: f64 = 28.0;
/// Days of the past that are watched at most: a fiftieth of the weight is left then.
const WATCH_DAYS: f64 = 4.0 * MEMORY_DAYS;
/// Entries and days of the prior rate: weak, so that the first document of a busy feed already
/// outweighs it.
const PRIOR: (f64, f64) = (0.5, 0.01);
/// Prior of each hour's deviation from a flat day: so many entries, and what comes in so many
/// days (publishers are less regular than a Poisson process, so many entries of a few minutes
/// prove little).
const FLAT_HOUR: (f64, f64) = (20.0 / 24.0, 0.02);
/// Prior of each weekday's deviation from a flat week, alike.
const FLAT_WEEKDAY: (f64, f64) = (6.0 / 7.0, 0.15);
/// Entries that one entry triggers, and how long that takes to fade.
const BURST: (f64, f64) = (0.2, 1800.0);
/// Most entries counted of one document: more teach nothing new.
const ENTRIES_MAX: usize = 1000;

/// Counts the entries of `document` that appeared since the last call. `seen` is when the feed
/// was last read: undated new entries are taken to have come evenly since then.
pub(super) fn learn(
    rhythm: &mut Rhythm,
    document: &Document,
    seen: Option<Timestamp>,
    now: Timestamp,
) {
    rhythm.window = document.window;
    let mut arrivals = dated(rhythm.until, document, now);
    let first = rhythm.until.is_none();
    let start = match rhythm.until {
        Some(until) => until,
        None => start_of(&mut arrivals).unwrap_or(now),
    };
    let new = usize::try_from(document.new).unwrap_or(ENTRIES_MAX).min(ENTRIES_MAX);
    if arrivals.len() > new && !first {
        arrivals.drain(..arrivals.len() - new);
    } else if let Some(seen) = seen.filter(|_| !first) {
        arrivals.extend(evenly(seen, now, new - arrivals.len()));
    }
    rhythm.until = Some(start);
    watch(rhythm, now);
    for at in arrivals {
        count(rhythm, at, now);
    }
}

/// Lets time pass without an entry: older counts weigh less, and the watch grows.
pub(super) fn watch(rhythm: &mut Rhythm, now: Timestamp) {
    let Some(until) = rhythm.until.filter(|until| *until < now) else { return };
    let passed = seconds(until, now);
    let fade = narrow(faded(passed));
    let counts = rhythm.by_hour.iter_mut().chain(&mut rhythm.by_weekday);
    let watched = rhythm.watched_by_hour.iter_mut().chain(&mut rhythm.watched_by_weekday);
    counts.chain(watched).for_each(|n| *n *= fade);
    rhythm.recent *= narrow((-passed / BURST.1).exp());
    let start = epoch(now) - passed.min(WATCH_DAYS * DAY);
    let (mut hour, mut older) = (hour_of(start), faded(epoch(now) - start));
    loop {
        let end = as_seconds(hour + 1).min(epoch(now));
        let younger = faded(epoch(now) - end);
        // The integral of the decay over this part of an hour.
        let days = narrow(MEMORY_DAYS * (younger - older));
        let (of_day, weekday) = slots_of(hour);
        add(&mut rhythm.watched_by_hour, of_day, days);
        add(&mut rhythm.watched_by_weekday, weekday, days);
        if end >= epoch(now) {
            break;
        }
        (hour, older) = (hour + 1, younger);
    }
    rhythm.until = Some(now);
}

/// The dates after `until`, sorted; dates of the future count as now.
fn dated(until: Option<Timestamp>, document: &Document, now: Timestamp) -> Vec<Timestamp> {
    let mut dates: Vec<_> = document
        .published
        .iter()
        .map(|at| (*at).min(now))
        .filter(|at| until.is_none_or(|until| *at > until))
        .collect();
    dates.sort_unstable();
    dates.drain(..dates.len().saturating_sub(ENTRIES_MAX));
    dates
}

/// Where the watch of a first document begins: at its oldest entry, which then teaches nothing
/// itself. An old entry pinned far behind the others is left out.
fn start_of(arrivals: &mut Vec<Timestamp>) -> Option<Timestamp> {
    let pinned = match arrivals.as_slice() {
        [a, b, .., z] if arrivals.len() > 8 => seconds(*a, *b) > seconds(*b, *z),
        _ => false,
    };
    if pinned {
        arrivals.remove(0);
    }
    (!arrivals.is_empty()).then(|| arrivals.remove(0))
}

fn evenly(from: Timestamp, to: Timestamp, n: usize) -> impl Iterator<Item = Timestamp> {
    let step = seconds(from, to) / as_float(n + 1);
    (1..=n).map(move |i| later(from, step * as_float(i)).min(to))
}

fn count(rhythm: &mut Rhythm, at: Timestamp, now: Timestamp) {
    let age = seconds(at, now);
    let weight = narrow(faded(age));
    let (hour, weekday) = slots(epoch(at));
    add(&mut rhythm.by_hour, hour, weight);
    add(&mut rhythm.by_weekday, weekday, weight);
    rhythm.recent += narrow((-age / BURST.1).exp());
}

/// The weight of what is so many seconds old.
fn faded(age: f64) -> f64 {
    (-age / (MEMORY_DAYS * DAY)).exp()
}

fn add(counts: &mut [f32], slot: usize, weight: f32) {
    if let Some(count) = counts.get_mut(slot) {
        *count += weight;
    }
}

/// The rate at which a feed is expected to publish, as learned up to one moment.
pub(super) struct Expected<'a> {
    rhythm: &'a Rhythm,
    /// Entries a second, averaged over the week, without bursts.
    mean: f64,
    /// Entries a day watched, were the feed's course flat.
    flat: f64,
    /// Entries a second that come now above the usual, or below.
    burst: f64,
    /// The moment, seconds since 1970.
    now: f64,
    /// Days watched, older ones weighing less.
    pub(super) watched: f64,
}

impl<'a> Expected<'a> {
    /// What `rhythm` teaches about the time after `now`.
    pub(super) fn of(rhythm: &'a Rhythm, now: Timestamp) -> Self {
        let total = sum(&rhythm.by_weekday);
        let watched = sum(&rhythm.watched_by_weekday);
        let mean = (PRIOR.0 + total) / (PRIOR.1 + watched) / DAY;
        let flat = if watched > 0.0 { total / watched } else { 0.0 };
        let mut expected = Self { rhythm, mean, flat, burst: 0.0, now: epoch(now), watched };
        let usual = expected.usual(expected.now);
        expected.burst = BURST.0 * (f64::from(rhythm.recent) / BURST.1 - usual);
        expected
    }

    /// Entries a second, averaged over the week.
    pub(super) fn mean(&self) -> f64 {
        self.mean
    }

    /// The constant rate that would cost as many polls: polls go with the square root of the
    /// rate, so a feed that publishes in a few hours only costs less than its mean says.
    pub(super) fn effective(&self) -> f32 {
        let hours: f64 = (0..24).map(|hour| self.of_hour(hour).sqrt()).sum();
        let weekdays: f64 = (0..7).map(|day| self.of_weekday(day).sqrt()).sum();
        let share = hours / 24.0 * weekdays / 7.0;
        narrow(self.mean() * share * share)
    }

    /// Entries a second at `after` seconds from now, as a constant up to the next full hour or
    /// while a burst lasts, whichever is shorter: the rate and how many seconds it holds.
    pub(super) fn piece(&self, after: f64) -> (f64, f64) {
        let at = self.now + after;
        let usual = self.usual(at);
        // At least a millisecond, lest rounding stop the walk.
        let to_hour = (HOUR - at.rem_euclid(HOUR)).max(1e-3);
        let burst = self.burst * (-after / BURST.1).exp();
        if burst.abs() < usual * 0.02 {
            return (usual, to_hour);
        }
        let holds = to_hour.min(BURST.1 / 4.0);
        // The mean of the fading term over the piece.
        let fade = (1.0 - (-holds / BURST.1).exp()) * BURST.1 / holds;
        ((usual + burst * fade).max(usual * (1.0 - BURST.0)), holds)
    }

    /// Entries a second at a moment in seconds since 1970, without bursts.
    fn usual(&self, at: f64) -> f64 {
        let (hour, weekday) = slots(at);
        self.mean * self.of_hour(hour) * self.of_weekday(weekday)
    }

    /// How far this hour of the day lies above or below the mean. A quarter of each neighbour
    /// counts too: publication hours shift by minutes and by summer time.
    fn of_hour(&self, hour: usize) -> f64 {
        let smooth = |counts: &[f32; 24]| {
            let of = |hour: usize| counts.get(hour % 24).copied().unwrap_or_default();
            of(hour) / 2.0 + (of(hour + 23) + of(hour + 1)) / 4.0
        };
        let (count, days) = (smooth(&self.rhythm.by_hour), smooth(&self.rhythm.watched_by_hour));
        self.factor(count, days, FLAT_HOUR)
    }

    /// How far this day of the week lies above or below the mean.
    fn of_weekday(&self, weekday: usize) -> f64 {
        let of = |counts: &[f32; 7]| counts.get(weekday).copied().unwrap_or_default();
        let (count, days) = (of(&self.rhythm.by_weekday), of(&self.rhythm.watched_by_weekday));
        self.factor(count, days, FLAT_WEEKDAY)
    }

    /// How far a count in so many days watched lies above or below a flat course: 1 where it does
    /// not, or where nothing was watched yet. The posterior mean under `prior`.
    fn factor(&self, count: f32, days: f32, prior: (f64, f64)) -> f64 {
        let prior = prior.0 + prior.1 * self.flat;
        (f64::from(count) + prior) / (f64::from(days) * self.flat + prior)
    }
}

fn sum(counts: &[f32]) -> f64 {
    counts.iter().map(|n| f64::from(*n)).sum()
}

/// Hour of the day and day of the week (Monday is 0) of a moment in seconds since 1970, UTC.
pub(super) fn slots(at: f64) -> (usize, usize) {
    slots_of(hour_of(at))
}

/// The same of an hour, counted since 1970.
fn slots_of(hour: i64) -> (usize, usize) {
    // 1 January 1970 was a Thursday.
    let weekday = (hour.div_euclid(24) + 3).rem_euclid(7);
    let slot = |number| usize::try_from(number).unwrap_or_default();
    (slot(hour.rem_euclid(24)), slot(weekday))
}

/// The hour that a moment in seconds since 1970 lies in, counted since 1970.
#[expect(clippy::cast_possible_truncation, reason = "a cast from float saturates")]
fn hour_of(at: f64) -> i64 {
    (at / HOUR).floor() as i64
}

/// Where an hour begins, in seconds since 1970.
#[expect(clippy::cast_precision_loss, reason = "hours since 1970 are few")]
fn as_seconds(hour: i64) -> f64 {
    hour as f64 * HOUR
}

#[expect(clippy::cast_possible_truncation, reason = "counts need no more than seven digits")]
fn narrow(number: f64) -> f32 {
    number as f32
}

#[expect(clippy::cast_precision_loss, reason = "at most a thousand")]
fn as_float(n: usize) -> f64 {
    n as f64
}
