//! E: failures, back-off, redirects, the end of a feed.

use super::poller::{
    Poller, document, failed, link, not_modified, redirected, retry_after, status,
};
use wiredesk::model::Health;
use wiredesk::schedule::{Answer, Failure, Outcome, address};

const DAY: u64 = 86_400;
const OLD: &str = "https://old.example/feed";
const NEW: &str = "https://new.example/feed";

/// The waits after `n` answers like this one.
fn repeated(poller: &mut Poller, outcome: &Outcome, n: usize) -> Vec<i64> {
    poller.waits(&vec![outcome.clone(); n])
}

#[test]
fn e1_retry_after_is_kept_on_any_status() {
    for outcome in [status(429), status(503), status(404), document(1), not_modified()] {
        let wait = Poller::fixed().poll(&retry_after(outcome.clone(), 3600));
        assert!(wait == 3600, "{outcome:?}: {wait}");
    }
    let waits = repeated(&mut Poller::rehearsal(), &retry_after(status(429), 8), 2);
    assert!(waits.iter().all(|wait| *wait >= 8), "{waits:?}");
}

#[test]
fn e3_too_many_requests_slows_down_at_once() {
    let waits = repeated(&mut Poller::fixed(), &status(429), 3);
    assert_eq!(waits, [1800, 3600, 7200]);
}

#[test]
fn e4_forbidden_twice_is_a_rate_limit() {
    let waits = repeated(&mut Poller::fixed(), &status(403), 3);
    assert_eq!(waits, [900, 3600, 7200]);
}

#[test]
fn e5_pauses_double_up_to_their_cap() {
    for class in [
        Failure::Network,
        Failure::Timeout,
        Failure::Tls,
        Failure::Status(500),
        Failure::Status(404),
        Failure::Suspicious,
        Failure::Malformed,
    ] {
        let waits = repeated(&mut Poller::fixed(), &failed(class), 9);
        assert_eq!(waits[..4], [900, 1800, 3600, 7200], "{class:?}");
        assert_eq!(waits[7..], [86_400, 86_400], "{class:?}");
    }
}

#[test]
fn e5_feeds_that_failed_together_spread() {
    let wait = |jitter| Poller { jitter, ..Poller::fixed() }.poll(&failed(Failure::Network));
    assert_eq!((wait(0.0), wait(1.0)), (900, 1350));
}

#[test]
fn e6_dead_feeds_are_asked_now_and_then_for_ever_and_heal_at_once() {
    let mut poller = Poller::fixed();
    let waits = repeated(&mut poller, &failed(Failure::Network), 60);
    assert_eq!(poller.state.health, Health::Dead);
    assert_eq!(waits.last(), Some(&604_800));
    assert!(poller.state.due_reason.contains("dead"), "{}", poller.state.due_reason);
    assert_eq!(poller.poll(&document(1)), 900);
    assert_eq!(poller.state.health, Health::Ok);
    assert_eq!((poller.state.failures, poller.state.last_error.as_deref()), (0, None));
}

#[test]
fn e7_an_offline_machine_charges_nobody() {
    let offline = Outcome::new(Answer::Offline);
    let wait = |jitter| {
        let mut poller = Poller { jitter, ..Poller::fixed() };
        poller.poll(&document(1));
        let before = poller.state.clone();
        let wait = poller.sleep().poll(&offline);
        assert_eq!(poller.state.failures, 0);
        assert_eq!(
            (poller.state.health, poller.state.last_polled),
            (Health::Ok, before.last_polled)
        );
        wait
    };
    assert_eq!((wait(0.0), wait(0.5), wait(1.0)), (120, 570, 1020));
}

#[test]
fn e2_a_resting_host_charges_its_other_feeds_nothing() {
    let mut poller = Poller::fixed();
    poller.poll(&document(1));
    let rests = retry_after(Outcome::new(Answer::HostRests), 3600);
    assert_eq!(poller.sleep().poll(&rests), 3600);
    assert_eq!((poller.state.failures, poller.state.health), (0, Health::Ok));
}

#[test]
fn e7_an_offline_machine_keeps_promises() {
    let mut poller = Poller::fixed();
    poller.poll(&retry_after(status(503), 36_000));
    assert!(poller.pass(60).poll(&Outcome::new(Answer::Offline)) >= 35_940);
}

#[test]
fn e8_gone_is_believed_after_a_day() {
    let gone = Outcome::new(Answer::Gone);
    let mut poller = Poller::fixed();
    assert!(poller.poll(&gone) >= 86_400);
    assert!(poller.pass(3600).poll(&gone) >= 82_800, "asked by hand in between");
    assert_eq!(poller.state.health, Health::Failing);
    poller.sleep();
    poller.jitter = 0.5;
    poller.state = wiredesk::schedule::next(
        &poller.settings,
        &poller.state,
        &gone,
        poller.now,
        wiredesk::schedule::Pace { jitter: 0.5, threshold: 1.0 },
    );
    assert_eq!((poller.state.health, poller.state.next_due), (Health::Gone, None));
}

#[test]
fn e8_a_feed_that_comes_back_was_not_gone() {
    let mut poller = Poller::fixed();
    poller.waits(&[Outcome::new(Answer::Gone), document(0), Outcome::new(Answer::Gone)]);
    assert_eq!(poller.state.health, Health::Failing);
}

#[test]
fn e8_a_rehearsal_confirms_with_one_poll() {
    let mut poller = Poller::rehearsal();
    let wait = poller.poll(&Outcome::new(Answer::Gone));
    assert!((2..4).contains(&wait), "{wait}");
    poller.sleep();
    let pace = wiredesk::schedule::Pace { jitter: 0.0, threshold: 1.0 };
    let state = wiredesk::schedule::next(
        &poller.settings,
        &poller.state,
        &Outcome::new(Answer::Gone),
        poller.now,
        pace,
    );
    assert_eq!(state.health, Health::Gone);
}

#[test]
fn e9_a_permanent_redirect_is_believed_after_three_days() {
    let mut poller = Poller::fixed();
    let moved = redirected(not_modified(), OLD, NEW);
    for _ in 0..3 * 96 {
        poller.poll(&moved);
        assert_eq!(address(&poller.state, &link(OLD)), &link(OLD));
        poller.sleep();
    }
    poller.poll(&moved);
    assert_eq!(address(&poller.state, &link(OLD)), &link(NEW));
    assert_eq!(
        address(&poller.state, &link("https://other.example/")).as_str(),
        "https://other.example/"
    );
}

#[test]
fn e9_rare_polls_need_three() {
    let mut poller = Poller::fixed();
    let moved = redirected(document(1), OLD, NEW);
    for believed in [false, false, true] {
        poller.poll(&moved);
        assert_eq!(poller.state.moved.is_some(), believed);
        poller.pass(5 * DAY);
    }
}

#[test]
fn e9_a_stray_redirect_is_forgotten() {
    let mut poller = Poller::fixed();
    let moved = redirected(document(1), OLD, NEW);
    for outcome in [&moved, &moved, &document(1), &moved, &moved] {
        poller.poll(outcome);
        poller.pass(2 * DAY);
    }
    assert_eq!(poller.state.moved, None);
    let elsewhere = redirected(document(1), OLD, "https://third.example/");
    poller.poll(&elsewhere);
    assert_eq!(poller.state.moving.as_ref().unwrap().polls, 1);
}

#[test]
fn e9_encryption_is_never_given_up() {
    let mut poller = Poller::fixed();
    for _ in 0..5 {
        poller.poll(&redirected(document(1), OLD, "http://old.example/feed"));
        poller.pass(2 * DAY);
    }
    assert_eq!((poller.state.moved, poller.state.moving), (None, None));
}

/// A poller that believed the move.
fn moved() -> Poller {
    let mut poller = Poller::fixed();
    for _ in 0..3 {
        poller.poll(&redirected(document(1), OLD, NEW));
        poller.pass(2 * DAY);
    }
    assert_eq!(address(&poller.state, &link(OLD)), &link(NEW));
    poller
}

#[test]
fn e9_the_old_address_is_asked_once_more_after_a_week() {
    let asks_old = |poller: &Poller| address(&poller.state, &link(OLD)) == &link(OLD);
    let mut poller = moved();
    poller.pass(5 * DAY).poll(&not_modified());
    assert!(asks_old(&poller), "a week is over");
    poller.sleep().poll(&redirected(not_modified(), OLD, NEW));
    assert!(!asks_old(&poller), "it still redirects");
    poller.pass(30 * DAY).poll(&not_modified());
    assert!(!asks_old(&poller), "once is enough");

    let mut poller = moved();
    poller.pass(5 * DAY).poll(&not_modified());
    poller.sleep().poll(&document(1));
    assert!(asks_old(&poller), "it is alive again");
    assert_eq!(poller.state.moved, None);
}

#[test]
fn e9_a_dead_new_address_leads_back() {
    let mut poller = moved();
    poller.poll(&status(404));
    poller.sleep().poll(&status(404));
    assert_eq!(address(&poller.state, &link(OLD)), &link(NEW));
    poller.sleep().poll(&status(404));
    assert_eq!(address(&poller.state, &link(OLD)), &link(OLD));
}

#[test]
fn e9_a_rehearsal_believes_after_four_polls() {
    let mut poller = Poller::rehearsal();
    poller.waits(&vec![redirected(document(1), OLD, NEW); 4]);
    assert_eq!(address(&poller.state, &link(OLD)), &link(NEW));
}

#[test]
fn e11_a_suspicious_answer_is_a_failure() {
    let mut poller = Poller::fixed();
    poller.poll(&document(3));
    let known = poller.state.clone();
    poller.sleep().poll(&failed(Failure::Suspicious));
    assert_eq!(poller.state.health, Health::Failing);
    assert_eq!(poller.state.validators, known.validators);
    assert_eq!(poller.state.rhythm, known.rhythm);
}
