//! Anchor → articles that hold it: packed lists, in memory as in values of a store that is not known
//! here. One list a bucket of anchors instead of one an anchor, because an embedded store spends
//! many times the posting on each key, and so does a table in memory.

/// Articles looked at for one anchor, newest first: an anchor that more hold is a phrase.
pub(super) const NEWEST: usize = 32;

/// Bits of an anchor that choose its bucket.
const BUCKET_BITS: u32 = 16;

/// Number of buckets.
const BUCKETS: usize = 1 << BUCKET_BITS;

/// Buckets in one value of the store: an embedded store spends some 50 bytes on each, and to read one
/// reads a page of sixteen.
const GROUP: usize = 8;

/// Number of groups.
pub(super) const GROUPS: u16 = 8192;

/// Bytes of an anchor kept in the bucket: with the bucket's own bits, two anchors are taken for
/// one once in 2^40.
const TAG: usize = 3;

/// An article's number in the index: rises by one an article.
pub(super) type Ordinal = u32;

/// Postings in one piece of memory.
const CHUNK: usize = 1 << 15;

/// Postings of a bucket looked at, newest first: a thousand times what it has on average, so that a
/// phrase in every article does not slow down the anchors that share its bucket.
const LOOKED_AT: usize = 1 << 14;

/// No posting.
const NONE: u32 = u32::MAX;

/// The newest part of the index: postings as they came, each with the one before it in its bucket.
/// In large pieces: a growing list for each bucket would leave the memory full of holes.
#[derive(Debug)]
pub(super) struct Pending {
    chunks: Vec<Vec<Posting>>,
    /// The newest posting of each bucket.
    newest: Vec<u32>,
    len: u32,
}

/// That an article holds an anchor.
#[derive(Debug, Clone, Copy)]
struct Posting {
    article: Ordinal,
    /// The posting before it in its bucket.
    before: u32,
    tag: Tag,
}

impl Default for Pending {
    fn default() -> Self {
        Self { chunks: Vec::new(), newest: vec![NONE; BUCKETS], len: 0 }
    }
}

impl Pending {
    /// Notes that an article holds these anchors.
    pub(super) fn add(&mut self, article: Ordinal, anchors: impl Iterator<Item = Anchor>) {
        for anchor in anchors {
            let Some(newest) = self.newest.get_mut(usize::from(anchor.bucket)) else { continue };
            if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
                self.chunks.push(Vec::with_capacity(CHUNK));
            }
            if let Some(chunk) = self.chunks.last_mut() {
                chunk.push(Posting { article, before: *newest, tag: anchor.tag });
                *newest = self.len;
                self.len += 1;
            }
        }
    }

    /// The articles that hold an anchor, newest first.
    pub(super) fn find(&self, anchor: Anchor) -> impl Iterator<Item = Ordinal> {
        let newest = self.bucket(anchor.bucket).take(LOOKED_AT);
        let held = newest.filter(move |posting| posting.tag == anchor.tag);
        held.map(|posting| posting.article)
    }

    /// The postings of a bucket, newest first.
    fn bucket(&self, number: u16) -> impl Iterator<Item = Posting> {
        let newest = self.newest.get(usize::from(number)).copied();
        let get = |at: u32| {
            let at = usize::try_from(at).ok()?;
            self.chunks.get(at / CHUNK)?.get(at % CHUNK).copied()
        };
        std::iter::successors(newest.and_then(get), move |posting| get(posting.before))
    }

    /// Postings held.
    pub(super) fn len(&self) -> usize {
        usize::try_from(self.len).unwrap_or(usize::MAX)
    }

    /// True where a group of buckets is not empty.
    pub(super) fn holds(&self, number: u16) -> bool {
        let newest = self.newest.iter().skip(usize::from(number) * GROUP).take(GROUP);
        newest.into_iter().any(|newest| *newest != NONE)
    }

    /// The stored form of a group of buckets; `None` where they are empty.
    pub(super) fn group(&self, number: u16) -> Option<Vec<u8>> {
        if !self.holds(number) {
            return None;
        }
        let mut out = Vec::new();
        for bucket in buckets_of(number) {
            let mut postings: Vec<_> = self.bucket(bucket).collect();
            postings.reverse();
            let bytes = packed(&postings);
            put_number(&mut out, bytes.len() as u64);
            out.extend(bytes);
        }
        Some(out)
    }
}

/// The buckets of a group.
fn buckets_of(group: u16) -> impl Iterator<Item = u16> {
    let first = group.saturating_mul(u16::try_from(GROUP).unwrap_or(u16::MAX));
    (first..=u16::MAX).take(GROUP)
}

/// The stored form of a bucket: in the order of their coming the tag's three bytes, then the step
/// from the article before, its sign in the lowest bit, as a variable-length number (7 bits a byte,
/// lowest first).
fn packed(postings: &[Posting]) -> Vec<u8> {
    let (mut out, mut last) = (Vec::new(), 0);
    for posting in postings {
        let down = posting.article < last;
        let step = u64::from(posting.article.abs_diff(last)) << 1 | u64::from(down);
        last = posting.article;
        out.extend(posting.tag);
        put_number(&mut out, step);
    }
    out
}

/// The group of an anchor's bucket.
pub(super) fn group_of(anchor: Anchor) -> u16 {
    anchor.bucket / u16::try_from(GROUP).unwrap_or(u16::MAX)
}

/// The articles that hold an anchor in the stored form of its group, newest last.
pub(super) fn find_in_group(group: &[u8], anchor: Anchor) -> impl Iterator<Item = Ordinal> {
    let bucket = buckets(group).nth(usize::from(anchor.bucket) % GROUP).unwrap_or_default();
    find(bucket, anchor.tag)
}

/// Every anchor in the stored form of group `number`.
pub(super) fn anchors_in_group(number: u16, group: &[u8]) -> impl Iterator<Item = Anchor> {
    buckets_of(number).zip(buckets(group)).flat_map(|(bucket, bytes)| {
        Reader { rest: bytes, last: 0 }.map(move |(tag, _)| Anchor { bucket, tag })
    })
}

/// The buckets of a group's stored form; ends before one that is cut off.
fn buckets(mut group: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = take_number(group)?;
        let (bucket, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        group = rest;
        Some(bucket)
    })
}

/// Appends a number, 7 bits a byte, lowest first.
pub(super) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            out.push(low & 0x7f);
            return;
        }
        out.push(low | 0x80);
    }
}

/// A number as [`put_number`] writes it, at most five bytes of it, and what stands behind.
pub(super) fn take_number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    for (index, byte) in bytes.iter().enumerate().take(5) {
        number |= u64::from(byte & 0x7f) << (index * 7);
        if byte & 0x80 == 0 {
            return Some((number, bytes.get(index + 1..)?));
        }
    }
    None
}

/// The part of an anchor that a bucket keeps.
pub(super) type Tag = [u8; TAG];

/// What the index knows of an anchor: the first five bytes of its hash, mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) bucket: u16,
    pub(super) tag: Tag,
}

impl Anchor {
    /// The smallest hashes of a text are its anchors, so their first bits are nearly always zero: mixed
    /// once more, they fill all buckets alike.
    pub(super) fn of(hash: u64) -> Self {
        let hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let tag = (hash >> 24).to_be_bytes().last_chunk().copied().unwrap_or_default();
        Self { bucket: u16::try_from(hash >> 48).unwrap_or_default(), tag }
    }

    pub(super) fn from_bytes(bytes: [u8; 5]) -> Self {
        let [high, low, tag @ ..] = bytes;
        Self { bucket: u16::from_be_bytes([high, low]), tag }
    }

    pub(super) fn to_bytes(self) -> [u8; 5] {
        let ([high, low], [first, second, third]) = (self.bucket.to_be_bytes(), self.tag);
        [high, low, first, second, third]
    }
}

/// The articles under a tag in the bytes of a bucket, newest last.
fn find(bytes: &[u8], tag: Tag) -> impl Iterator<Item = Ordinal> {
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
        let (step, rest) = take_number(tail)?;
        let size = Ordinal::try_from(step >> 1).ok()?;
        let down = step & 1 == 1;
        self.last = if down { self.last.checked_sub(size) } else { self.last.checked_add(size) }?;
        self.rest = rest;
        Some((*tag, self.last))
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
    use super::super::anchors::anchors;
    use super::super::words::read;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_most_named_win_and_the_newer_of_equals() {
        assert_eq!(most_named([3, 1, 2, 1, 3, 9].into_iter(), 3), [3, 1, 9]);
    }

    #[test]
    fn anchors_fill_all_buckets_alike() {
        let mut sizes = [0_u32; 64];
        for text in 0..4096_u64 {
            let words: Vec<_> =
                (0..330).map(|n| format!("w{}", (text * 7919 + n * n) % 50_021)).collect();
            for anchor in anchors(&read(&words.join(" ")).all, "") {
                sizes[usize::from(Anchor::of(anchor).bucket >> 10)] += 1;
            }
        }
        let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
        assert!(*most < least * 2, "{least} to {most}");
    }

    proptest! {
        #[test]
        fn groups_hold_what_was_pending(
            articles in prop::collection::vec(prop::collection::vec(any::<u64>(), 0..5), 0..50),
            start in 0..4_000_000_000_u32,
        ) {
            let mut pending = Pending::default();
            for (article, anchors) in (start..).zip(&articles) {
                let anchors: Vec<_> = anchors.iter().copied().map(Anchor::of).collect();
                pending.add(article, anchors.into_iter());
            }
            for (article, anchors) in (start..).zip(&articles) {
                for anchor in anchors {
                    let anchor = Anchor::of(*anchor);
                    let mut held: Vec<_> = pending.find(anchor).collect();
                    held.reverse();
                    prop_assert!(held.contains(&article));
                    let group = pending.group(group_of(anchor)).unwrap();
                    prop_assert_eq!(find_in_group(&group, anchor).collect::<Vec<_>>(), held);
                    let mut known = anchors_in_group(group_of(anchor), &group);
                    prop_assert!(known.any(|known| known == anchor));
                }
            }
        }

        #[test]
        fn any_bytes_are_a_group(bytes: Vec<u8>, anchor: u64) {
            prop_assert!(find_in_group(&bytes, Anchor::of(anchor)).count() <= bytes.len());
            prop_assert!(anchors_in_group(7, &bytes).count() <= bytes.len());
        }
    }
}
