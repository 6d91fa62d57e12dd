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
const MEMORY_DAYS: f64 = 20.0;
/// Entries and days of the prior rate: weak, so that the first document of a busy feed already
/// outweighs it.
const PRIOR: (f64, f64) = (0.5, 0.01);
/// Entries' worth of a flat day in the profile of the hours.
const FLAT_HOURS: f64 = 20.0;
/// Entries' worth of a flat week in the profile of the weekdays.
const FLAT_WEEKDAYS: f64 = 6.0;
/// Days watched before the hours and before the weekdays begin to teach, and how many more until
/// they teach in full: the first document of a busy feed shows a few hours only.
const RIPENING: [(f64, f64); 2] = [(1.0, 2.0), (5.0, 5.0)];
/// Entries that one entry triggers, and how long that takes to fade.
const BURST: (f64, f64) = (0.15, 2400.0);
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
    let days = seconds(until, now) / DAY;
    let fade = narrow((-days / MEMORY_DAYS).exp());
    rhythm.days_watched =
        rhythm.days_watched * fade + narrow(MEMORY_DAYS * (1.0 - (-days / MEMORY_DAYS).exp()));
    rhythm.by_hour.iter_mut().chain(&mut rhythm.by_weekday).for_each(|n| *n *= fade);
    rhythm.recent *= narrow((-days * DAY / BURST.1).exp());
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
    let weight = narrow((-age / (MEMORY_DAYS * DAY)).exp());
    let (hour, weekday) = slots(epoch(at));
    if let Some(n) = rhythm.by_hour.get_mut(hour) {
        *n += weight;
    }
    if let Some(n) = rhythm.by_weekday.get_mut(weekday) {
        *n += weight;
    }
    rhythm.recent += narrow((-age / BURST.1).exp());
}

/// The rate at which a feed is expected to publish, as learned up to one moment.
pub(super) struct Expected {
    /// Entries a second, averaged over the week, without bursts.
    mean: f64,
    /// Factor of each hour of the day; 1 on average.
    by_hour: [f64; 24],
    /// Factor of each day of the week; 1 on average.
    by_weekday: [f64; 7],
    /// Entries a second that the latest ones trigger now.
    burst: f64,
    /// The moment, seconds since 1970.
    now: f64,
}

impl Expected {
    /// What `rhythm` teaches about the time after `now`.
    pub(super) fn of(rhythm: &Rhythm, now: Timestamp) -> Self {
        let total: f64 = rhythm.by_hour.iter().map(|n| f64::from(*n)).sum();
        let watched = f64::from(rhythm.days_watched);
        let mean = (PRIOR.0 + total) / (PRIOR.1 + watched) / DAY;
        let [hours, weekdays] =
            RIPENING.map(|(start, length)| ((watched - start) / length).clamp(0.0, 1.0));
        let by_hour = profile(&smooth(&rhythm.by_hour), FLAT_HOURS, hours);
        let by_weekday = profile(&rhythm.by_weekday, FLAT_WEEKDAYS, weekdays);
        let burst = BURST.0 / BURST.1 * f64::from(rhythm.recent);
        Self { mean: mean * (1.0 - BURST.0), by_hour, by_weekday, burst, now: epoch(now) }
    }

    /// Entries a second, averaged over the week.
    pub(super) fn mean(&self) -> f64 {
        self.mean / (1.0 - BURST.0)
    }

    /// The constant rate that would cost as many polls: polls go with the square root of the
    /// rate, so a feed that publishes in a few hours only costs less than its mean says.
    pub(super) fn effective(&self) -> f32 {
        let root = |factors: &[f64]| {
            factors.iter().map(|f| f.sqrt()).sum::<f64>() / as_float(factors.len())
        };
        let share = root(&self.by_hour) * root(&self.by_weekday);
        narrow(self.mean() * share * share)
    }

    /// Entries a second at `after` seconds from now, as a constant up to the next full hour or
    /// for `BURST`'s fade, whichever comes first: the rate and how many seconds it holds.
    pub(super) fn piece(&self, after: f64) -> (f64, f64) {
        let at = self.now + after;
        let (hour, weekday) = slots(at);
        let factor = |slot: Option<&f64>| slot.copied().unwrap_or(1.0);
        let base =
            self.mean * factor(self.by_hour.get(hour)) * factor(self.by_weekday.get(weekday));
        let to_hour = HOUR - at.rem_euclid(HOUR);
        let burst = self.burst * (-after / BURST.1).exp();
        if burst < base * 0.02 {
            return (base + burst, to_hour);
        }
        let holds = to_hour.min(BURST.1 / 4.0);
        // The mean of the fading term over the piece.
        let fade = (1.0 - (-holds / BURST.1).exp()) * BURST.1 / holds;
        (base + burst * fade, holds)
    }
}

/// Counts with a quarter of each neighbour: publication hours shift by minutes and by summer time.
fn smooth(counts: &[f32; 24]) -> [f32; 24] {
    let mut out = [0.0; 24];
    let before = counts.iter().cycle().skip(23);
    let after = counts.iter().cycle().skip(1);
    for (((out, own), before), after) in out.iter_mut().zip(counts).zip(before).zip(after) {
        *out = own / 2.0 + (before + after) / 4.0;
    }
    out
}

/// How the counts deviate from a flat course, 1 on average: the posterior mean under a Dirichlet
/// prior worth `flat` entries, each count taken at the share `ripe`.
fn profile<const N: usize>(counts: &[f32; N], flat: f64, ripe: f64) -> [f64; N] {
    let total: f64 = counts.iter().map(|n| f64::from(*n)).sum::<f64>() * ripe + flat;
    counts.map(|n| (f64::from(n) * ripe * as_float(N) + flat) / total)
}

/// Hour of the day and day of the week (Monday is 0) of a moment in seconds since 1970, UTC.
pub(super) fn slots(at: f64) -> (usize, usize) {
    // 1 January 1970 was a Thursday.
    let day = (at / DAY).floor();
    (index((at / HOUR).floor() - day * 24.0), index((day + 3.0).rem_euclid(7.0)))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small whole number; a cast from float saturates"
)]
fn index(number: f64) -> usize {
    number as usize
}

#[expect(clippy::cast_possible_truncation, reason = "counts need no more than seven digits")]
fn narrow(number: f64) -> f32 {
    number as f32
}

#[expect(clippy::cast_precision_loss, reason = "at most a thousand")]
fn as_float(n: usize) -> f64 {
    n as f64
}
