//! Bundles: new entries of a document that wait, as they came, to be read. They come in with the feed's
//! state in one commit, as one record, and leave with their articles.

use super::error::{ReadError, WriteError};
use super::inbox::InboxItem;
use super::keys;
use super::read::Store;
use super::record::Codec;
use super::write::Txn;
use crate::model::{FeedId, Timestamp};

/// Names a bundle; those that are to be read first come first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BundleId {
    /// Not read before, in milliseconds since 1970.
    millis: u64,
    slot: keys::Slot,
    feed: FeedId,
}

impl BundleId {
    /// The bundle of these entries of one feed; `None` of none.
    pub fn of(items: &[InboxItem]) -> Option<Self> {
        let InboxItem { feed, entry, not_before, .. } = items.first()?;
        let millis = u64::try_from(not_before.as_millisecond()).unwrap_or(0);
        Some(Self { millis, slot: keys::slot(feed, &entry.key), feed: feed.clone() })
    }

    /// The feed that brought its entries.
    pub fn feed(&self) -> &FeedId {
        &self.feed
    }

    /// When it may be read.
    pub fn due(&self) -> Timestamp {
        let millis = i64::try_from(self.millis).unwrap_or(i64::MAX);
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
    }

    pub(super) fn key(&self) -> Vec<u8> {
        keys::bundle(self.millis, &self.slot, &self.feed)
    }

    fn of_key(key: &[u8]) -> Option<Self> {
        let (millis, rest) = key.get(1..)?.split_first_chunk()?;
        let (slot, feed) = rest.split_first_chunk()?;
        let feed = FeedId::new(std::str::from_utf8(feed).ok()?).ok()?;
        Some(Self { millis: u64::from_be_bytes(*millis), slot: *slot, feed })
    }
}

impl Store {
    /// The bundles that wait, those first that are to be read first.
    ///
    /// # Errors
    /// The engine cannot read.
    pub fn bundles(&self) -> Result<Vec<BundleId>, ReadError> {
        let keys = self.view().all(keys::BUNDLE).map(|pair| Ok(BundleId::of_key(&pair?.0)));
        keys.filter_map(Result::transpose).collect()
    }

    /// The entries of a bundle; `None` where it has left.
    ///
    /// # Errors
    /// The engine cannot read, or the record is damaged.
    pub fn bundle(&self, id: &BundleId) -> Result<Option<Vec<InboxItem>>, ReadError> {
        self.view().read(&id.key())
    }
}

impl Txn<'_> {
    /// Lets entries of one feed wait together, and remembers their fingerprints.
    ///
    /// # Errors
    /// The engine cannot read what stands there.
    pub fn put_bundle(&mut self, items: &[InboxItem]) -> Result<(), WriteError> {
        let Some(id) = BundleId::of(items) else { return Ok(()) };
        for item in items {
            self.mark_seen(&item.feed, &item.entry.key, item.fingerprint);
        }
        self.put(id.key(), Codec::ZstdJson, &items)?;
        self.head.inbox += items.len() as u64;
        Ok(())
    }

    /// Takes a bundle of so many entries out; one that is not there is no fault.
    ///
    /// # Errors
    /// See [`Txn::put_bundle`].
    pub fn remove_bundle(&mut self, id: &BundleId, entries: u64) -> Result<(), WriteError> {
        let key = id.key();
        if self.view().get(&key)?.is_some() {
            self.remove(&key)?;
            self.head.inbox = self.head.inbox.saturating_sub(entries);
        }
        Ok(())
    }
}
