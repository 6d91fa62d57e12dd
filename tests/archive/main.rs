//! The log on a real disk: what was acknowledged is read again, whatever happened in between.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod damage;
mod duckdb;
mod failing;
mod keeping;
mod reading;

#[path = "../fixtures/news.rs"]
#[expect(dead_code, reason = "each test uses a part of it")]
mod news;

use std::path::Path;
use wiredesk::archive::{Log, Reader, Settings};
use wiredesk::model::{Change, Seq};

/// A group of changes that continues after `last`.
fn group(last: Seq, count: u64) -> Vec<Change> {
    (last + 1..=last + count).map(|n| news::change(n, news::article(n, 1, 2000))).collect()
}

/// Appends `count` changes in groups of 8, at the moment given in seconds.
fn fill(log: &mut Log, count: u64, seconds: u64) {
    let end = log.last_seq() + count;
    while log.last_seq() < end {
        let changes = group(log.last_seq(), 8.min(end - log.last_seq()));
        log.append(&changes, news::at(seconds)).unwrap();
    }
}

/// A log in a folder that rolls early.
fn open(dir: &Path) -> Log {
    Log::open(dir, &settings()).unwrap().0
}

fn settings() -> Settings {
    Settings { file_size: wiredesk::model::ByteSize::bytes(40_000), ..Settings::default() }
}

/// The positions that a reader hands out behind `after`; an error counts as `None`.
fn read(dir: &Path, after: Seq) -> Vec<Option<Seq>> {
    Reader::new(dir).after(after).map(|c| c.ok().map(|c| c.seq)).collect()
}

fn range(first: Seq, last: Seq) -> Vec<Option<Seq>> {
    (first..=last).map(Some).collect()
}
