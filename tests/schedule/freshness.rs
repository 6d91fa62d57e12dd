//! H: the wishes of servers and feeds.

use super::poller::{
    Poller, document, failed, fresh, not_modified, retry_after, same_body, status,
};
use wiredesk::model::FeedHints;
use wiredesk::schedule::{Failure, Hint, Outcome};

/// A quarter of an hour: the interval of `Poller::fixed`.
const EVERY: i64 = 900;

/// The wait after one answer, with these hints of the feed.
#[track_caller]
fn check(outcome: &Outcome, hints: FeedHints, expect: i64) {
    let mut poller = Poller::fixed();
    poller.state.hints = hints;
    let wait = poller.poll(outcome);
    assert_eq!(wait, expect, "{outcome:?}");
}

fn plain(outcome: &Outcome, expect: i64) {
    check(outcome, FeedHints::default(), expect);
}

#[test]
fn h1_a_fresh_answer_is_not_asked_for_again() {
    plain(&fresh(document(1), 3600), 3600);
    plain(&fresh(not_modified(), 3600), 3600);
    plain(&fresh(status(429), 172_800), 172_800);
    plain(&fresh(status(404), 3600), 3600);
    plain(&fresh(same_body(), 60), EVERY);
    plain(&fresh(status(502), 172_800), EVERY);
}

#[test]
fn h1_a_wish_is_capped_and_says_so() {
    let mut poller = Poller::fixed();
    let wait = poller.poll(&fresh(document(1), u64::MAX));
    assert_eq!(wait, 7 * 86_400);
    assert!(poller.state.due_reason.contains("capped at 1w"), "{}", poller.state.due_reason);
    plain(&retry_after(status(503), u64::MAX), 30 * 86_400);
}

#[test]
fn h3_ttl_and_update_period_are_obeyed() {
    let ttl = |minutes| FeedHints { ttl_minutes: Some(minutes), ..FeedHints::default() };
    check(&document(1), ttl(60), 3600);
    check(&document(1), ttl(5), EVERY);
    check(&document(1), ttl(0), EVERY);
    check(&document(1), ttl(u32::MAX), 7 * 86_400);
    let period = FeedHints { update_every_seconds: Some(3600), ..FeedHints::default() };
    check(&not_modified(), period.clone(), 3600);
    let base = Some("2000-01-01T00:20:00Z".parse().unwrap());
    check(&document(1), FeedHints { update_base: base, ..period }, 1200);
}

#[test]
fn h3_skipped_hours_and_days_are_slept_through() {
    // The clock stands at Monday noon.
    let hours = |skip_hours| FeedHints { skip_hours, ..FeedHints::default() };
    check(&document(1), hours(1 << 12 | 1 << 13), 2 * 3600);
    check(&document(1), hours(1 << 13), EVERY);
    check(&document(1), hours(0xff_ffff), EVERY);
    let days = |skip_days| FeedHints { skip_days, ..FeedHints::default() };
    check(&document(1), days(0b11), 36 * 3600);
    check(&document(1), days(0b10), EVERY);
    check(&document(1), days(0x7f), EVERY);
    check(
        &document(1),
        FeedHints { skip_hours: 0xf, skip_days: 1, ..FeedHints::default() },
        16 * 3600,
    );
    check(&failed(Failure::Network), hours(1 << 12), 3600);
}

#[test]
fn h4_the_longest_wish_wins() {
    let ttl = FeedHints { ttl_minutes: Some(120), ..FeedHints::default() };
    check(&retry_after(fresh(status(503), 9), 1800), ttl.clone(), 7200);
    check(&retry_after(fresh(document(1), 60), 14_400), ttl, 14_400);
}

#[test]
fn h5_a_wish_that_is_not_obeyed_is_ignored() {
    let mut poller = Poller::fixed();
    poller.settings.obey = vec![Hint::RetryAfter];
    poller.state.hints.ttl_minutes = Some(600);
    poller.state.hints.skip_hours = 1 << 12;
    assert_eq!(poller.poll(&fresh(document(1), 36_000)), EVERY);
    assert_eq!(poller.poll(&retry_after(document(1), 36_000)), 36_000);
}

#[test]
fn h6_an_outage_is_no_end() {
    let mut poller = Poller::fixed();
    poller.poll(&document(3));
    let known = poller.state.clone();
    poller.sleep().poll(&status(500));
    assert_eq!(poller.state.last_new, known.last_new);
    assert_eq!(poller.state.rhythm, known.rhythm);
    assert!(poller.state.next_due.is_some());
}
