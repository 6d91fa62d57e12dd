//! The lines a site prints under every article: footers, appeals, "read more". They are left out
//! before texts are compared, or short items under one footer would all look alike.
//!
//! A line is furniture once it was seen under two other addresses of the site. The table of a site
//! is bounded: it forgets what it has not met for long.

use std::collections::HashMap;

/// Lines in one of the two halves of a table.
const HALF: usize = 1024;

/// Addresses under which a line must have been seen to be furniture under another one.
const OTHERS: u8 = 2;

/// Bytes of one line in the stored form: hash, two addresses, their count.
const STORED: usize = 9;

/// The lines of one site and under how many addresses each was seen.
///
/// Two halves: the newer takes what is met; once full it becomes the older one, whose lines come
/// over when they are met again and are forgotten otherwise.
#[derive(Debug, Clone, Default)]
pub struct SiteLines {
    newer: HashMap<u32, Seen>,
    older: HashMap<u32, Seen>,
}

/// Where a line was seen: the first two addresses by tag, and the count up to three.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    addresses: [u16; 2],
    count: u8,
}

impl SiteLines {
    /// True where the line was seen under two or more other addresses than this one.
    pub(super) fn is_furniture(&self, line: u32, address: u16) -> bool {
        let seen = self.newer.get(&line).or_else(|| self.older.get(&line));
        seen.is_some_and(|seen| seen.others(address) >= OTHERS)
    }

    /// Notes that the page at `address` holds these lines; doing so twice changes nothing.
    pub fn learn(&mut self, address: u16, lines: &[u32]) {
        for line in lines {
            let mut seen = self.older.remove(line).unwrap_or_default();
            let seen = self.newer.entry(*line).or_insert_with(|| std::mem::take(&mut seen));
            seen.note(address);
            if self.newer.len() >= HALF {
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
            let [first, second] = seen.addresses;
            out.extend(line.to_le_bytes());
            out.extend(first.to_le_bytes());
            out.extend(second.to_le_bytes());
            out.push(seen.count);
        }
        out
    }

    /// The table with this stored form; what does not fit the form is left out.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let lines = bytes.chunks_exact(STORED).filter_map(|stored| {
            let (line, rest) = stored.split_first_chunk()?;
            let (first, rest) = rest.split_first_chunk()?;
            let (second, rest) = rest.split_first_chunk()?;
            let addresses = [u16::from_le_bytes(*first), u16::from_le_bytes(*second)];
            let seen = Seen { addresses, count: *rest.first()? };
            Some((u32::from_le_bytes(*line), seen))
        });
        Self { newer: HashMap::new(), older: lines.take(2 * HALF).collect() }
    }
}

impl Seen {
    fn others(self, address: u16) -> u8 {
        let known = usize::from(self.count).min(2);
        let own = self.addresses.iter().take(known).any(|a| *a == address);
        self.count - u8::from(own)
    }

    fn note(&mut self, address: u16) {
        let [first, second] = &mut self.addresses;
        match self.count {
            0 => (*first, self.count) = (address, 1),
            1 if *first != address => (*second, self.count) = (address, 2),
            2 if *first != address && *second != address => self.count = 3,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_under_two_other_addresses_is_furniture() {
        let mut lines = SiteLines::default();
        lines.learn(1, &[7]);
        lines.learn(1, &[7]);
        assert!(!lines.is_furniture(7, 2));
        lines.learn(2, &[7]);
        assert!(lines.is_furniture(7, 3));
        assert!(!lines.is_furniture(7, 1), "only one other");
        lines.learn(3, &[7]);
        assert!(lines.is_furniture(7, 1));
    }

    #[test]
    fn what_is_met_stays_and_the_table_is_bounded() {
        let mut lines = SiteLines::default();
        for page in 0..20_000_u32 {
            let address = u16::try_from(page % 60_000).unwrap();
            lines.learn(address, &[7, page + 100, page + 1_000_000]);
        }
        assert!(lines.is_furniture(7, 60_001));
        assert!(lines.newer.len() + lines.older.len() <= 2 * HALF);
        let back = SiteLines::from_bytes(&lines.to_bytes());
        assert!(back.is_furniture(7, 60_001));
        assert_eq!(back.to_bytes(), lines.to_bytes());
    }
}
