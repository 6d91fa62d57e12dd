//! What was learnt, in the order of its coming, as it is kept until it has left for segments and
//! tables: so that a start reads it instead of learning it again from the archive.
//!
//! Entries are in postcard's format, one behind the other.

use super::features::Features;
use super::postings::{Anchor, Ordinal};
use serde::{Deserialize, Serialize};

/// Bytes of a piece: sixteen of them, which sled may keep as one page, stay below the 128 KB from
/// which a page gets a file of its own that is never synced.
const PIECE: usize = 4 * 1024;

/// Longest entry in bytes, a piece of its own: values of a store are to stay below 64 KiB.
const ENTRY: usize = 32 * 1024;

/// What an article taught.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// `None` where the index cannot count so far.
    pub(super) article: Option<Ordinal>,
    anchors: Vec<[u8; 5]>,
    pub(super) site: String,
    pub(super) address: u8,
    pub(super) lines: Vec<u32>,
}

impl Entry {
    pub(super) fn new(article: Option<Ordinal>, site: &str, features: &Features) -> Self {
        Self {
            article,
            anchors: features.anchors.iter().map(|hash| Anchor::of(*hash).to_bytes()).collect(),
            site: site.to_owned(),
            address: features.address,
            lines: features.lines.clone(),
        }
    }

    pub(super) fn anchors(&self) -> impl Iterator<Item = Anchor> {
        self.anchors.iter().copied().map(Anchor::from_bytes)
    }
}

/// Entries, in pieces.
#[derive(Debug, Default)]
pub(super) struct Journal {
    pieces: Vec<Vec<u8>>,
    bytes: usize,
}

impl Journal {
    /// Appends an entry. One that no value could hold is left out: it would be an article of
    /// thousands of lines.
    pub(super) fn add(&mut self, entry: &Entry) {
        let Ok(bytes) = postcard::to_stdvec(entry) else { return };
        if bytes.len() > ENTRY {
            return;
        }
        self.bytes += bytes.len();
        if self.pieces.last().is_none_or(|piece| piece.len() + bytes.len() > PIECE) {
            self.pieces.push(Vec::with_capacity(PIECE));
        }
        if let Some(piece) = self.pieces.last_mut() {
            piece.extend(bytes);
        }
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Everything held, piece by piece.
    pub(super) fn into_pieces(self) -> Vec<Vec<u8>> {
        self.pieces
    }
}

/// The entries of a piece; ends before what cannot be read.
pub(super) fn read(mut piece: &[u8]) -> impl Iterator<Item = Entry> {
    std::iter::from_fn(move || {
        let (entry, rest) = postcard::take_from_bytes(piece).ok()?;
        piece = rest;
        Some(entry)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry() -> impl Strategy<Value = Entry> {
        let anchors = prop::collection::vec(any::<[u8; 5]>(), 0..20);
        let lines = prop::collection::vec(any::<u32>(), 0..200);
        (any::<Option<u32>>(), anchors, "[a-z.]{0,20}", any::<u8>(), lines).prop_map(
            |(article, anchors, site, address, lines)| Entry {
                article,
                anchors,
                site,
                address,
                lines,
            },
        )
    }

    proptest! {
        #[test]
        fn what_was_noted_is_read(entries in prop::collection::vec(entry(), 0..300)) {
            let mut journal = Journal::default();
            for entry in &entries {
                journal.add(entry);
            }
            let pieces = journal.into_pieces();
            prop_assert!(pieces.iter().all(|p| p.len() <= PIECE || read(p).count() == 1));
            let back: Vec<_> = pieces.iter().flat_map(|piece| read(piece)).collect();
            prop_assert_eq!(back, entries);
        }

        #[test]
        fn any_bytes_are_a_piece(bytes: Vec<u8>) {
            prop_assert!(read(&bytes).count() <= bytes.len());
        }
    }
}
