//! [`Sites`]: the lines of sites in memory; those not used for longest are put into the store's values
//! and forgotten.

use super::furniture::{Furniture, Lines};
use super::index::Put;
use super::repeats::Repeats;
use std::collections::HashMap;

/// Lines kept in memory, all sites together: those of two thousand busy sites, 16 MB.
const LINES_MAX: usize = 3 << 20;

/// Sites given up at once, so that no step puts much.
const GIVEN_UP: usize = 16;

/// Bytes of a piece of a site's lines. sled keeps up to sixteen neighbouring values as one page, and
/// a page above 128 KB in a file of its own, which it never syncs and hardly counts for its cache.
const PIECE: usize = 1024;

/// The lines of sites, by site.
#[derive(Debug)]
pub(super) struct Sites {
    known: HashMap<String, Site>,
    /// Lines of all of them.
    lines: usize,
    /// Counts lookups, to know which site was not used for longest.
    clock: u64,
    none: Lines,
}

#[derive(Debug)]
struct Site {
    lines: Lines,
    /// Not in the store's values as it is here.
    changed: bool,
    used: u64,
}

impl Default for Sites {
    fn default() -> Self {
        Self { known: HashMap::new(), lines: 0, clock: 0, none: Lines::of_site() }
    }
}

impl Sites {
    /// Brings the lines of a site into memory.
    ///
    /// # Errors
    /// `get` fails.
    pub(super) fn load<E>(
        &mut self,
        site: &str,
        get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<(), E> {
        self.clock += 1;
        if let Some(known) = self.known.get_mut(site) {
            known.used = self.clock;
            return Ok(());
        }
        let lines = read(site, get)?;
        self.lines += lines.len();
        self.known.insert(site.to_owned(), Site { lines, changed: false, used: self.clock });
        Ok(())
    }

    /// What is left out of articles of a site that is in memory.
    pub(super) fn furniture<'a>(&'a self, site: &str, common: &'a Lines) -> Furniture<'a> {
        let site = self.known.get(site).map_or(&self.none, |site| &site.lines);
        Furniture { site, common }
    }

    /// Notes that a page of a site in memory has these lines.
    pub(super) fn learn(&mut self, site: &str, address: u8, lines: &[u32]) {
        let Some(site) = self.known.get_mut(site) else { return };
        let before = site.lines.len();
        site.lines.learn(address, lines);
        site.changed = true;
        self.lines = (self.lines + site.lines.len()).saturating_sub(before);
    }

    /// Tells those who read pages what the store's values do not have.
    pub(super) fn begin(&self, repeats: &Repeats) {
        for (name, site) in self.known.iter().filter(|(_, site)| site.changed) {
            repeats.begin(name, &site.lines);
        }
    }

    /// Tells those who read pages what was learnt of a site, and the site which of its lines they
    /// left out.
    pub(super) fn share(&mut self, site: &str, repeats: &Repeats) {
        if let Some(known) = self.known.get_mut(site) {
            let met = repeats.note(site, &known.lines);
            let before = known.lines.len();
            known.lines.meet(&met);
            self.lines = (self.lines + known.lines.len()).saturating_sub(before);
        }
    }

    /// Those that the store's values have not as they are here, in the order of their names.
    pub(super) fn changed(&self) -> Vec<String> {
        let changed = self.known.iter().filter(|(_, site)| site.changed);
        let mut names: Vec<_> = changed.map(|(name, _)| name.clone()).collect();
        names.sort_unstable();
        names
    }

    /// Puts a site, unless that was done meanwhile.
    pub(super) fn put(&mut self, name: &str, puts: &mut Vec<Put>) {
        if let Some(site) = self.known.get_mut(name).filter(|site| site.changed) {
            puts.extend(pieces(name, &site.lines));
            site.changed = false;
        }
    }

    /// Puts and forgets a few of the sites not used for longest while there are too many lines.
    pub(super) fn give_up(&mut self, puts: &mut Vec<Put>) {
        if self.lines <= LINES_MAX || self.known.len() <= GIVEN_UP {
            return;
        }
        let mut uses: Vec<_> = self.known.values().map(|site| site.used).collect();
        let (_, oldest_kept, _) = uses.select_nth_unstable(GIVEN_UP);
        let oldest_kept = *oldest_kept;
        let idle = self.known.extract_if(|_, site| site.used < oldest_kept);
        for (name, site) in idle {
            self.lines = self.lines.saturating_sub(site.lines.len());
            if site.changed {
                puts.extend(pieces(&name, &site.lines));
            }
        }
    }
}

/// The lines of a site as the store's values have them.
///
/// # Errors
/// `get` fails.
pub(super) fn read<E>(
    site: &str,
    get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
) -> Result<Lines, E> {
    let mut bytes = Vec::new();
    for number in 0..=u8::MAX {
        let piece = get(&key(site, number))?.unwrap_or_default();
        bytes.extend_from_slice(&piece);
        if piece.len() != PIECE {
            break;
        }
    }
    Ok(Lines::from_bytes(&bytes))
}

/// The values of a site's lines: pieces of one length and a shorter last one, so that what an
/// earlier, longer table left behind it is never read.
fn pieces(site: &str, lines: &Lines) -> impl Iterator<Item = Put> {
    let bytes = lines.to_bytes();
    let last = bytes.len() / PIECE;
    let piece = move |number| bytes.chunks(PIECE).nth(number).unwrap_or_default().to_vec();
    (0..=u8::MAX).zip(0..=last).map(move |(number, place)| (key(site, number), Some(piece(place))))
}

/// Where the store has a piece of the lines of a site.
fn key(site: &str, piece: u8) -> Vec<u8> {
    match piece {
        0 => [b"s", site.as_bytes()].concat(),
        _ => [b"s", site.as_bytes(), &[0, piece]].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(store: &mut HashMap<Vec<u8>, Vec<u8>>, lines: &Lines) {
        for (key, value) in pieces("example.org", lines) {
            let value = value.unwrap();
            assert!(value.len() <= PIECE);
            store.insert(key, value);
        }
        let back = read("example.org", |key| Ok::<_, ()>(store.get(key).cloned())).unwrap();
        assert_eq!(back.to_bytes(), lines.to_bytes());
    }

    fn site(lines: u32) -> Lines {
        let mut site = Lines::of_site();
        (0..lines).for_each(|line| site.learn(1, &[line << 12]));
        site
    }

    #[test]
    fn a_site_is_read_as_it_was_put() {
        let mut store = HashMap::new();
        // Longer and shorter again, and about the lengths of one piece and of two: two bytes a line.
        for lines in [0, 1, 1400, 20, 511, 512, 513, 600, 1023, 1024, 1025, 0] {
            check(&mut store, &site(lines));
        }
    }
}
