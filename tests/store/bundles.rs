//! Entries that wait together.

use super::{both, news, verified};
use wiredesk::model::Entry;
use wiredesk::store::{BundleId, InboxItem, Writer};

pub(super) fn items(feed: u64, from: u64, to: u64) -> Vec<InboxItem> {
    let item = |n| InboxItem {
        feed: news::feed(feed),
        entry: Entry {
            key: format!("key {n}"),
            content: Some(format!("{n} words of an entry ").repeat(4000)),
            ..Entry::default()
        },
        fingerprint: n,
        first_seen: news::at(0),
        attempts: 0,
        not_before: news::at(n),
        last_error: None,
    };
    (from..to).map(item).collect()
}

#[test]
fn bundles_come_in_the_order_in_which_they_are_due() {
    let write = |writer: &mut Writer| {
        let mut txn = writer.begin();
        for (feed, from, to) in [(1, 30, 33), (2, 10, 12), (1, 20, 21)] {
            txn.put_bundle(&items(feed, from, to)).unwrap();
        }
        txn.put_bundle(&[]).unwrap();
        txn.commit().unwrap();
        let mut txn = writer.begin();
        let gone = BundleId::of(&items(1, 20, 21)).unwrap();
        txn.remove_bundle(&gone, 1).unwrap();
        txn.remove_bundle(&gone, 1).unwrap();
        txn.put_inbox(&items(3, 5, 6)[0]).unwrap();
        txn.commit().unwrap();
    };
    both(write, |store| {
        verified(store);
        let bundles = store.bundles().unwrap();
        let names: Vec<_> = bundles.iter().map(|id| (id.feed().clone(), id.due())).collect();
        assert_eq!(names, [(news::feed(2), news::at(10)), (news::feed(1), news::at(30))]);
        assert_eq!(store.bundle(&bundles[0]).unwrap(), Some(items(2, 10, 12)));
        assert_eq!(store.bundle(&bundles[1]).unwrap(), Some(items(1, 30, 33)));
        assert_eq!(store.bundle(&BundleId::of(&items(1, 20, 21)).unwrap()).unwrap(), None);
        assert_eq!(store.inbox_len().unwrap(), 6);
        assert_eq!(store.seen(&news::feed(1), "key 31").unwrap(), Some(31));
    });
}
