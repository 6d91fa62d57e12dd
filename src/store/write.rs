//! [`Writer`] and [`Txn`]: the one way to change the store.
//!
//! A transaction collects writes in memory and sees its own; [`Txn::commit`] hands them to the
//! engine as one batch, together with the head. Dropping a transaction leaves no trace.
//!
//! What stands in the archive already need not wait for the engine's disk: it is committed
//! unsynced, and a [`Syncer`] has it on the disk a moment later.

use super::backend::{Backend, Batch, Fault};
use super::error::{ReadError, WriteError};
use super::gists::Gists;
use super::head::Head;
use super::read::{self, Store};
use super::record::{self, Codec, Compressor};
use super::view::View;
use super::{keys, polled, settings::Settings};
use crate::model::{Article, ArticleId, FeedId, FeedState, Gist, Member, Seq};
use serde::Serialize;
use std::sync::{Arc, OnceLock};

/// Longest value handed to the engine: sled keeps longer ones in files that it never syncs.
const VALUE_MAX: usize = 32 << 10;

/// The one that changes the store.
#[derive(Debug)]
pub struct Writer {
    pub(super) store: Store,
    pub(super) settings: Settings,
    compressor: Compressor,
    head: Head,
    pub(super) gists: Gists,
    /// Why nothing more is written, once that is so.
    closed: Arc<OnceLock<String>>,
}

/// Has on the disk what a [`Writer`] left to it; may be called on another thread.
#[derive(Debug, Clone)]
pub struct Syncer {
    backend: Arc<dyn Backend>,
    closed: Arc<OnceLock<String>>,
}

impl Syncer {
    /// Has every transaction on the disk that was committed before this call.
    ///
    /// # Errors
    /// The engine refused; the store takes no more until it is opened again.
    pub fn sync(&self) -> Result<(), WriteError> {
        let close = |fault: Fault| {
            // Only the first reason is kept.
            drop(self.closed.set(fault.text.clone()));
            WriteError::Engine(fault)
        };
        self.backend.sync().map_err(close)
    }
}

impl Writer {
    pub(super) fn new(store: Store, settings: Settings, head: Head) -> std::io::Result<Self> {
        let compressor = Compressor::new(settings.level)?;
        let gists = Gists::default();
        Ok(Self { store, settings, compressor, head, gists, closed: Arc::default() })
    }

    /// Has on the disk what [`Txn::commit_unsynced`] left.
    pub fn syncer(&self) -> Syncer {
        let backend = Arc::clone(&self.store.backend);
        Syncer { backend, closed: Arc::clone(&self.closed) }
    }

    /// A new transaction.
    pub fn begin(&mut self) -> Txn<'_> {
        let head = self.head.clone();
        Txn { writer: self, pending: Batch::new(), plain: Vec::new(), head }
    }

    /// A handle for readers.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Why nothing more is written; `None` while all is well.
    pub fn closed(&self) -> Option<&str> {
        self.closed.get().map(String::as_str)
    }
}

/// A transaction: reads see what it wrote itself.
#[derive(Debug)]
pub struct Txn<'w> {
    pub(super) writer: &'w mut Writer,
    pending: Batch,
    /// Keys of pending records that are to be compressed.
    plain: Vec<Vec<u8>>,
    pub(super) head: Head,
}

impl Txn<'_> {
    pub(super) fn view(&self) -> View<'_> {
        View { backend: self.writer.store.backend.as_ref(), pending: Some(&self.pending) }
    }

    /// The last change applied, by this transaction or before.
    pub fn applied_seq(&self) -> Seq {
        self.head.applied
    }

    /// An article in its present revision.
    ///
    /// # Errors
    /// As for every lookup: the engine cannot read, or a record is damaged.
    pub fn article(&self, id: &ArticleId) -> Result<Option<Article>, ReadError> {
        read::article(self.view(), id)
    }

    /// The store's number of an article: the change that brought it.
    ///
    /// # Errors
    /// See [`Txn::article`].
    pub fn number(&self, id: &ArticleId) -> Result<Option<Seq>, ReadError> {
        self.view().number(&keys::article(id))
    }

    /// What the article with this number is recognised by; `None` where it was deleted.
    ///
    /// # Errors
    /// See [`Txn::article`].
    pub fn gist(&mut self, number: Seq) -> Result<Option<Arc<Gist>>, ReadError> {
        // What this transaction writes is not to be known to others before it is committed.
        if self.pending.contains_key(&keys::card(number)) {
            return Ok(read::present(self.view(), number)?.map(Arc::new));
        }
        if let Some(gist) = self.writer.gists.get(number) {
            return Ok(Some(gist));
        }
        let gist = read::present(self.view(), number)?.map(Arc::new);
        if let Some(gist) = &gist {
            self.writer.gists.put(number, Arc::clone(gist));
        }
        Ok(gist)
    }

    /// True where the article with this number is of this story.
    ///
    /// # Errors
    /// See [`Txn::article`].
    pub fn belongs(&self, number: Seq, story: &ArticleId) -> Result<bool, ReadError> {
        read::belongs(self.view(), number, story)
    }

    /// The earliest article that this feed carried under this GUID.
    ///
    /// # Errors
    /// See [`Txn::article`].
    pub fn by_guid(&self, feed: &FeedId, guid: &str) -> Result<Option<ArticleId>, ReadError> {
        read::earliest(self.view(), keys::GUID, &keys::guid(feed, guid))
    }

    /// The earliest article with this address key.
    ///
    /// # Errors
    /// See [`Txn::article`].
    pub fn by_url(&self, key: &[u8; 16]) -> Result<Option<ArticleId>, ReadError> {
        read::earliest(self.view(), keys::URL, key)
    }

    /// The earliest article with this text key.
    ///
    /// # Errors
    /// See [`Txn::article`].
    pub fn by_text(&self, key: &[u8; 16]) -> Result<Option<ArticleId>, ReadError> {
        read::earliest(self.view(), keys::TEXT, key)
    }

    /// Everybody in a story, the earliest first, at most 256.
    ///
    /// # Errors
    /// See [`Txn::article`].
    pub fn members(&self, story: &ArticleId) -> Result<Vec<Member>, ReadError> {
        read::members(self.view(), story)
    }

    /// What is remembered of a feed.
    ///
    /// # Errors
    /// See [`Txn::article`].
    pub fn feed_state(&self, feed: &FeedId) -> Result<Option<FeedState>, ReadError> {
        read::feed_state(self.view(), feed)
    }

    /// Remembers the state of a feed; one that did not change costs nothing.
    ///
    /// # Errors
    /// As for every write: the engine cannot read what stands there.
    pub fn put_feed_state(&mut self, feed: &FeedId, state: &FeedState) -> Result<(), WriteError> {
        let (key, record) = (keys::feed(feed), encode(Codec::Json, state)?);
        // Compared as they stand: this runs for each poll, and to read the old one costs as much
        // as all the rest.
        if let Some(old) = self.view().get(&key)? {
            if old == record {
                return Ok(());
            }
            self.remove_found(&key, &old)?;
        }
        self.put_record(key, record);
        Ok(())
    }

    /// Remembers the times of a poll that changed nothing else of the feed's state: when it was
    /// asked, when and why it is due next.
    pub fn put_times(&mut self, feed: &FeedId, state: &FeedState) {
        self.put_raw(keys::polled(feed), Some(polled::encode(state)));
    }

    /// Forgets a feed that is no longer configured; its articles stay.
    ///
    /// # Errors
    /// See [`Txn::put_feed_state`].
    pub fn remove_feed_state(&mut self, feed: &FeedId) -> Result<(), WriteError> {
        self.put_raw(keys::polled(feed), None);
        self.remove(&keys::feed(feed))
    }

    /// Remembers how far a consumer has read.
    pub fn put_consumer(&mut self, name: &str, seq: Seq) {
        self.put_raw(keys::consumer(name), Some(seq.to_be_bytes().to_vec()));
    }

    /// A value of the near-duplicate index.
    ///
    /// # Errors
    /// See [`Txn::article`].
    pub fn near(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        let key = keys::near(key);
        let value = self.view().get(&key)?;
        // There are far more of these values than the cache has room for, and few are read twice.
        self.writer.store.backend.settle(&key)?;
        Ok(value)
    }

    /// Sets or removes a value of the near-duplicate index, at most 32 KiB.
    pub fn put_near(&mut self, key: &[u8], value: Option<Vec<u8>>) {
        self.put_raw(keys::near(key), value);
    }

    /// Compresses what is to be written; [`Txn::commit`] does it where nobody did. This takes
    /// a third of a transaction's time and touches nothing outside of it.
    ///
    /// # Errors
    /// A record is too large.
    pub fn seal(&mut self) -> Result<(), WriteError> {
        for key in std::mem::take(&mut self.plain) {
            let Some(Some(record)) = self.pending.get(&key) else { continue };
            let plain = record.len() as u64;
            let small = self.writer.compressor.compress(record, !keys::is_bundle(&key));
            let small = small.map_err(|e| ReadError::Damaged(e.to_string()))?;
            if let Some(small) = small {
                self.head.payload = self.head.payload.saturating_sub(plain);
                self.put_record(key, small);
            }
        }
        Ok(())
    }

    /// Has everything on the disk in one step.
    ///
    /// # Errors
    /// The engine refused, now or earlier. Nothing of the transaction is visible after the store
    /// has been opened again, or all of it.
    pub fn commit(self) -> Result<(), WriteError> {
        let syncer = self.writer.syncer();
        if self.write()? { syncer.sync() } else { Ok(()) }
    }

    /// Has everything visible in one step, and on the disk with the next [`Syncer::sync`]. A crash
    /// before that takes away the whole transaction and all behind it.
    ///
    /// # Errors
    /// As [`Txn::commit`].
    pub fn commit_unsynced(self) -> Result<(), WriteError> {
        self.write().map(drop)
    }

    /// Hands everything to the engine; false where there was nothing.
    fn write(mut self) -> Result<bool, WriteError> {
        if let Some(why) = self.writer.closed() {
            return Err(WriteError::Closed(why.to_owned()));
        }
        if self.pending.is_empty() && self.head == self.writer.head {
            return Ok(false);
        }
        self.seal()?;
        let head = self.head.clone();
        let record = encode(Codec::Json, &head)?;
        self.put_raw(keys::HEAD.to_vec(), Some(record));
        match self.writer.store.backend.apply(&self.pending) {
            Ok(()) => {
                self.writer.head = head;
                Ok(true)
            }
            Err(fault) => {
                drop(self.writer.closed.set(fault.text.clone()));
                Err(WriteError::Engine(fault))
            }
        }
    }

    /// Writes a record in the place of what stands there.
    pub(super) fn put(
        &mut self,
        key: Vec<u8>,
        codec: Codec,
        value: &impl Serialize,
    ) -> Result<(), WriteError> {
        self.remove(&key)?;
        self.add(key, codec, value)
    }

    /// Writes a record where none stands yet.
    pub(super) fn add(
        &mut self,
        key: Vec<u8>,
        codec: Codec,
        value: &impl Serialize,
    ) -> Result<(), WriteError> {
        let record = encode(codec, value)?;
        if codec == Codec::ZstdJson {
            self.head.payload += record.len() as u64;
            self.plain.push(key.clone());
            self.put_raw(key, Some(record));
        } else {
            self.put_record(key, record);
        }
        Ok(())
    }

    /// Puts a finished record, in parts where it is long.
    fn put_record(&mut self, key: Vec<u8>, mut record: Vec<u8>) {
        self.head.payload += record.len() as u64;
        if record.len() > VALUE_MAX {
            let rest = record.split_off(VALUE_MAX);
            let mut parts = 0;
            for part in rest.chunks(VALUE_MAX) {
                parts += 1;
                self.put_raw(keys::part(&key, parts), Some(part.to_vec()));
            }
            record::set_parts(&mut record, parts);
        }
        self.put_raw(key, Some(record));
    }

    /// Removes a record with all its parts.
    pub(super) fn remove(&mut self, key: &[u8]) -> Result<(), WriteError> {
        let Some(old) = self.view().get(key)? else { return Ok(()) };
        self.remove_found(key, &old)
    }

    /// Removes a record that is known to start with `old`.
    fn remove_found(&mut self, key: &[u8], old: &[u8]) -> Result<(), WriteError> {
        let mut bytes = old.len();
        for part in 1..=record::parts(old) {
            let part = keys::part(key, part);
            bytes += self.view().get(&part)?.map_or(0, |old| old.len());
            self.put_raw(part, None);
        }
        self.put_raw(key.to_vec(), None);
        self.head.payload = self.head.payload.saturating_sub(bytes as u64);
        Ok(())
    }

    /// Writes or removes a plain value.
    pub(super) fn put_raw(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.pending.insert(key, value);
    }
}

fn encode(codec: Codec, value: &impl Serialize) -> Result<Vec<u8>, WriteError> {
    record::encode(codec, value).map_err(|why| WriteError::Read(ReadError::Damaged(why)))
}
