//! Postings in the order of their coming, as they are kept until their buckets are put: so that a
//! start reads them instead of learning them again from the archive.
//!
//! An article is its ordinal (4 bytes, little-endian), the number of its anchors (1 byte), and five bytes for each.

use super::postings::{Anchor, Ordinal};

/// Longest piece in bytes: values of a store are to stay below 64 KiB.
const PIECE: usize = 32 * 1024;

/// Articles and their anchors, in pieces.
#[derive(Debug, Default)]
pub(super) struct Journal {
    pieces: Vec<Vec<u8>>,
}

impl Journal {
    /// Notes that an article holds these anchors.
    pub(super) fn add(&mut self, article: Ordinal, anchors: &[Anchor]) {
        for group in anchors.chunks(usize::from(u8::MAX)) {
            if self.pieces.last().is_none_or(|piece| piece.len() > PIECE - 2048) {
                self.pieces.push(Vec::with_capacity(PIECE));
            }
            let Some(piece) = self.pieces.last_mut() else { return };
            piece.extend(article.to_le_bytes());
            piece.push(u8::try_from(group.len()).unwrap_or_default());
            piece.extend(group.iter().flat_map(|anchor| anchor.to_bytes()));
        }
    }

    /// Bytes held, to a piece.
    pub(super) fn bytes(&self) -> usize {
        self.pieces.len() * PIECE
    }

    /// Everything held, piece by piece.
    pub(super) fn into_pieces(self) -> Vec<Vec<u8>> {
        self.pieces
    }
}

/// The articles of a piece with their anchors; ends before what cannot be read.
pub(super) fn read(mut piece: &[u8]) -> impl Iterator<Item = (Ordinal, Vec<Anchor>)> {
    std::iter::from_fn(move || {
        let (article, rest) = piece.split_first_chunk()?;
        let (count, rest) = rest.split_first()?;
        let (anchors, rest) = rest.split_at_checked(usize::from(*count) * 5)?;
        piece = rest;
        let anchors = anchors.chunks_exact(5).filter_map(|bytes| bytes.try_into().ok());
        Some((Ordinal::from_le_bytes(*article), anchors.map(Anchor::from_bytes).collect()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_noted_is_read(
            articles in prop::collection::vec((any::<u32>(), prop::collection::vec(any::<u64>(), 1..20)), 0..900),
        ) {
            let mut journal = Journal::default();
            let articles: Vec<(u32, Vec<Anchor>)> = articles
                .into_iter()
                .map(|(n, hashes)| (n, hashes.into_iter().map(Anchor::of).collect()))
                .collect();
            for (article, anchors) in &articles {
                journal.add(*article, anchors);
            }
            let pieces = journal.into_pieces();
            prop_assert!(pieces.iter().all(|piece| piece.len() <= PIECE));
            let back: Vec<_> = pieces.iter().flat_map(|piece| read(piece)).collect();
            prop_assert_eq!(back, articles);
        }

        #[test]
        fn any_bytes_are_a_piece(bytes: Vec<u8>) {
            prop_assert!(read(&bytes).count() <= bytes.len());
        }
    }
}
