//! The lines that stand under many articles: footers, appeals, "read more", paywall notices. They
//! are left out before texts are compared, or short items under one footer would all look alike.
//!
//! A line is furniture once it was seen under two other addresses of its site, or in three stories
//! on whatever sites. The tables are bounded: they forget what they have not met for long.

use super::postings::{put_number, take_number};
use crate::model::ArticleId;

/// Lines in one of the two halves of a site's table: some dozens of pages.
const SITE_HALF: usize = 768;

/// Lines in one of the two halves of the table for all sites: some thousands of pages.
const COMMON_HALF: usize = 32 * 1024;

/// Lines by which a shard grows: twice its size each time would leave a quarter of the memory of all
/// sites empty.
const GROWTH: usize = 64;

/// Bits of a line's hash that choose its shard in the table for all sites: a shard has some hundred
/// lines, so that putting one in moves little memory.
const COMMON_BITS: u32 = 8;

/// Addresses of a site under which a line must have been seen to be furniture under another one.
const OTHERS: u8 = 2;

/// Stories in which a line must have been seen to be furniture in all. More than of addresses: the
/// same text may be in two stories because it was not recognised.
const STORIES: u8 = 3;

/// Bytes of one line in the stored form, about.
pub(super) const STORED: usize = 5;

/// Bits of a line's hash that a shard's entries keep.
const TAG_BITS: u32 = 24;

/// Lines and in how many places each was seen: under which addresses of one site, or in which
/// stories of all sites.
///
/// Two halves: the newer takes what is met; once full it becomes the older one, whose lines come
/// over when they are met again and are forgotten otherwise.
#[derive(Debug, Clone)]
pub struct Lines {
    half: usize,
    newer: Half,
    older: Half,
}

/// Lines by hash: sorted lists, because a hash table takes twice the memory, and there is one for
/// each site.
#[derive(Debug, Clone)]
struct Half {
    shards: Vec<Vec<Entry>>,
    len: usize,
}

/// A line: the first bits of its hash behind those that choose the shard, and where it was seen. Five
/// bytes, for a busy desk has millions of them; two lines of a site are taken for one once in a
/// thousand pages, and only what stands in several places counts.
type Entry = ([u8; 3], Seen);

impl Half {
    fn new(bits: u32) -> Self {
        Self { shards: vec![Vec::new(); 1 << bits], len: 0 }
    }

    /// The only shard of a site's older half.
    fn of(lines: Vec<Entry>) -> Self {
        Self { len: lines.len(), shards: vec![lines] }
    }

    /// The shard of a line and what stands there for it.
    fn place(&self, line: u32) -> (usize, [u8; 3]) {
        let bits = self.shards.len().ilog2();
        let shard = line.checked_shr(u32::BITS - bits).unwrap_or_default();
        let [_, tag @ ..] = (line << bits >> (u32::BITS - TAG_BITS)).to_be_bytes();
        (usize::try_from(shard).unwrap_or_default(), tag)
    }

    fn get(&self, line: u32) -> Option<Seen> {
        let (shard, tag) = self.place(line);
        let shard = self.shards.get(shard)?;
        let at = shard.binary_search_by_key(&tag, |(tag, _)| *tag).ok()?;
        shard.get(at).map(|(_, seen)| *seen)
    }

    fn remove(&mut self, line: u32) -> Option<Seen> {
        let (shard, tag) = self.place(line);
        let shard = self.shards.get_mut(shard)?;
        let at = shard.binary_search_by_key(&tag, |(tag, _)| *tag).ok()?;
        self.len -= 1;
        Some(shard.remove(at).1)
    }

    /// What is known of a line, `fresh` where nothing is.
    fn entry(&mut self, line: u32, fresh: Seen) -> Option<&mut Seen> {
        let (shard, tag) = self.place(line);
        let shard = self.shards.get_mut(shard)?;
        let at = match shard.binary_search_by_key(&tag, |(tag, _)| *tag) {
            Ok(at) => at,
            Err(at) => {
                self.len += 1;
                if shard.len() == shard.capacity() {
                    shard.reserve_exact(GROWTH);
                }
                shard.insert(at, (tag, fresh));
                at
            }
        };
        shard.get_mut(at).map(|(_, seen)| seen)
    }

    /// The lines, each by as much of its hash as is kept.
    fn iter(&self) -> impl Iterator<Item = (u32, Seen)> {
        let bits = self.shards.len().ilog2();
        let all = (0_u32..).zip(&self.shards);
        all.flat_map(move |(shard, lines)| {
            let first = shard.checked_shl(u32::BITS - bits).unwrap_or_default();
            lines.iter().map(move |([a, b, c], seen)| {
                let rest = u32::from_be_bytes([*a, *b, *c, 0]);
                (first | rest >> bits, *seen)
            })
        })
    }
}

/// What is left out of an article before it is compared.
#[derive(Debug, Clone, Copy)]
pub struct Furniture<'a> {
    /// The lines of its site.
    pub site: &'a Lines,
    /// The lines of all sites.
    pub common: &'a Lines,
}

impl Furniture<'_> {
    /// True where the line says nothing about the article at this address of the site.
    pub(super) fn holds(&self, line: u32, address: impl FnOnce() -> u8) -> bool {
        let of_site = self.site.seen(line).is_some_and(|seen| seen.others(address()) >= OTHERS);
        of_site || self.common.seen(line).is_some_and(|seen| seen.others(0) >= STORIES)
    }
}

/// Where a line was seen: the first two places by tag; twice the same for one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen([u8; 2]);

/// Seen in three places or more: which ones does not matter any more.
const MANY: Seen = Seen([u8::MAX, u8::MAX - 1]);

impl Lines {
    /// An empty table for one site; its places are addresses ([`super::Features::address`]).
    pub fn of_site() -> Self {
        Self { half: SITE_HALF, newer: Half::new(0), older: Half::new(0) }
    }

    /// An empty table for all sites; its places are stories ([`story_tag`]).
    pub fn of_all_sites() -> Self {
        let empty = || Half::new(COMMON_BITS);
        Self { half: COMMON_HALF, newer: empty(), older: empty() }
    }

    /// Where the line was seen; `None` where it was not.
    fn seen(&self, line: u32) -> Option<Seen> {
        self.newer.get(line).or_else(|| self.older.get(line))
    }

    /// Notes that these lines stand in `place`; doing so twice changes nothing.
    pub fn learn(&mut self, place: u8, lines: &[u32]) {
        for line in lines {
            let fresh = self.older.remove(*line).unwrap_or(Seen([place; 2]));
            if let Some(seen) = self.newer.entry(*line, fresh) {
                seen.note(place);
            }
            if self.newer.len >= self.half {
                let empty = Half::new(self.newer.shards.len().ilog2());
                self.older = std::mem::replace(&mut self.newer, empty);
                self.older.shards.iter_mut().for_each(Vec::shrink_to_fit);
            }
        }
    }

    /// True where the line stands under two other addresses than this one.
    pub(super) fn is_elsewhere(&self, line: u32, address: u8) -> bool {
        self.seen(line).is_some_and(|seen| seen.others(address) >= OTHERS)
    }

    /// Notes that lines were met again, wherever: they are not forgotten.
    pub(super) fn meet(&mut self, lines: &[u32]) {
        for line in lines {
            if let Some(Seen([place, _])) = self.older.get(*line) {
                self.learn(place, &[*line]);
            }
        }
    }

    /// The table of a site with nothing but lines that stand in several places.
    pub(super) fn repeated(&self) -> Self {
        let all = self.older.shards.iter().chain(&self.newer.shards).flatten();
        let mut lines: Vec<_> = all.filter(|(_, Seen([a, b]))| a != b).copied().collect();
        lines.sort_unstable_by_key(|(tag, _)| *tag);
        Self { older: Half::of(lines), ..Self::of_site() }
    }

    /// Lines held.
    pub(super) fn len(&self) -> usize {
        self.newer.len + self.older.len
    }

    /// The stored form: in rising order the step from the line before and whether there is a second
    /// place as one variable-length number, then the places.
    pub fn to_bytes(&self) -> Vec<u8> {
        let unused = u32::BITS - TAG_BITS - self.newer.shards.len().ilog2();
        let mut lines: Vec<_> = self.older.iter().chain(self.newer.iter()).collect();
        lines.sort_unstable_by_key(|(line, _)| *line);
        let (mut out, mut last) = (Vec::with_capacity(lines.len() * STORED), 0);
        for (line, Seen([first, second])) in lines {
            let (line, both) = (line >> unused, first != second);
            put_number(&mut out, u64::from(line.wrapping_sub(last)) << 1 | u64::from(both));
            last = line;
            out.push(first);
            out.extend(both.then_some(second));
        }
        out
    }

    /// The table of all sites with this stored form.
    pub(super) fn common_from_bytes(bytes: &[u8]) -> Self {
        let mut table = Self::of_all_sites();
        for (line, seen) in read(bytes).take(2 * COMMON_HALF) {
            table.older.entry(line, seen);
        }
        table
    }

    /// The site's table with this stored form; what does not fit the form is left out.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let lines = read(bytes).take(2 * SITE_HALF).map(|(line, seen)| {
            let [_, tag @ ..] = line.to_be_bytes();
            (tag, seen)
        });
        let mut lines: Vec<_> = lines.collect();
        lines.sort_unstable_by_key(|(tag, _)| *tag);
        lines.dedup_by_key(|(tag, _)| *tag);
        Self { older: Half::of(lines), ..Self::of_site() }
    }
}

/// The lines of a stored form; ends before what cannot be read.
fn read(mut bytes: &[u8]) -> impl Iterator<Item = (u32, Seen)> {
    let mut line = 0_u32;
    std::iter::from_fn(move || {
        let (number, rest) = take_number(bytes)?;
        line = line.checked_add(u32::try_from(number >> 1).ok()?)?;
        let (first, rest) = rest.split_first()?;
        let (second, rest) = if number & 1 == 1 { rest.split_first()? } else { (first, rest) };
        bytes = rest;
        Some((line, Seen([*first, *second])))
    })
}

/// The tag of a story as a place in the table for all sites.
pub fn story_tag(story: &ArticleId) -> u8 {
    let [.., tag] = *story.as_bytes();
    tag
}

impl Seen {
    /// The number of places other than this one, at most three.
    fn others(self, place: u8) -> u8 {
        let Self([first, second]) = self;
        match self {
            MANY => 3,
            _ if first == second => u8::from(first != place),
            _ => 2 - u8::from(first == place || second == place),
        }
    }

    fn note(&mut self, place: u8) {
        let Self([first, second]) = *self;
        if *self == MANY || first == place || second == place {
            return;
        }
        *self = if first == second { Self([first, place]) } else { MANY };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn others(lines: &Lines, line: u32, place: u8) -> u8 {
        lines.seen(line).map_or(0, |seen| seen.others(place))
    }

    /// Hashes of so many different lines.
    fn hashes(numbers: std::ops::Range<u32>) -> impl Iterator<Item = u32> {
        numbers.map(|number| number.wrapping_mul(0x9e37_79b9))
    }

    #[test]
    fn other_places_are_counted() {
        let mut lines = Lines::of_site();
        lines.learn(1, &[7]);
        lines.learn(1, &[7]);
        assert_eq!(others(&lines, 7, 2), 1);
        lines.learn(2, &[7]);
        assert_eq!(others(&lines, 7, 3), 2);
        assert_eq!(others(&lines, 7, 1), 1);
        lines.learn(3, &[7]);
        assert!(others(&lines, 7, 1) >= OTHERS);
    }

    #[test]
    fn what_is_left_out_of_pages_stays_too() {
        let mut lines = Lines::of_site();
        for place in [1, 2] {
            lines.learn(place, &[7]);
        }
        for line in hashes(100..20_000) {
            lines.learn(3, &[line]);
            lines.meet(&[7, 1 << 16]);
        }
        assert!(lines.is_elsewhere(7, 3) && !lines.is_elsewhere(7, 1));
        assert_eq!(lines.repeated().len(), 1);
        assert!(lines.repeated().is_elsewhere(7, 3));
        assert_eq!(others(&lines, 1 << 16, 9), 0);
    }

    #[track_caller]
    fn check_bound(mut lines: Lines, most: usize, back: impl Fn(&[u8]) -> Lines) {
        let pages = hashes(1..100_000).zip(hashes(1_000_000..1_100_000));
        for (page, (first, second)) in pages.enumerate() {
            lines.learn(u8::try_from(page % 250).unwrap(), &[7, first, second]);
        }
        assert_eq!(others(&lines, 7, 251), 3);
        assert!(lines.len() <= most);
        let back = back(&lines.to_bytes());
        assert_eq!(others(&back, 7, 251), 3);
        assert_eq!(back.to_bytes(), lines.to_bytes());
    }

    #[test]
    fn what_is_met_stays_and_the_table_is_bounded() {
        check_bound(Lines::of_site(), 2 * SITE_HALF, Lines::from_bytes);
        check_bound(Lines::of_all_sites(), 2 * COMMON_HALF, Lines::common_from_bytes);
    }
}
