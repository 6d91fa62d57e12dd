//! What happens when the engine fails, and when the folder is not as it should be.

use super::bundles::items;
use super::{apply, news, open, verified};
use std::fs;
use std::path::Path;
use std::time::Duration;
use wiredesk::model::{FeedState, Span};
use wiredesk::store::{self, OpenError, Settings};

#[test]
fn a_second_process_is_refused_after_a_wait() {
    let dir = tempfile::tempdir().unwrap();
    let held = open(dir.path());
    let settings = Settings { lock_wait: Span::millis(100), ..Settings::default() };
    let error = store::open(dir.path(), &settings).unwrap_err();
    assert!(matches!(error, OpenError::Locked(_)), "{error}");
    std::thread::scope(|threads| {
        threads.spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            drop(held);
        });
        store::open(dir.path(), &Settings::default()).unwrap();
    });
}

#[test]
fn leftovers_of_a_full_disk_do_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    let (_, mut writer) = open(dir.path());
    apply(&mut writer, &[news::change(1, news::article(1, 1, 1500))]);
    drop(writer);
    for leftover in ["snap.0000000000000000.generating", "snap.FFFFFFFFFFFFFFFF"] {
        fs::write(dir.path().join(leftover), "").unwrap();
        let (store, _writer) = open(dir.path());
        assert_eq!(store.applied_seq().unwrap(), 1, "{leftover}");
    }
}

#[test]
fn a_store_set_aside_makes_room_for_a_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("store");
    let (_, mut writer) = open(&place);
    apply(&mut writer, &[news::change(1, news::article(1, 1, 1500))]);
    drop(writer);
    let aside = store::set_aside(&place).unwrap();
    assert!(aside.join("db").exists());
    let opened = open(&place);
    assert_eq!(opened.0.applied_seq().unwrap(), 0);
    drop(opened);
    store::set_aside(&place).unwrap();
    store::set_aside(&place).unwrap();
}

#[test]
fn what_only_the_store_knew_comes_over_from_a_sound_one() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("store");
    let (_, mut writer) = open(&place);
    let mut txn = writer.begin();
    txn.put_consumer("reader", 7);
    txn.mark_seen(&news::feed(1), "key", 42);
    txn.put_bundle(&items(2, 10, 12)).unwrap();
    txn.put_feed_state(&news::feed(2), &FeedState::default()).unwrap();
    txn.commit().unwrap();
    drop(writer);
    let aside = store::set_aside(&place).unwrap();
    let (store, mut writer) = open(&place);
    assert_eq!(store::salvage(&aside, &Settings::default(), &mut writer), 6);
    assert_eq!(store.consumer("reader").unwrap(), Some(7));
    assert_eq!(store.seen(&news::feed(1), "key").unwrap(), Some(42));
    let bundles = store.bundles().unwrap();
    assert_eq!(store.bundle(&bundles[0]).unwrap(), Some(items(2, 10, 12)));
    assert_eq!(store.inbox_len().unwrap(), 2);
    assert!(store.feed_state(&news::feed(2)).unwrap().is_some(), "all entries came over");
}

#[test]
fn an_interrupted_shrinking_leaves_one_store() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("store");
    let beside = |ending: &str| dir.path().join(format!("store{ending}"));
    let (_, mut writer) = open(&place);
    apply(&mut writer, &[news::change(1, news::article(1, 1, 1500))]);
    drop(writer);
    // Stopped while it was being copied, and between the two renames.
    fs::create_dir(beside(".filling")).unwrap();
    store::shrink(&place, &Settings::default(), |_| {}).unwrap();
    fs::rename(&place, beside(".fresh")).unwrap();
    let (store, _writer) = open(&place);
    assert_eq!(store.applied_seq().unwrap(), 1);
    assert!(!beside(".fresh").exists() && !beside(".filling").exists());
}

/// How far into its log the engine knows where everything stands: the highest of its notes' names.
fn noted(dir: &Path) -> u64 {
    let names = fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name());
    let names = names.map(|name| name.into_string().unwrap());
    let digits = names.filter_map(|name| name.strip_prefix("snap.").map(str::to_owned));
    digits.map(|digits| u64::from_str_radix(&digits, 16).unwrap()).max().unwrap_or_default()
}

#[test]
fn what_was_written_is_noted_for_the_next_opening() {
    let dir = tempfile::tempdir().unwrap();
    let (store, mut writer) = open(dir.path());
    let changes: Vec<_> = (1..=200).map(|n| news::change(n, news::article(n, 1, 1500))).collect();
    apply(&mut writer, &changes);
    let before = noted(dir.path());
    let held = store::note(dir.path(), &Settings::default());
    assert!(matches!(held, Err(OpenError::Locked(_))));
    drop((store, writer));
    store::note(dir.path(), &Settings::default()).unwrap();
    assert!(noted(dir.path()) > before + 100_000, "{before} {}", noted(dir.path()));
    let (store, _writer) = open(dir.path());
    verified(&store);
    assert_eq!(store.applied_seq().unwrap(), 200);
}
