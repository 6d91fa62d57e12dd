//! V: conditional requests, as far as the schedule decides about them.

use super::poller::{Poller, document, failed, history, not_modified, same_body};
use wiredesk::model::{Trust, Validators};
use wiredesk::schedule::{Failure, validators};

const DAY: u64 = 86_400;

/// A feed with an entry an hour that answers 304 from now on.
fn hourly() -> Poller {
    let mut poller = Poller::adaptive();
    let (etag, last_modified) = (Some(b"\"1\"".to_vec()), Some(b"Mon, 05 Jan 2026".to_vec()));
    poller.state.validators = Validators { etag, last_modified };
    poller.poll(&history(poller.now, 20, 3600));
    poller
}

/// A feed with 304 for more than three days, about to be probed.
fn doubted() -> Poller {
    let mut poller = hourly();
    for _ in 0..7 {
        poller.pass(DAY / 2).poll(&not_modified());
    }
    assert!(poller.state.probe);
    poller
}

#[test]
fn v2_a_feed_without_validators_is_asked_rarely() {
    let mut poller = Poller::adaptive();
    let wait = poller.poll(&history(poller.now, 20, 3 * 3600));
    assert_eq!(wait, 3600);
    assert!(poller.state.due_reason.contains("not modified"), "{}", poller.state.due_reason);
    poller.state.revalidates = true;
    assert!(poller.sleep().poll(&not_modified()) < 3600);
}

#[test]
fn v2_but_not_so_rarely_that_entries_are_lost() {
    let mut poller = Poller::adaptive();
    for _ in 0..150 {
        poller.poll(&history(poller.now, 15, 60));
        poller.pass(900);
    }
    let wait = poller.poll(&history(poller.now, 15, 60));
    assert!(wait < 800, "6 of 15 entries at one a minute: {wait}");
}

#[test]
fn v9_a_long_not_modified_is_doubted_once() {
    let mut poller = hourly();
    poller.pass(2 * DAY).poll(&not_modified());
    assert!(!poller.state.probe, "a weekend may be silent");
    let mut poller = doubted();
    assert_eq!(validators(&poller.state), Validators::default());
    poller.sleep().poll(&failed(Failure::Timeout));
    assert!(poller.state.probe, "a failure answers nothing");
    poller.sleep().poll(&same_body());
    assert_eq!(validators(&poller.state), poller.state.validators);
    poller.pass(6 * DAY).poll(&not_modified());
    assert!(!poller.state.probe, "at most once a week");
    assert_eq!(poller.state.trust, Trust::Full);
}

#[test]
fn v9_validators_that_lied_are_not_sent_again() {
    let mut poller = doubted();
    poller.sleep().poll(&document(5));
    assert_eq!(poller.state.trust, Trust::LastModified);
    let sent = validators(&poller.state);
    assert_eq!((sent.etag, sent.last_modified.is_some()), (None, true));
    poller.state.probe = true;
    poller.sleep().poll(&document(5));
    assert_eq!(poller.state.trust, Trust::Nothing);
    assert_eq!(validators(&poller.state), Validators::default());
}

#[test]
fn v9_a_slow_feed_may_be_silent() {
    let mut poller = Poller::adaptive();
    poller.poll(&history(poller.now, 10, 3 * DAY));
    for _ in 0..30 {
        poller.pass(DAY / 2).poll(&not_modified());
        assert!(!poller.state.probe);
    }
}

#[test]
fn v10_the_same_bytes_are_an_unchanged_feed() {
    let (mut by_server, mut by_body) = (Poller::fixed(), Poller::fixed());
    by_server.poll(&document(1));
    by_body.poll(&document(1));
    assert_eq!(by_server.sleep().poll(&not_modified()), by_body.sleep().poll(&same_body()));
    assert!(by_server.state.revalidates && !by_body.state.revalidates);
}
