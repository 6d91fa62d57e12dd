//! How many requests all feeds together make: C5 for the daemon, P1 for a host.

use super::poller::{START, not_modified};
use wiredesk::model::{FeedId, FeedState, Span, Timestamp};
use wiredesk::schedule::{
    Answer, Budget, Document, Outcome, Pace, Queue, Settings, first_due, jitter, next,
};

/// Feeds of the test; the n-th publishes once in n + 1 quarters of an hour.
const FEEDS: u32 = 100;

/// Polls `FEEDS` feeds for so many days under these budgets; returns the requests of each day.
fn requests(settings: &Settings, mut budgets: Vec<Budget>, days: u32) -> Vec<u32> {
    let start: Timestamp = START.parse().unwrap();
    let mut queue = Queue::default();
    let id = |n: u32| FeedId::new(&format!("feed-{n}")).unwrap();
    let mut states = vec![FeedState { revalidates: true, ..FeedState::default() }; FEEDS as usize];
    for n in 0..FEEDS {
        queue.schedule(n, first_due(settings, &id(n), start));
    }
    let mut by_day = vec![0; days as usize];
    while let Some((n, now)) = queue.next_due().and_then(|now| queue.pop(now)) {
        let day = usize::try_from(now.duration_since(start).as_hours() / 24).unwrap();
        let Some(today) = by_day.get_mut(day) else { break };
        *today += 1;
        let state = &mut states[n as usize];
        let outcome = published(i64::from(n + 1) * 900, state.last_polled, now);
        let threshold = budgets.iter().map(Budget::threshold).fold(0.0, f64::max);
        let pace = Pace { jitter: jitter(&id(n), now), threshold };
        *state = next(settings, state, &outcome, now, pace);
        for budget in &mut budgets {
            budget.polled(n, state, now);
        }
        queue.schedule(n, state.next_due.unwrap());
    }
    by_day
}

/// A feed that publishes once in `gap` seconds, read at `now`.
fn published(gap: i64, seen: Option<Timestamp>, now: Timestamp) -> Outcome {
    let last = now.as_second() / gap;
    let known = seen.map_or(last - 20, |at| at.as_second() / gap);
    if known == last {
        return not_modified();
    }
    let published = (known + 1..=last).map(|n| Timestamp::from_second(n * gap).unwrap()).collect();
    let new = u32::try_from(last - known).unwrap();
    Outcome::new(Answer::Document(Document { published, new, window: 20 }))
}

/// The requests differ from so many a day by at most one in a hundred.
#[track_caller]
fn check(by_day: &[u32], a_day: u32) {
    let days = u32::try_from(by_day.len()).unwrap();
    let off = f64::from(by_day.iter().sum::<u32>()) / f64::from(a_day * days) - 1.0;
    assert!(off.abs() < 0.01, "{off} off {a_day}: {by_day:?}");
}

#[test]
fn c5_the_daemon_spends_its_budget() {
    let settings = Settings { every: Span::seconds(3600), ..Settings::default() };
    let by_day = requests(&settings, vec![Budget::new(&settings)], 21);
    check(&by_day, 24 * FEEDS);
    let first = f64::from(by_day[0]) / f64::from(24 * FEEDS);
    assert!((0.7..1.4).contains(&first), "the first day already comes near: {first}");
}

#[test]
fn p1_a_host_that_bears_one_request_a_minute_gets_no_more() {
    let settings = Settings::default();
    let budgets = vec![Budget::new(&settings), Budget::of_host(&settings, 1.0 / 60.0)];
    check(&requests(&settings, budgets, 21), 24 * 60);
}
