//! Anchor → articles that hold it: the two forms of the index, neither of which knows a store.
//!
//! [`Recent`] is the newest part, in memory. [`Bucket`] is a packed value for the rest: one key a
//! bucket of anchors instead of one an anchor, because an embedded store spends many times the
//! posting on each key.

use std::collections::HashMap;
use std::ops::Range;

/// Articles looked at for one anchor, newest first: an anchor that more hold is a phrase.
pub(super) const NEWEST: usize = 32;

/// Bits of an anchor that choose its bucket.
const BUCKET_BITS: u32 = 16;

/// Number of buckets.
pub(super) const BUCKETS: u32 = 1 << BUCKET_BITS;

/// Bytes of an anchor kept in the bucket: with the bucket's own bits, two anchors are taken for
/// one once in 2^40.
const TAG: usize = 3;

/// An article's number in the index: rises by one an article.
pub(super) type Ordinal = u32;

/// The newest part of the index.
#[derive(Debug, Default)]
pub(super) struct Recent {
    /// Anchor → its newest posting, as a position in `postings`.
    newest: HashMap<u64, u32>,
    /// Article and the position of the posting before it for the same anchor; the position of a
    /// posting itself where there is none before.
    postings: Vec<(Ordinal, u32)>,
}

impl Recent {
    /// Notes that an article holds these anchors.
    pub(super) fn add(&mut self, article: Ordinal, anchors: &[u64]) {
        for anchor in anchors {
            let Ok(here) = u32::try_from(self.postings.len()) else { return };
            let before = self.newest.insert(*anchor, here).unwrap_or(here);
            self.postings.push((article, before));
        }
    }

    /// The newest articles that hold an anchor, newest first, at most [`NEWEST`].
    pub(super) fn find(&self, anchor: u64) -> impl Iterator<Item = Ordinal> {
        let newest = self.newest.get(&anchor);
        newest.into_iter().flat_map(|at| self.chain(*at)).map(|(_, article)| article).take(NEWEST)
    }

    /// Postings held.
    pub(super) fn len(&self) -> usize {
        self.postings.len()
    }

    /// The postings of some buckets, as `(bucket, tag, article)` in the order of buckets and, in
    /// each, of their coming: what to append to each [`Bucket`].
    pub(super) fn of_buckets(&self, range: &Range<u32>) -> Vec<(u16, Tag, Ordinal)> {
        let mut out = Vec::new();
        for (anchor, newest) in &self.newest {
            let number = bucket(*anchor);
            if range.contains(&u32::from(number)) {
                out.extend(
                    self.chain(*newest).map(|(at, article)| (number, at, tag(*anchor), article)),
                );
            }
        }
        out.sort_unstable();
        out.into_iter().map(|(number, _, tag, article)| (number, tag, article)).collect()
    }

    /// The postings of an anchor, newest first, as `(position, article)`.
    fn chain(&self, newest: u32) -> impl Iterator<Item = (u32, Ordinal)> {
        let mut at = Some(newest);
        std::iter::from_fn(move || {
            let here = at?;
            let (article, before) = *self.postings.get(usize::try_from(here).ok()?)?;
            at = (before != here).then_some(before);
            Some((here, article))
        })
    }
}

/// The part of an anchor that a bucket keeps.
pub(super) type Tag = [u8; TAG];

/// The bucket of an anchor.
pub(super) fn bucket(anchor: u64) -> u16 {
    u16::try_from(anchor >> (u64::BITS - BUCKET_BITS)).unwrap_or_default()
}

/// The anchor's tag in its bucket.
pub(super) fn tag(anchor: u64) -> Tag {
    let [_, _, a, b, c, ..] = anchor.to_be_bytes();
    [a, b, c]
}

/// A packed list of `(tag, article)` in the order of their coming: the tag's three bytes, then the
/// step from the article before, its sign in the lowest bit, as a variable-length number (7 bits a
/// byte, lowest first).
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Bucket {
    bytes: Vec<u8>,
    last: Ordinal,
}

impl Bucket {
    /// The bucket with these bytes; what cannot be read at their end is left out.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let mut reader = Reader { rest: bytes, last: 0 };
        while reader.next().is_some() {}
        let used = bytes.len() - reader.rest.len();
        Self { bytes: bytes.get(..used).unwrap_or_default().to_vec(), last: reader.last }
    }

    /// Appends an article.
    pub(super) fn push(&mut self, tag: Tag, article: Ordinal) {
        let down = article < self.last;
        let mut step = u64::from(article.abs_diff(self.last)) << 1 | u64::from(down);
        self.last = article;
        self.bytes.extend(tag);
        loop {
            let [low, ..] = step.to_le_bytes();
            step >>= 7;
            if step == 0 {
                self.bytes.push(low & 0x7f);
                return;
            }
            self.bytes.push(low | 0x80);
        }
    }

    /// The stored form.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// The articles under a tag in a bucket's stored form, newest last.
pub(super) fn find(bytes: &[u8], tag: Tag) -> impl Iterator<Item = Ordinal> {
    let entries = Reader { rest: bytes, last: 0 };
    entries.filter(move |(found, _)| *found == tag).map(|(_, article)| article)
}

/// Reads a bucket's stored form; ends before an entry that is cut off.
struct Reader<'a> {
    rest: &'a [u8],
    last: Ordinal,
}

impl Iterator for Reader<'_> {
    type Item = (Tag, Ordinal);

    fn next(&mut self) -> Option<Self::Item> {
        let (tag, tail) = self.rest.split_first_chunk::<TAG>()?;
        let mut step = 0_u64;
        for (index, byte) in tail.iter().enumerate().take(5) {
            step |= u64::from(byte & 0x7f) << (index * 7);
            if byte & 0x80 == 0 {
                let size = Ordinal::try_from(step >> 1).ok()?;
                let down = step & 1 == 1;
                self.last =
                    if down { self.last.checked_sub(size) } else { self.last.checked_add(size) }?;
                self.rest = tail.get(index + 1..)?;
                return Some((*tag, self.last));
            }
        }
        None
    }
}

/// Counts how often each article was named and returns those named most, the newer first where
/// they are equal; at most `most`.
pub(super) fn most_named(named: impl Iterator<Item = Ordinal>, most: usize) -> Vec<Ordinal> {
    let mut all: Vec<_> = named.collect();
    all.sort_unstable();
    let mut counts: Vec<_> =
        all.chunk_by(|a, b| a == b).filter_map(|run| Some((run.len(), *run.first()?))).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    counts.truncate(most);
    counts.into_iter().map(|(_, article)| article).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_newest_come_first() {
        let mut recent = Recent::default();
        for article in 0..100 {
            recent.add(article, &[7, 1000 + u64::from(article)]);
        }
        let found: Vec<_> = recent.find(7).collect();
        assert_eq!(found, (68..100).rev().collect::<Vec<_>>());
        assert_eq!(recent.find(1003).collect::<Vec<_>>(), [3]);
        assert_eq!(recent.find(8).count(), 0);
    }

    #[test]
    fn the_most_named_win_and_the_newer_of_equals() {
        assert_eq!(most_named([3, 1, 2, 1, 3, 9].into_iter(), 3), [3, 1, 9]);
    }

    proptest! {
        #[test]
        fn buckets_hold_what_recent_held(
            articles in prop::collection::vec(prop::collection::vec(any::<u64>(), 0..5), 0..50),
            start in 0..4_000_000_000_u32,
        ) {
            let mut recent = Recent::default();
            let mut buckets: HashMap<u16, Bucket> = HashMap::new();
            for (article, anchors) in (start..).zip(&articles) {
                recent.add(article, anchors);
            }
            for (number, tag, article) in recent.of_buckets(&(0..BUCKETS)) {
                buckets.entry(number).or_default().push(tag, article);
            }
            for (article, anchors) in (start..).zip(&articles) {
                for anchor in anchors {
                    let held = &buckets[&bucket(*anchor)];
                    let mut found = find(&held.bytes, tag(*anchor));
                    prop_assert!(found.any(|found| found == article));
                    prop_assert_eq!(&Bucket::from_bytes(&held.bytes), held);
                }
            }
        }

        #[test]
        fn any_bytes_are_a_bucket(bytes: Vec<u8>, articles: [u32; 3]) {
            let mut bucket = Bucket::from_bytes(&bytes);
            for article in articles {
                bucket.push([1, 2, 3], article);
            }
            let found: Vec<_> = find(&bucket.bytes, [1, 2, 3]).collect();
            prop_assert!(found.ends_with(&articles));
        }
    }
}
