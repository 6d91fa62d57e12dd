//! [`Filter`]: says of most anchors that the store holds nothing under them, without asking it. Most
//! anchors of an article are its own, and each question costs some microseconds.
//!
//! A Bloom filter in blocks of one cache line (Putze, Sanders, Singler: Cache-, Hash- and
//! Space-Efficient Bloom Filters, 2007): 16 bits a posting, one look at memory, about 0.1 % of
//! questions asked in vain. An article asks some three hundred of them at a million articles, and at
//! ten bits some three are in vain, each a read of the disk at worst.

use super::postings::Anchor;
use xxhash_rust::xxh3::xxh3_64;

/// Bits of the filter for each posting.
const BITS: usize = 16;

/// Bits that one anchor sets.
const MARKS: u32 = 7;

/// One cache line.
type Block = [u64; 8];

/// Bits of a block.
const BLOCK_BITS: usize = 512;

/// Anchors that may be held; has no false absences.
#[derive(Debug)]
pub(super) struct Filter {
    blocks: Vec<Block>,
}

impl Filter {
    /// An empty filter with room for so many postings; with more it errs more often.
    pub(super) fn for_postings(count: usize) -> Self {
        let blocks = (count * BITS).div_ceil(BLOCK_BITS).max(1);
        Self { blocks: vec![[0; 8]; blocks] }
    }

    /// Notes that an anchor is held.
    pub(super) fn add(&mut self, anchor: Anchor) {
        let (block, marks) = self.place(anchor);
        for (word, mark) in self.blocks.get_mut(block).into_iter().flatten().zip(marks) {
            *word |= mark;
        }
    }

    /// False where nothing is held under an anchor.
    pub(super) fn may_hold(&self, anchor: Anchor) -> bool {
        let (block, marks) = self.place(anchor);
        let words = self.blocks.get(block).into_iter().flatten();
        words.zip(marks).all(|(word, mark)| word & mark == mark)
    }

    /// The block of an anchor and the bits it sets there.
    fn place(&self, anchor: Anchor) -> (usize, Block) {
        let hash = xxh3_64(&anchor.to_bytes());
        let count = self.blocks.len() as u128;
        // The high half of the product: evenly spread for any number of blocks.
        let block = usize::try_from((u128::from(hash) * count) >> 64).unwrap_or_default();
        let mut marks = [0; 8];
        let mut rest = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for _ in 0..MARKS {
            let bit = rest >> 55;
            if let Some(word) = marks.get_mut(usize::try_from(bit >> 6).unwrap_or_default()) {
                *word |= 1 << (bit & 63);
            }
            rest = rest.rotate_left(9).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        (block, marks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchor(number: u64) -> Anchor {
        Anchor::of(xxh3_64(&number.to_le_bytes()))
    }

    #[test]
    fn few_questions_are_asked_in_vain() {
        let mut filter = Filter::for_postings(100_000);
        (0..100_000).for_each(|n| filter.add(anchor(n)));
        assert!((0..100_000).all(|n| filter.may_hold(anchor(n))));
        let vain = (100_000..200_000).filter(|n| filter.may_hold(anchor(*n))).count();
        assert!(vain < 300, "{vain}");
    }
}
