//! The inbox, feed states, fingerprints and consumers.

use super::{both, news};
use wiredesk::model::{Entry, FeedState, Link, Validators};
use wiredesk::store::{self, InboxItem, PageMark, Writer};

fn item(n: u64, due: u64) -> InboxItem {
    InboxItem {
        feed: news::feed(n % 3),
        entry: Entry { key: format!("key {n}"), title: "A title".into(), ..Entry::default() },
        fingerprint: n,
        first_seen: news::at(0),
        attempts: 0,
        not_before: news::at(due),
        last_error: None,
    }
}

#[test]
fn items_come_out_when_they_are_due() {
    let write = |writer: &mut Writer| {
        let mut txn = writer.begin();
        for n in 0..10 {
            txn.put_inbox(&item(n, 100 - n)).unwrap();
        }
        txn.retry_inbox(&InboxItem { attempts: 1, ..item(9, 500) }, news::at(91)).unwrap();
        // What its feed has changed since stays as it is.
        txn.retry_inbox(&InboxItem { attempts: 1, ..item(7, 600) }, news::at(92)).unwrap();
        txn.remove_inbox(&news::feed(2), "key 8", news::at(92)).unwrap();
        txn.remove_inbox(&news::feed(2), "never there", news::at(92)).unwrap();
        // What its feed has changed since stays.
        txn.remove_inbox(&news::feed(0), "key 9", news::at(91)).unwrap();
        txn.commit().unwrap();
    };
    both(write, |store| {
        assert_eq!(store.inbox_len().unwrap(), 9);
        assert_eq!(store.inbox_next().unwrap(), Some(news::at(93)));
        let due = |seconds, limit| {
            let items = store.inbox_due(news::at(seconds), limit).unwrap();
            items.iter().map(|i| i.fingerprint).collect::<Vec<_>>()
        };
        assert_eq!(due(92, 10), [0; 0]);
        assert_eq!(due(94, 10), [7, 6]);
        assert_eq!(due(1000, 3), [7, 6, 5]);
        assert_eq!(due(1000, 100), [7, 6, 5, 4, 3, 2, 1, 0, 9]);
        assert_eq!(store.inbox_due(news::at(93), 1).unwrap(), [item(7, 93)]);
        let mut waiting = Vec::new();
        store.inbox_each(|item| waiting.push(item)).unwrap();
        assert_eq!((waiting.len(), &waiting[0]), (9, &item(7, 93)));
        assert_eq!(store.seen(&news::feed(2), "key 8").unwrap(), Some(8), "also when removed");
        assert_eq!(store.seen(&news::feed(1), "key 8").unwrap(), None);
    });
}

#[test]
fn feeds_and_consumers_are_remembered() {
    let state =
        |n: u32| FeedState { failures: n, next_due: Some(news::at(9)), ..FeedState::default() };
    let write = |writer: &mut Writer| {
        let mut txn = writer.begin();
        for n in 0..5 {
            txn.put_feed_state(&news::feed(n), &state(7)).unwrap();
        }
        txn.put_feed_state(&news::feed(2), &state(8)).unwrap();
        txn.remove_feed_state(&news::feed(3)).unwrap();
        txn.put_consumer("reader", 41);
        txn.commit().unwrap();
    };
    both(write, |store| {
        assert_eq!(store.feed_state(&news::feed(2)).unwrap(), Some(state(8)));
        assert_eq!(store.feed_state(&news::feed(3)).unwrap(), None);
        let ids: Vec<_> = store.feed_states().unwrap().into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, [0, 1, 2, 4].map(news::feed));
        let health = store.feed_states().unwrap().into_iter().map(|(id, s)| (id, s.health));
        assert_eq!(store.feed_healths().unwrap(), health.collect());
        let outline = store.feed_outline(&news::feed(2)).unwrap().unwrap();
        assert_eq!(outline, FeedState { failures: 0, next_due: Some(news::at(9)), ..state(8) });
        assert_eq!(store.consumer("reader").unwrap(), Some(41));
        assert_eq!(store.consumer("other").unwrap(), None);
    });
}

#[test]
fn the_near_index_has_its_own_keys() {
    let (_, mut writer) = store::in_memory().unwrap();
    let mut txn = writer.begin();
    txn.put_near(b"a", Some(b"b".to_vec()));
    assert_eq!(txn.near(b"a").unwrap().as_deref(), Some(&b"b"[..]));
    txn.commit().unwrap();
    let mut txn = writer.begin();
    assert_eq!(txn.near(b"a").unwrap().as_deref(), Some(&b"b"[..]));
    txn.put_near(b"a", None);
    assert_eq!(txn.near(b"a").unwrap(), None);
}

#[test]
fn times_of_polls_are_remembered_beside_the_whole_state() {
    let state = |polled: u64, failures: u32| FeedState {
        last_polled: Some(news::at(polled)),
        last_success: Some(news::at(polled)),
        next_due: Some(news::at(polled + 900)),
        due_reason: format!("after {polled}"),
        failures,
        ..FeedState::default()
    };
    let write = |writer: &mut Writer| {
        let mut txn = writer.begin();
        for n in 0..4 {
            txn.put_feed_state(&news::feed(n), &state(100, 7)).unwrap();
        }
        for n in 1..4 {
            txn.put_times(&news::feed(n), &state(200, 0));
        }
        txn.put_feed_state(&news::feed(2), &state(300, 8)).unwrap();
        txn.remove_feed_state(&news::feed(3)).unwrap();
        txn.put_times(&news::feed(9), &state(200, 0));
        txn.commit().unwrap();
    };
    both(write, |store| {
        let expect = [Some(state(100, 7)), Some(state(200, 7)), Some(state(300, 8)), None];
        for (n, expect) in (0..).zip(expect) {
            assert_eq!(store.feed_state(&news::feed(n)).unwrap(), expect, "feed {n}");
        }
        assert_eq!(store.feed_state(&news::feed(9)).unwrap(), None, "times alone are no state");
        let all = store.feed_states().unwrap().into_iter().map(|(_, state)| state);
        assert_eq!(all.collect::<Vec<_>>(), [state(100, 7), state(200, 7), state(300, 8)]);
    });
}

#[test]
fn what_a_page_gave_is_kept_until_it_gives_nothing() {
    let mark = |etag: Option<&[u8]>| PageMark {
        at: Link::parse("https://a.example/1", None).unwrap(),
        validators: Validators { etag: etag.map(<[u8]>::to_vec), last_modified: None },
    };
    let write = |writer: &mut Writer| {
        let mut txn = writer.begin();
        for key in ["kept", "dropped"] {
            txn.put_page(&news::feed(1), key, &mark(Some(b"\"a\""))).unwrap();
        }
        txn.put_page(&news::feed(1), "dropped", &mark(None)).unwrap();
        txn.commit().unwrap();
    };
    both(write, |store| {
        let page = |key| store.page(&news::feed(1), key).unwrap();
        assert_eq!(page("kept"), Some(mark(Some(b"\"a\""))));
        assert_eq!((page("dropped"), page("never there")), (None, None));
    });
}
