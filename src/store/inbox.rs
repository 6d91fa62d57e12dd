//! The inbox: entries that a feed brought and whose article is not yet written. They come in with
//! the feed's validators in one commit and leave with their article's change.

use super::error::{ReadError, WriteError};
use super::keys::{self, Slot};
use super::read::Store;
use super::record::Codec;
use super::write::Txn;
use crate::model::{Entry, FeedId, Link, Timestamp, Validators};
use serde::{Deserialize, Serialize};

/// An entry on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboxItem {
    /// The feed that brought it.
    pub feed: FeedId,
    /// The entry as read.
    pub entry: Entry,
    /// Hash of what the entry says: another one means that it changed.
    pub fingerprint: u64,
    /// When it was first read.
    pub first_seen: Timestamp,
    /// How often its page was tried.
    pub attempts: u32,
    /// Not tried before this moment.
    pub not_before: Timestamp,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

/// What the page of an entry gave for asking whether it has changed: asked again when the feed
/// speaks of the entry anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageMark {
    /// The address that gave the validators, after redirects.
    pub at: Link,
    /// Empty for nothing.
    pub validators: Validators,
}

impl InboxItem {
    fn slot(&self) -> Slot {
        keys::slot(&self.feed, &self.entry.key)
    }
}

impl Store {
    /// The items that may be tried now, longest due first, at most `limit`.
    ///
    /// # Errors
    /// The engine cannot read, or a record is damaged.
    pub fn inbox_due(&self, now: Timestamp, limit: usize) -> Result<Vec<InboxItem>, ReadError> {
        let view = self.view();
        let end = keys::due(now, &[0xff; 16]);
        let mut items = Vec::new();
        for pair in view.scan(&[keys::DUE], &end, false, limit.clamp(1, 256)).take(limit) {
            let slot = pair?.0.last_chunk().copied().unwrap_or_default();
            // An item that has just left is not there any more.
            items.extend(view.read(&keys::inbox(&slot))?);
        }
        Ok(items)
    }

    /// Hands over every item, longest due first.
    ///
    /// # Errors
    /// See [`Store::inbox_due`].
    pub fn inbox_each(&self, mut take: impl FnMut(InboxItem)) -> Result<(), ReadError> {
        let view = self.view();
        for pair in view.all(keys::DUE) {
            let slot = pair?.0.last_chunk().copied().unwrap_or_default();
            if let Some(item) = view.read(&keys::inbox(&slot))? {
                take(item);
            }
        }
        Ok(())
    }

    /// The item of an entry; `None` where it has left.
    ///
    /// # Errors
    /// See [`Store::inbox_due`].
    pub fn inbox_item(&self, feed: &FeedId, key: &str) -> Result<Option<InboxItem>, ReadError> {
        self.view().read(&keys::inbox(&keys::slot(feed, key)))
    }

    /// When the item that is due first is due; `None` for an empty inbox.
    ///
    /// # Errors
    /// See [`Store::inbox_due`].
    pub fn inbox_next(&self) -> Result<Option<Timestamp>, ReadError> {
        let Some(key) = self.view().first(&[keys::DUE])? else { return Ok(None) };
        let millis = key.get(1..).and_then(|rest| rest.first_chunk().copied());
        let millis = millis.map_or(0, i64::from_be_bytes);
        Ok(Timestamp::from_millisecond(millis).ok())
    }

    /// How many items there are.
    ///
    /// # Errors
    /// See [`Store::inbox_due`].
    pub fn inbox_len(&self) -> Result<u64, ReadError> {
        Ok(self.stats()?.inbox)
    }
}

impl Txn<'_> {
    /// Puts an entry into the inbox, in the place of an earlier version of it, and remembers its
    /// fingerprint.
    ///
    /// # Errors
    /// The engine cannot read what stands there.
    pub fn put_inbox(&mut self, item: &InboxItem) -> Result<(), WriteError> {
        self.mark_seen(&item.feed, &item.entry.key, item.fingerprint);
        self.put_item(item)
    }

    /// Puts an item that was to be tried at `due` back, to be tried again at its `not_before`; nothing
    /// where it is not there any more, or its feed has changed it since.
    ///
    /// # Errors
    /// See [`Txn::put_inbox`].
    pub fn retry_inbox(&mut self, item: &InboxItem, due: Timestamp) -> Result<(), WriteError> {
        match self.view().get(&keys::due(due, &item.slot()))? {
            Some(_) => self.put_item(item),
            None => Ok(()),
        }
    }

    pub(super) fn put_item(&mut self, item: &InboxItem) -> Result<(), WriteError> {
        let slot = item.slot();
        self.take_out(&slot)?;
        self.put(keys::inbox(&slot), Codec::ZstdJson, item)?;
        self.put_raw(keys::due(item.not_before, &slot), Some(Vec::new()));
        self.head.inbox += 1;
        Ok(())
    }

    /// Takes an entry out of the inbox that was to be tried at `due`. What is not there is no fault,
    /// and what its feed has changed since, and is to be tried at another moment, stays.
    ///
    /// # Errors
    /// See [`Txn::put_inbox`].
    pub fn remove_inbox(
        &mut self,
        feed: &FeedId,
        key: &str,
        due: Timestamp,
    ) -> Result<(), WriteError> {
        let slot = keys::slot(feed, key);
        let due = keys::due(due, &slot);
        if self.view().get(&due)?.is_some() {
            self.put_raw(due, None);
            self.remove(&keys::inbox(&slot))?;
            self.head.inbox = self.head.inbox.saturating_sub(1);
        }
        Ok(())
    }

    /// Remembers the fingerprint of an entry that was read.
    pub fn mark_seen(&mut self, feed: &FeedId, key: &str, fingerprint: u64) {
        let key = keys::seen(&keys::slot(feed, key));
        self.put_raw(key, Some(fingerprint.to_be_bytes().to_vec()));
    }

    /// Remembers what the page of an entry gave; an empty mark is forgotten.
    ///
    /// # Errors
    /// See [`Txn::put_inbox`].
    pub fn put_page(
        &mut self,
        feed: &FeedId,
        key: &str,
        mark: &PageMark,
    ) -> Result<(), WriteError> {
        let key = keys::page(&keys::slot(feed, key));
        if mark.validators.is_empty() {
            self.remove(&key)
        } else {
            self.put(key, Codec::Json, mark)
        }
    }

    /// The fingerprint of an entry when it was last read; `None` for one never read.
    ///
    /// # Errors
    /// The engine cannot read.
    pub fn seen(&self, feed: &FeedId, key: &str) -> Result<Option<u64>, ReadError> {
        self.view().number(&keys::seen(&keys::slot(feed, key)))
    }

    fn take_out(&mut self, slot: &Slot) -> Result<(), WriteError> {
        let old: Option<InboxItem> = self.view().read(&keys::inbox(slot))?;
        let Some(old) = old else { return Ok(()) };
        self.put_raw(keys::due(old.not_before, slot), None);
        self.remove(&keys::inbox(slot))?;
        self.head.inbox = self.head.inbox.saturating_sub(1);
        Ok(())
    }
}
