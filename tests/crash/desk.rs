//! The writer's side of a desk in small: archive, store, and the replay that joins them at start.

use crate::news;
use std::path::Path;
use wiredesk::archive::{self, Log, ReadError};
use wiredesk::model::{ByteSize, Change, FeedState, Seq, Span};
use wiredesk::store::{self, InboxItem, OpenError, Store, WriteError, Writer};

/// Archive and store, open for writing.
pub(crate) struct Desk {
    pub(crate) log: Log,
    pub(crate) store: Store,
    pub(crate) writer: Writer,
    /// What was found and done at the start.
    pub(crate) start: Start,
}

/// What was found and done at the start.
#[derive(Debug, Clone, Default)]
pub(crate) struct Start {
    /// True where the store was set aside and computed again.
    pub(crate) rebuilt: bool,
    /// Changes that the archive says it does not have.
    pub(crate) missing: Vec<Seq>,
}

/// Small files, so that rolling and sealing happen all the time.
pub(crate) fn settings() -> archive::Settings {
    archive::Settings { file_size: ByteSize::bytes(60_000), ..archive::Settings::default() }
}

/// The change that stands at a position: mostly a new article; every tenth one is revised six
/// positions later, another one is deleted nine positions later.
pub(crate) fn plan(seq: Seq) -> Change {
    match seq % 10 {
        7 if seq > 6 => news::change(seq, news::article(seq - 6, 2, 2500)),
        9 if seq > 9 => news::deletion(seq, seq - 9),
        _ => news::change(seq, news::article(seq, 1, 2500)),
    }
}

impl Desk {
    /// Opens both and brings the store up to date; a store that does not open is computed again.
    pub(crate) fn open(dir: &Path) -> Result<Self, String> {
        let (log, report) =
            Log::open(&dir.join("archive"), &settings()).map_err(|e| format!("archive: {e}"))?;
        let place = dir.join("store");
        let mut start = Start::default();
        let opened = match store::open(&place, &store_settings()) {
            Ok((store, writer)) => {
                let ahead = store.applied_seq().map_or(true, |seq| seq > report.last_seq);
                (!ahead).then_some((store, writer))
            }
            Err(OpenError::Damaged(..)) => None,
            Err(e) => return Err(format!("store: {e}")),
        };
        let (store, writer) = match opened {
            Some(opened) => opened,
            None => anew(&place, &mut start)?,
        };
        let mut desk = Self { log, store, writer, start };
        if desk.replay().is_err() {
            desk = desk.rebuild(dir)?;
        }
        Ok(desk)
    }

    /// Computes the store again from the archive.
    pub(crate) fn rebuild(self, dir: &Path) -> Result<Self, String> {
        let Self { log, store, writer, mut start } = self;
        drop((store, writer));
        start.missing.clear();
        let (store, writer) = anew(&dir.join("store"), &mut start)?;
        let mut desk = Self { log, store, writer, start };
        desk.replay().map_err(|e| format!("rebuilt store: {e}"))?;
        Ok(desk)
    }

    /// Applies what the archive has and the store lacks.
    fn replay(&mut self) -> Result<(), WriteError> {
        let mut changes = self.log.reader().after(self.store.applied_seq()?).peekable();
        while changes.peek().is_some() {
            let mut txn = self.writer.begin();
            for change in changes.by_ref().take(64) {
                match change {
                    Ok(change) => txn.apply(&change, &news::keys(&change))?,
                    Err(
                        ReadError::Missing { first, last } | ReadError::Expired { first, last },
                    ) => {
                        self.start.missing.extend(first..=last);
                        txn.skip_to(last)?;
                    }
                    Err(e @ ReadError::Io { .. }) => return Err(WriteError::Closed(e.to_string())),
                }
            }
            txn.commit()?;
        }
        Ok(())
    }

    /// Has on the index's disk what was written; the daemon does it on a thread of its own.
    pub(crate) fn sync(&self) -> Result<(), String> {
        self.writer.syncer().sync().map_err(|e| format!("store: {e}"))
    }

    /// Writes the next `count` changes: archive first, then one commit, whose sync comes later.
    pub(crate) fn write(&mut self, count: u64) -> Result<Seq, String> {
        let last = self.log.last_seq();
        let changes: Vec<_> = (last + 1..=last + count).map(plan).collect();
        let mut txn = self.writer.begin();
        for change in &changes {
            txn.apply(change, &news::keys(change)).map_err(|e| format!("store: {e}"))?;
        }
        self.log.append(&changes, news::at(last)).map_err(|e| format!("archive: {e}"))?;
        txn.commit_unsynced().map_err(|e| format!("store: {e}"))?;
        Ok(last + count)
    }

    /// A poll: the feed's state and a new entry, in one commit.
    pub(crate) fn poll(&mut self) -> Result<(), String> {
        let feed = news::feed(0);
        let mut txn = self.writer.begin();
        let mut write = || -> Result<(), WriteError> {
            let known = txn.feed_state(&feed)?.unwrap_or_default();
            let state = FeedState { failures: known.failures + 1, ..known };
            txn.put_inbox(&item(state.failures))?;
            txn.put_feed_state(&feed, &state)
        };
        write().and_then(|()| txn.commit_unsynced()).map_err(|e| format!("store: {e}"))
    }
}

fn anew(place: &Path, start: &mut Start) -> Result<(Store, Writer), String> {
    start.rebuilt = true;
    store::set_aside(place).map_err(|e| format!("store: {e}"))?;
    store::open(place, &store_settings()).map_err(|e| format!("store: {e}"))
}

fn store_settings() -> store::Settings {
    store::Settings {
        cache: ByteSize::mib(8),
        lock_wait: Span::seconds(2),
        ..store::Settings::default()
    }
}

fn item(n: u32) -> InboxItem {
    InboxItem {
        feed: news::feed(0),
        entry: wiredesk::model::Entry { key: format!("entry {n}"), ..Default::default() },
        fingerprint: u64::from(n),
        first_seen: news::at(0),
        attempts: 0,
        not_before: news::at(0),
        last_error: None,
    }
}
