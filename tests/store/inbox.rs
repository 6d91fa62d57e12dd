//! The inbox, feed states, fingerprints and consumers.

use super::{both, news};
use wiredesk::model::{Entry, FeedState};
use wiredesk::store::{self, InboxItem, Writer};

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
        txn.retry_inbox(&InboxItem { attempts: 1, ..item(9, 500) }).unwrap();
        txn.remove_inbox(&news::feed(2), "key 8").unwrap();
        txn.remove_inbox(&news::feed(2), "never there").unwrap();
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
        assert_eq!(store.seen(&news::feed(2), "key 8").unwrap(), Some(8), "also when removed");
        assert_eq!(store.seen(&news::feed(1), "key 8").unwrap(), None);
    });
}

#[test]
fn feeds_and_consumers_are_remembered() {
    let state = |n: u32| FeedState { failures: n, ..FeedState::default() };
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
