//! A million polls in virtual time, in each test run: feeds with moods against servers with
//! faults, and what must hold after every single poll.

use super::poller::{fresh, redirected, retry_after, status};
use std::time::Duration;
use wiredesk::model::{FeedHints, FeedId, FeedState, Health, Span, Timestamp};
use wiredesk::schedule::{
    Answer, Budget, Document, Failure, Mode, Outcome, Pace, Queue, Settings, Unchanged, first_due,
    jitter, next, resume,
};

/// Polls of each of the four runs.
const POLLS: u32 = 251_000;
/// Feeds of each run.
const FEEDS: u32 = 500;
/// Entries a document shows.
const WINDOW: u32 = 25;

/// Pseudo-random numbers (xorshift), the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// A feed and its server.
struct Feed {
    id: FeedId,
    state: FeedState,
    /// Mean seconds between two entries.
    gap: u64,
    /// Percent of the polls that fail.
    faults: u64,
    /// Publication times that no poll has found yet.
    unread: Vec<Timestamp>,
    published_until: Timestamp,
    lost: usize,
    first_gone: Option<Timestamp>,
}

impl Feed {
    fn new(n: u32, start: Timestamp, chance: &mut Chance) -> Self {
        let mut state = FeedState { revalidates: !n.is_multiple_of(4), ..FeedState::default() };
        if n.is_multiple_of(10) {
            state.hints.ttl_minutes = Some(u32::try_from(chance.below(200)).unwrap());
            state.hints.skip_hours = u32::try_from(chance.below(1 << 24)).unwrap();
            state.hints.skip_days = u8::try_from(chance.below(128)).unwrap();
        }
        Self {
            id: FeedId::new(&format!("feed-{n}")).unwrap(),
            state,
            gap: 300 << chance.below(11),
            faults: if n.is_multiple_of(3) { chance.below(100) } else { 0 },
            unread: Vec::new(),
            published_until: start,
            lost: 0,
            first_gone: None,
        }
    }

    fn answer(&mut self, now: Timestamp, chance: &mut Chance) -> Outcome {
        if chance.below(100) < self.faults {
            return fault(chance);
        }
        while self.published_until < now {
            self.published_until += Duration::from_secs(1 + chance.below(2 * self.gap));
            self.unread.push(self.published_until);
        }
        let arrived = self.unread.partition_point(|at| *at <= now);
        let published: Vec<_> = self.unread.drain(..arrived).collect();
        self.lost += arrived.saturating_sub(WINDOW as usize);
        let mut outcome = Outcome::new(if published.is_empty() {
            Answer::Unchanged(Unchanged::NotModified)
        } else {
            let new = u32::try_from(published.len()).unwrap();
            Answer::Document(Document { published, new, window: WINDOW })
        });
        match chance.below(if self.faults > 0 { 12 } else { u64::MAX }) {
            0 => outcome = retry_after(outcome, chance.below(100_000)),
            1 => outcome = fresh(outcome, chance.below(1_000_000)),
            2 => outcome = redirected(outcome, "https://a.example/", "https://b.example/"),
            _ => {}
        }
        outcome
    }
}

fn fault(chance: &mut Chance) -> Outcome {
    let seconds = chance.below(50_000);
    match chance.below(10) {
        0 => retry_after(status(429), seconds),
        1 => fresh(status(404), seconds),
        2 => retry_after(status(503), u64::MAX),
        3 => Outcome::new(Answer::Gone),
        4 => Outcome::new(Answer::Offline),
        5 => status(403),
        6 => retry_after(Outcome::new(Answer::HostRests), seconds),
        n => {
            let class = [Failure::Network, Failure::Timeout, Failure::Suspicious];
            let class = class[usize::try_from(n % 3).unwrap()];
            Outcome::new(Answer::Failed { class, message: "as told".to_owned() })
        }
    }
}

/// What must hold after a poll.
fn check(settings: &Settings, feed: &Feed, outcome: &Outcome, now: Timestamp) {
    let state = &feed.state;
    let Some(due) = state.next_due else {
        assert_eq!(state.health, Health::Gone);
        let patience = if settings.every < Span::seconds(60) { settings.every } else { DAY };
        assert!(now >= feed.first_gone.unwrap() + patience.get(), "gone too soon");
        return;
    };
    let wait = due.duration_since(now);
    let wait = Duration::try_from(wait).unwrap();
    // Never early.
    assert!(wait >= settings.min.get(), "{wait:?} {state:?}");
    let asked = |rest: Option<Duration>, cap: Span| rest.unwrap_or_default().min(cap.get());
    assert!(wait >= asked(outcome.retry_after, settings.retry_after_max), "{wait:?} {outcome:?}");
    let failed = matches!(outcome.answer, Answer::Failed { class: Failure::Status(500..), .. });
    let fresh = asked(outcome.fresh_for.filter(|_| !failed), settings.hint_max);
    assert!(wait >= fresh, "{wait:?} {outcome:?}");
    let asked_nobody = matches!(outcome.answer, Answer::Offline | Answer::HostRests);
    if !asked_nobody {
        let ttl = Duration::from_mins(state.hints.ttl_minutes.unwrap_or(0).into());
        assert!(wait >= ttl, "{wait:?} {ttl:?}");
    }
    let well = state.failures == 0 && !asked_nobody;
    if settings.mode == Mode::Fixed && well {
        assert!(wait >= settings.every.get(), "{wait:?}");
    }
    // Never starved: jitter adds a tenth, failures a half; skipped hours and days at most a week.
    let own = if settings.mode == Mode::Fixed { settings.every } else { settings.max };
    let rests = [outcome.retry_after, outcome.fresh_for, state.not_before.map(|at| until(now, at))];
    let asked = rests.into_iter().flatten().max().unwrap_or_default();
    let most = asked.max(own.get()).min(settings.retry_after_max.get());
    let failing = settings.backoff.dead_every.get();
    let most = if well { most } else { most.max(failing) };
    let skips = if state.hints.skip_hours == 0 { 0 } else { 8 };
    let most = most.mul_f64(1.5) + Duration::from_hours(24 * skips) + settings.every.get();
    assert!(wait <= most, "{wait:?} > {most:?} {state:?}");
    // Healed by one success.
    let success = matches!(outcome.answer, Answer::Document(_) | Answer::Unchanged(_));
    assert!(!success || (state.failures == 0 && state.health == Health::Ok));
    // A restart keeps the promise.
    assert!(resume(settings, &feed.id, state, now).unwrap() >= due.min(now + wait));
}

const DAY: Span = Span::seconds(86_400);

fn until(now: Timestamp, at: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default()
}

/// Polls `FEEDS` feeds `POLLS` times.
fn run(settings: &Settings, seed: u64) {
    let mut chance = Chance(seed);
    let start: Timestamp = super::poller::START.parse().unwrap();
    let (mut budget, mut queue) = (Budget::new(settings), Queue::default());
    let mut feeds: Vec<_> = (0..FEEDS).map(|n| Feed::new(n, start, &mut chance)).collect();
    for (n, feed) in (0..).zip(&feeds) {
        queue.schedule(n, first_due(settings, &feed.id, start));
    }
    for _ in 0..POLLS {
        let Some((n, now)) = queue.next_due().and_then(|now| queue.pop(now)) else { break };
        let feed = &mut feeds[n as usize];
        assert!(feed.state.next_due.is_none_or(|due| now >= due), "polled early");
        let outcome = feed.answer(now, &mut chance);
        if matches!(outcome.answer, Answer::Gone) {
            feed.first_gone.get_or_insert(now);
        }
        let pace = Pace { jitter: jitter(&feed.id, now), threshold: budget.threshold() };
        feed.state = next(settings, &feed.state, &outcome, now, pace);
        check(settings, feed, &outcome, now);
        budget.polled(n, &feed.state, now);
        if feed.state.failures == 0 {
            feed.first_gone = None;
        }
        match feed.state.next_due {
            Some(due) => queue.schedule(n, due),
            None => budget.remove(n),
        }
    }
    let alive = feeds.iter().filter(|feed| feed.state.health != Health::Gone).count();
    assert_eq!(queue.len(), alive, "no feed falls out of the queue");
    if settings.mode == Mode::Adaptive {
        let patient = |feed: &&Feed| feed.faults == 0 && feed.state.hints == FeedHints::default();
        let well = feeds.iter().filter(patient);
        assert_eq!(well.map(|feed| feed.lost).sum::<usize>(), 0, "entries lost");
    }
}

#[test]
fn a_quarter_million_adaptive_polls() {
    run(&Settings::default(), 1);
}

#[test]
fn a_quarter_million_adaptive_polls_on_a_small_budget() {
    run(
        &Settings { every: Span::seconds(3600), min: Span::seconds(300), ..Settings::default() },
        2,
    );
}

#[test]
fn a_quarter_million_fixed_polls() {
    run(&Settings { mode: Mode::Fixed, ..Settings::default() }, 3);
}

#[test]
fn a_quarter_million_polls_every_two_seconds() {
    let (every, min) = (Span::seconds(2), Span::seconds(1));
    run(&Settings { mode: Mode::Fixed, every, min, ..Settings::default() }, 4);
}
