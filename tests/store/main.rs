//! The index in each engine: what was committed is found, and found the same after reopening.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod bundles;
mod failing;
mod faults;
mod inbox;
mod lookups;
mod map;
mod versions;

#[path = "../fixtures/news.rs"]
mod news;

use std::path::Path;
use wiredesk::model::Change;
use wiredesk::store::{self, Settings, Store, Writer};

/// Applies changes in one transaction.
fn apply(writer: &mut Writer, changes: &[Change]) {
    let mut txn = writer.begin();
    for change in changes {
        txn.apply(change, &news::keys(change)).unwrap();
    }
    txn.commit().unwrap();
}

/// Runs a test in memory, and on the disk with the store opened anew before `check`.
fn both(write: impl Fn(&mut Writer), check: impl Fn(&Store)) {
    let (store, mut writer) = store::in_memory().unwrap();
    write(&mut writer);
    verified(&store);
    check(&store);
    let dir = tempfile::tempdir().unwrap();
    let (_, mut writer) = open(dir.path());
    write(&mut writer);
    drop(writer);
    let (store, _writer) = open(dir.path());
    verified(&store);
    check(&store);
}

fn open(dir: &Path) -> (Store, Writer) {
    store::open(dir, &Settings::default()).unwrap()
}

#[track_caller]
fn verified(store: &Store) {
    let found = store::verify(store, |_, _| {}).unwrap();
    assert_eq!(found.problems, Vec::<String>::new());
}
