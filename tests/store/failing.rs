//! An engine that fails at any one of its calls: the store is then as before or as after the
//! commit, never between, and catches up from the changes.

use super::map::{Failure, Map};
use super::{apply, news, verified};
use std::path::Path;
use std::sync::Arc;
use wiredesk::model::{Change, Entry, FeedState};
use wiredesk::store::{self, InboxItem, Settings, Store, WriteError, Writer};

/// New articles, revisions, a long one, deletions.
fn changes() -> Vec<Change> {
    (1..=24)
        .map(|seq| match seq % 6 {
            4 => news::change(seq, news::article(seq - 3, 2, 1500)),
            5 => news::deletion(seq, seq - 3),
            0 if seq == 6 => news::change(seq, news::article(seq, 1, 140_000)),
            _ => news::change(seq, news::article(seq, 1, 800)),
        })
        .collect()
}

fn over(map: &Arc<Map>) -> (Store, Writer) {
    store::over(map.clone(), &Settings::default(), Path::new("map")).unwrap()
}

/// Writes groups of changes, with a poll in front of each; ends at the first error.
fn write(writer: &mut Writer, changes: &[Change]) -> Result<(), WriteError> {
    for group in changes.chunks(5) {
        poll(writer)?;
        let mut txn = writer.begin();
        for change in group {
            txn.apply(change, &news::keys(change))?;
        }
        txn.commit()?;
    }
    Ok(())
}

/// One more failure in the feed's state, and an entry for it, in one commit.
fn poll(writer: &mut Writer) -> Result<(), WriteError> {
    let mut txn = writer.begin();
    let state = txn.feed_state(&news::feed(0))?.unwrap_or_default();
    let failures = state.failures + 1;
    let item = InboxItem {
        feed: news::feed(0),
        entry: Entry { key: failures.to_string(), ..Entry::default() },
        fingerprint: 0,
        first_seen: news::at(0),
        attempts: 0,
        not_before: news::at(0),
        last_error: None,
    };
    txn.put_inbox(&item)?;
    txn.put_feed_state(&news::feed(0), &FeedState { failures, ..state })?;
    txn.commit()
}

/// Everything but the polls, whose number differs.
fn index(map: &Map) -> Vec<(Vec<u8>, Vec<u8>)> {
    map.pairs().into_iter().filter(|(key, _)| !b"mfiqs".contains(&key[0])).collect()
}

#[test]
fn any_call_may_fail() {
    let all = changes();
    let whole = Arc::new(Map::default());
    write(&mut over(&whole).1, &all).unwrap();
    for (first, failure) in [(1, Failure::Refused), (3, Failure::AfterWriting)] {
        // Every fifth call: those between differ only in what is read.
        for call in (first..).step_by(5) {
            let map = Arc::new(Map::default());
            let (_, mut writer) = over(&map);
            map.fail_in(call, failure);
            let written = write(&mut writer, &all);
            if !map.has_failed() {
                assert!(call > 60, "many calls were made to fail");
                break;
            }
            if writer.closed().is_some() {
                let error = poll(&mut writer).unwrap_err();
                assert!(matches!(error, WriteError::Closed(_)), "refused until reopened: {error}");
            }
            drop((writer, written));
            recovered(&map, &all);
            assert_eq!(index(&map), index(&whole), "{failure:?} at call {call}");
        }
    }
}

/// Opens what is left, checks that it is of one moment, and applies what it lacks.
fn recovered(map: &Arc<Map>, all: &[Change]) {
    let (store, mut writer) = over(map);
    verified(&store);
    let polls = store.feed_state(&news::feed(0)).unwrap().unwrap_or_default().failures;
    assert_eq!(store.inbox_len().unwrap(), u64::from(polls));
    let applied = usize::try_from(store.applied_seq().unwrap()).unwrap();
    apply(&mut writer, &all[applied..]);
    verified(&store);
}

#[test]
fn damaged_values_are_named() {
    let map = Arc::new(Map::default());
    let (store, mut writer) = over(&map);
    apply(&mut writer, &changes());
    let pairs = map.pairs();
    for (n, (key, value)) in pairs.iter().enumerate() {
        let mut bad = pairs.clone();
        if value.is_empty() {
            bad.remove(key);
        } else {
            let at = n * 31 % value.len();
            bad.get_mut(key).unwrap()[at] ^= 1 << (n % 8);
        }
        let opened = store::over(Arc::new(Map::of(bad)), &Settings::default(), Path::new("map"));
        let Ok((store, _)) = opened else { continue };
        let found = store::verify(&store, |_, _| {});
        // The length of what is not compressed, and the second byte of an unused count, say nothing.
        let silent = [2, 3, 8, 9, 10, 11].contains(&(n * 31 % value.len().max(1)));
        assert!(found.is_err() || !found.unwrap().problems.is_empty() || silent, "{key:?}");
    }
    drop(store);
}
