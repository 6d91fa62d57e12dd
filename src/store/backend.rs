//! What the store needs of an engine: ordered bytes, and batches that are applied as a whole.
//!
//! Two engines ship: sled for the daemon, memory for replays; tests add one that fails on demand.

use std::collections::BTreeMap;

/// Writes (`Some`) and removals (`None`) that are applied together or not at all.
pub type Batch = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// A key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// An engine that keeps bytes in the order of their keys.
pub trait Backend: Send + Sync + std::fmt::Debug {
    /// The value of a key.
    ///
    /// # Errors
    /// The engine cannot read.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Fault>;

    /// The first `most` pairs with `from <= key < to` in rising order, or the last ones in falling
    /// order where `backward` is set.
    ///
    /// # Errors
    /// The engine cannot read.
    fn page(&self, from: &[u8], to: &[u8], backward: bool, most: usize)
    -> Result<Vec<Pair>, Fault>;

    /// Applies a batch: readers see it at once. After a crash it is there as a whole or not at
    /// all, and not without those applied before it.
    ///
    /// # Errors
    /// The engine cannot write. Which of the two it is then is known only after it is opened
    /// again.
    fn apply(&self, batch: &Batch) -> Result<(), Fault>;

    /// Has everything that was applied before this call on the disk.
    ///
    /// # Errors
    /// The engine cannot write; what is on the disk is known only after it is opened again.
    fn sync(&self) -> Result<(), Fault>;

    /// Applies a batch and has it on the disk.
    ///
    /// # Errors
    /// As [`Backend::apply`].
    fn commit(&self, batch: &Batch) -> Result<(), Fault> {
        self.apply(batch)?;
        self.sync()
    }

    /// True once it has refused to read; opened again it may read.
    fn stumbled(&self) -> bool {
        false
    }

    /// Has the cache count what a read of this key brought into memory.
    ///
    /// # Errors
    /// The engine cannot read.
    fn settle(&self, _key: &[u8]) -> Result<(), Fault> {
        Ok(())
    }

    /// Bytes on the disk.
    fn bytes(&self) -> u64;
}

/// The engine refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Fault {
    /// What it says.
    pub text: String,
    /// True where the disk has no room.
    pub full: bool,
}
