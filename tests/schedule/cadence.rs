//! C: how often a feed is polled, at start and ever after; W5: while a hub pushes.

use super::poller::{Poller, document, history, not_modified, retry_after, same_body, status};
use std::collections::BTreeMap;
use std::time::Duration;
use wiredesk::model::{FeedId, FeedState, Health, Span, Timestamp, Validators};
use wiredesk::schedule::{Queue, Settings, first_due, jitter, resume, why};

fn feed(n: u32) -> FeedId {
    FeedId::new(&format!("feed-{n}")).unwrap()
}

fn now() -> Timestamp {
    super::poller::START.parse().unwrap()
}

#[test]
fn c1_a_restart_polls_nothing_early() {
    let mut poller = Poller::fixed();
    poller.poll(&document(1));
    let due = poller.state.next_due;
    for pause in [0, 1, 600, 899] {
        assert_eq!(
            resume(
                &poller.settings,
                &feed(1),
                &poller.state,
                poller.now + Duration::from_secs(pause)
            ),
            due
        );
    }
}

#[test]
fn c1_state_survives_text() {
    let mut poller = Poller::adaptive();
    poller.poll(&history(poller.now, 20, 3600));
    let text = serde_json::to_string(&poller.state).unwrap();
    assert!(text.len() < 2000, "{} bytes", text.len());
    assert_eq!(serde_json::from_str::<FeedState>(&text).unwrap(), poller.state);
    let old: FeedState = serde_json::from_str(r#"{"failures":2,"health":"failing"}"#).unwrap();
    assert_eq!((old.failures, old.health), (2, Health::Failing));
}

#[test]
fn c1_new_settings_apply_without_an_early_poll() {
    let mut poller = Poller::fixed();
    poller.poll(&document(1));
    let after = |poller: &Poller, settings: &Settings, pause: u64| {
        let now = poller.now + Duration::from_secs(pause);
        resume(settings, &feed(1), &poller.state, now).unwrap().duration_since(poller.now).as_secs()
    };
    let quicker = Settings { every: Span::seconds(300), ..poller.settings.clone() };
    assert_eq!(after(&poller, &quicker, 60), 300);
    let slower = Settings { every: Span::seconds(7200), ..poller.settings.clone() };
    assert_eq!(after(&poller, &slower, 60), 7200);
    poller.poll(&retry_after(status(503), 36_000));
    assert_eq!(after(&poller, &quicker, 60), 36_000);
}

#[test]
fn c2_jitter_only_adds() {
    for jitter in [0.0, 0.3, 1.0, 7.0, -1.0, f64::NAN] {
        let mut poller = Poller { jitter, ..Poller::fixed() };
        poller.settings.jitter = 0.1;
        let wait = poller.poll(&document(1));
        assert!((900..=990).contains(&wait), "{jitter}: {wait}");
    }
}

#[test]
fn c2_an_interval_of_two_seconds_works() {
    let mut poller = Poller { jitter: 0.99, ..Poller::rehearsal() };
    poller.settings.jitter = 0.1;
    for outcome in [document(1), not_modified(), same_body()] {
        let wait = poller.poll(&outcome);
        assert!(wait == 2, "{wait}");
        poller.sleep();
    }
    let waits = poller.waits(&vec![status(500); 4]);
    assert!(waits[0] >= 2 && waits[0] <= 3 && waits[3] >= 16, "{waits:?}");
}

#[test]
fn c2_the_minimum_holds_for_the_busiest_feed() {
    let mut poller = Poller::adaptive();
    poller.state.validators = Validators { etag: Some(b"\"x\"".to_vec()), last_modified: None };
    assert_eq!(poller.poll(&history(poller.now, 20, 1)), 120);
}

#[test]
fn c4_a_poll_by_hand_moves_the_next_one() {
    let mut poller = Poller::fixed();
    poller.poll(&document(1));
    assert_eq!(poller.pass(450).poll(&not_modified()), 900);
}

#[test]
fn c5_first_polls_are_spread_evenly() {
    let settings = Settings::default();
    let mut minutes = BTreeMap::<i64, u32>::new();
    for n in 0..15_000 {
        let due = first_due(&settings, &feed(n), now());
        assert!(due >= now());
        *minutes.entry(due.duration_since(now()).as_secs() / 60).or_default() += 1;
    }
    assert_eq!(minutes.len(), 15);
    assert!(minutes.values().all(|n| (850..1150).contains(n)), "{minutes:?}");
    let rehearsal = Poller::rehearsal().settings;
    assert!(
        (0..100)
            .all(|n| { first_due(&rehearsal, &feed(n), now()) <= now() + Duration::from_secs(2) })
    );
}

#[test]
fn c5_chance_is_even_and_repeatable() {
    let mean = (0..10_000).map(|n| jitter(&feed(n), now())).sum::<f64>() / 10_000.0;
    assert!((mean - 0.5).abs() < 0.02, "{mean}");
    assert_eq!(jitter(&feed(1), now()).to_bits(), jitter(&feed(1), now()).to_bits());
    assert_ne!(jitter(&feed(1), now()).to_bits(), jitter(&feed(2), now()).to_bits());
}

#[test]
fn c7_a_long_stop_becomes_one_poll_spread_out() {
    let mut poller = Poller::fixed();
    poller.poll(&document(1));
    let back = poller.now + Duration::from_hours(24);
    let mut latest = back;
    for n in 0..100 {
        let due = resume(&poller.settings, &feed(n), &poller.state, back).unwrap();
        assert!(due >= back && due <= back + Duration::from_mins(15));
        latest = latest.max(due);
    }
    assert!(latest > back + Duration::from_mins(10), "spread over the interval");
    let just_late = poller.state.next_due.unwrap() + Duration::from_secs(2);
    let due = resume(&poller.settings, &feed(1), &poller.state, just_late).unwrap();
    assert!(due <= just_late + Duration::from_secs(2), "a short stop costs little");
}

#[test]
fn c8_a_feed_is_asked_before_its_document_overflows() {
    let mut poller = Poller { threshold: 1e12, ..Poller::adaptive() };
    poller.settings.max = Span::seconds(864_000);
    poller.state.validators = Validators { etag: Some(b"\"x\"".to_vec()), last_modified: None };
    let wait = poller.poll(&history(poller.now, 20, 3 * 3600));
    assert!((80_000..140_000).contains(&wait), "8 of 20 entries at one in 3 h: {wait}");
    assert!(poller.state.due_reason.contains("lost"), "{}", poller.state.due_reason);
}

#[test]
fn c9_the_queue_hands_out_what_is_due_in_order_and_once() {
    let at = |seconds: i64| Timestamp::new(seconds, 0).unwrap();
    let mut queue = Queue::default();
    for (feed, due) in [(1, 30), (2, 10), (3, 20), (1, 5)] {
        queue.schedule(feed, at(due));
    }
    assert_eq!((queue.len(), queue.next_due()), (3, Some(at(5))));
    assert!(queue.remove(3) && !queue.remove(3));
    assert_eq!(queue.pop(at(4)), None);
    assert_eq!(queue.pop(at(60)), Some((1, at(5))));
    assert_eq!(queue.pop(at(60)), Some((2, at(10))));
    assert_eq!(queue.pop(at(60)), None);
    queue.schedule(9, Timestamp::new(7, 1).unwrap());
    assert_eq!(queue.pop(at(7)), None, "not even a nanosecond early");
}

#[test]
fn c9_a_hundred_thousand_feeds_are_cheap() {
    let settings = Settings::default();
    let mut queue = Queue::default();
    for n in 0..100_000 {
        queue.schedule(n, first_due(&settings, &feed(n), now()));
    }
    let end = now() + settings.every.get();
    let mut last = now();
    for _ in 0..200_000 {
        let (n, due) = queue.pop(end + Duration::from_hours(1)).unwrap();
        assert!(due >= last, "most urgent first");
        last = due;
        queue.schedule(n, due + settings.every.get());
    }
    assert_eq!(queue.len(), 100_000);
}

#[test]
fn c10_a_stated_reason_for_every_wait() {
    let mut poller = Poller::fixed();
    assert_eq!(why(&poller.state, poller.now), "Not scheduled yet.");
    poller.poll(&status(500));
    let text = why(&poller.state, poller.now);
    assert!(
        text.starts_with("Due at 2026-01-05T12:15:00Z, in 15m: back-off after a failure: 15m."),
        "{text}"
    );
    assert!(text.contains("Failed 1 time over 0s; last: Status(500)."), "{text}");
}

#[test]
fn w5_polls_are_rare_while_a_hub_pushes() {
    let mut poller = Poller::fixed();
    poller.state.pushed_until = Some(poller.now + Duration::from_hours(240));
    assert_eq!(poller.poll(&history(poller.now, 20, 3600)), 3 * 3600);
    assert_eq!(poller.pass(7 * 3600).poll(&not_modified()), 900, "the hub fell silent");
    poller.poll(&document(1));
    poller.state.pushed_until = Some(poller.now);
    assert_eq!(poller.poll(&not_modified()), 900, "the lease is over");
}
