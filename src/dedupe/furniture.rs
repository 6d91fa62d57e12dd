//! The lines that stand under many articles: footers, appeals, "read more", paywall notices. They
//! are left out before texts are compared, or short items under one footer would all look alike.
//!
//! A line is furniture once it was seen under two other addresses of its site, or in three stories
//! on whatever sites. The tables are bounded: they forget what they have not met for long.

use crate::model::ArticleId;
use std::collections::HashMap;

/// Lines in one of the two halves of a site's table: some dozens of pages.
const SITE_HALF: usize = 1024;

/// Lines in one of the two halves of the table for all sites: some thousands of pages.
const COMMON_HALF: usize = 32 * 1024;

/// Addresses of a site under which a line must have been seen to be furniture under another one.
const OTHERS: u8 = 2;

/// Stories in which a line must have been seen to be furniture in all. More than of addresses: the
/// same text may be in two stories because it was not recognised.
const STORIES: u8 = 3;

/// Bytes of one line in the stored form: hash, two places, their count.
const STORED: usize = 9;

/// Lines and in how many places each was seen: under which addresses of one site, or in which
/// stories of all sites.
///
/// Two halves: the newer takes what is met; once full it becomes the older one, whose lines come
/// over when they are met again and are forgotten otherwise.
#[derive(Debug, Clone)]
pub struct Lines {
    half: usize,
    newer: HashMap<u32, Seen>,
    older: HashMap<u32, Seen>,
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
    pub(super) fn holds(&self, line: u32, address: u16) -> bool {
        self.site.others(line, address) >= OTHERS || self.common.others(line, 0) >= STORIES
    }
}

/// Where a line was seen: the first two places by tag, and the count up to three.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    places: [u16; 2],
    count: u8,
}

impl Lines {
    /// An empty table for one site; its places are addresses ([`super::Features::address`]).
    pub fn of_site() -> Self {
        Self { half: SITE_HALF, newer: HashMap::new(), older: HashMap::new() }
    }

    /// An empty table for all sites; its places are stories ([`story_tag`]).
    pub fn of_all_sites() -> Self {
        Self { half: COMMON_HALF, ..Self::of_site() }
    }

    /// The number of places other than this one where the line was seen, at most three.
    fn others(&self, line: u32, place: u16) -> u8 {
        let seen = self.newer.get(&line).or_else(|| self.older.get(&line));
        seen.map_or(0, |seen| seen.others(place))
    }

    /// Notes that these lines stand in `place`; doing so twice changes nothing.
    pub fn learn(&mut self, place: u16, lines: &[u32]) {
        for line in lines {
            let mut seen = self.older.remove(line).unwrap_or_default();
            let seen = self.newer.entry(*line).or_insert_with(|| std::mem::take(&mut seen));
            seen.note(place);
            if self.newer.len() >= self.half {
                self.older = std::mem::take(&mut self.newer);
            }
        }
    }

    /// The stored form.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut lines: Vec<_> = self.older.iter().chain(&self.newer).collect();
        lines.sort_unstable_by_key(|(line, _)| **line);
        let mut out = Vec::with_capacity(lines.len() * STORED);
        for (line, seen) in lines {
            let [first, second] = seen.places;
            out.extend(line.to_le_bytes());
            out.extend(first.to_le_bytes());
            out.extend(second.to_le_bytes());
            out.push(seen.count);
        }
        out
    }

    /// The site's table with this stored form; what does not fit the form is left out.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let lines = bytes.chunks_exact(STORED).filter_map(|stored| {
            let (line, rest) = stored.split_first_chunk()?;
            let (first, rest) = rest.split_first_chunk()?;
            let (second, rest) = rest.split_first_chunk()?;
            let places = [u16::from_le_bytes(*first), u16::from_le_bytes(*second)];
            let seen = Seen { places, count: *rest.first()? };
            Some((u32::from_le_bytes(*line), seen))
        });
        Self { older: lines.take(2 * SITE_HALF).collect(), ..Self::of_site() }
    }
}

/// The tag of a story as a place in the table for all sites.
pub fn story_tag(story: &ArticleId) -> u16 {
    let [.., a, b] = *story.as_bytes();
    u16::from_le_bytes([a, b])
}

impl Seen {
    fn others(self, place: u16) -> u8 {
        let known = usize::from(self.count).min(2);
        let own = self.places.iter().take(known).any(|a| *a == place);
        self.count - u8::from(own)
    }

    fn note(&mut self, place: u16) {
        let [first, second] = &mut self.places;
        match self.count {
            0 => (*first, self.count) = (place, 1),
            1 if *first != place => (*second, self.count) = (place, 2),
            2 if *first != place && *second != place => self.count = 3,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_places_are_counted() {
        let mut lines = Lines::of_site();
        lines.learn(1, &[7]);
        lines.learn(1, &[7]);
        assert_eq!(lines.others(7, 2), 1);
        lines.learn(2, &[7]);
        assert_eq!(lines.others(7, 3), 2);
        assert_eq!(lines.others(7, 1), 1);
        lines.learn(3, &[7]);
        assert_eq!(lines.others(7, 1), 2);
    }

    #[test]
    fn what_is_met_stays_and_the_table_is_bounded() {
        let mut lines = Lines::of_site();
        for page in 0..20_000_u32 {
            let place = u16::try_from(page % 60_000).unwrap();
            lines.learn(place, &[7, page + 100, page + 1_000_000]);
        }
        assert_eq!(lines.others(7, 60_001), 3);
        assert!(lines.newer.len() + lines.older.len() <= 2 * SITE_HALF);
        let back = Lines::from_bytes(&lines.to_bytes());
        assert_eq!(back.others(7, 60_001), 3);
        assert_eq!(back.to_bytes(), lines.to_bytes());
    }
}
