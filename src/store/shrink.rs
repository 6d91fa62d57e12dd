//! [`shrink`]: the same records in a file of their size; [`salvage`]: what only the store knew, taken
//! over from one that was set aside.
//!
//! sled keeps its file at the largest size it ever had. A copy of every record into a fresh folder,
//! which then takes the old one's place, is what gives the space back.

use super::backend::{Backend, Batch, Pair};
use super::disk::Disk;
use super::error::OpenError;
use super::head::Head;
use super::open::{beside, set_aside};
use super::settings::Settings;
use super::view::View;
use super::write::{Txn, Writer};
use super::{InboxItem, keys, read, record};
use crate::model::FeedId;
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Records copied in one batch.
const BATCH: usize = 512;

/// Greater than every key.
const END: &[u8] = &[0xff; 1];

/// What [`shrink`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shrunk {
    /// Records in the store.
    pub records: u64,
    /// Bytes of its file before.
    pub before: u64,
    /// Bytes of its file now.
    pub after: u64,
}

/// Copies the store in `dir` into a file of its size. Nobody may have it open. A crash leaves the
/// old store or the new one; `progress` gets the records copied so far.
///
/// # Errors
/// The store does not open or a folder cannot be written; the old store is in its place.
pub fn shrink(
    dir: &Path,
    settings: &Settings,
    mut progress: impl FnMut(u64),
) -> Result<Shrunk, OpenError> {
    let io = |e: io::Error| OpenError::Io(dir.to_owned(), e);
    let fresh = beside(dir, ".fresh");
    remove(&fresh).map_err(io)?;
    let mut done = Shrunk::default();
    {
        let old = Disk::open(dir, settings)?;
        let new = Disk::open(&beside(dir, ".filling"), settings)?;
        done.before = old.bytes();
        let damaged = |e: super::backend::Fault| OpenError::Damaged(dir.to_owned(), e.text);
        let mut from = Vec::new();
        loop {
            let page = old.page(&from, END, false, BATCH).map_err(damaged)?;
            let Some((last, _)) = page.last() else { break };
            from.clone_from(last);
            from.push(0);
            done.records += page.len() as u64;
            new.commit(&batch(page)).map_err(damaged)?;
            progress(done.records);
        }
        done.after = new.bytes();
    }
    // Only a complete copy ever has this name: `finish` relies on it.
    fs::rename(beside(dir, ".filling"), &fresh).map_err(io)?;
    sync_parent(dir).map_err(io)?;
    let aside = set_aside(dir).map_err(io)?;
    finish(dir).map_err(io)?;
    remove(&aside).map_err(io)?;
    Ok(done)
}

fn batch(page: Vec<Pair>) -> Batch {
    page.into_iter().map(|(key, value)| (key, Some(value))).collect()
}

/// Puts a complete copy in the place of a store that has left it; an interrupted one is removed.
pub(super) fn finish(dir: &Path) -> io::Result<()> {
    let fresh = beside(dir, ".fresh");
    if fresh.exists() {
        if dir.exists() {
            remove(&fresh)?;
        } else {
            fs::rename(&fresh, dir)?;
            sync_parent(dir)?;
        }
    }
    remove(&beside(dir, ".filling"))
}

fn sync_parent(dir: &Path) -> io::Result<()> {
    dir.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

fn remove(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// Takes over what no archive holds from the store in `aside`: the inbox, the consumers' positions,
/// and, where the inbox is whole, feed states with their validators and what was seen of each feed.
/// With a part of the inbox lost, those would keep the lost entries from being asked for again.
/// Returns how many records came over.
pub fn salvage(aside: &Path, settings: &Settings, writer: &mut Writer) -> u64 {
    let Ok(old) = Disk::open(aside, settings) else { return 0 };
    let view = View { backend: &old, pending: None };
    let mut taken = take_all(writer, view, keys::INBOX);
    taken += take_all(writer, view, keys::BUNDLE);
    // Entries are compared, for a bundle is one record of several.
    let came = writer.store().inbox_len().ok();
    let whole = Head::of(view).is_ok_and(|head| Some(head.inbox) == came);
    taken += take_all(writer, view, keys::CONSUMER);
    if whole {
        taken += take_all(writer, view, keys::FEED) + take_all(writer, view, keys::SEEN);
    }
    taken
}

/// Takes over the records of a kind, up to the first page that cannot be read: sled would stumble
/// over it again.
fn take_all(writer: &mut Writer, old: View<'_>, kind: u8) -> u64 {
    let mut pairs = old.all(kind).map_while(Result::ok).peekable();
    let mut taken = 0;
    while pairs.peek().is_some() {
        let mut txn = writer.begin();
        let came =
            pairs.by_ref().take(BATCH).filter(|pair| take(&mut txn, old, kind, pair)).count();
        if txn.commit().is_err() {
            break;
        }
        taken += came as u64;
    }
    taken
}

/// Writes one record of a damaged store into a new one; false where it is not whole.
fn take(txn: &mut Txn<'_>, old: View<'_>, kind: u8, (key, value): &Pair) -> bool {
    let whole = || old.join(key, value.clone()).ok();
    match kind {
        keys::FEED => {
            let name = key.get(1..).and_then(|name| std::str::from_utf8(name).ok());
            let Some(feed) = name.and_then(|name| FeedId::new(name).ok()) else { return false };
            let state = read::feed_state(old, &feed).ok().flatten();
            state.is_some_and(|state| txn.put_feed_state(&feed, &state).is_ok())
        }
        keys::INBOX => {
            let item = whole().and_then(|record| record::decode::<InboxItem>(&record).ok());
            item.is_some_and(|item| txn.put_item(&item).is_ok())
        }
        keys::BUNDLE => {
            let items = whole().and_then(|record| record::decode::<Vec<InboxItem>>(&record).ok());
            items.is_some_and(|items| txn.put_bundle(&items).is_ok())
        }
        _ => {
            let number = value.len() == 8;
            if number {
                txn.put_raw(key.clone(), Some(value.clone()));
            }
            number
        }
    }
}
