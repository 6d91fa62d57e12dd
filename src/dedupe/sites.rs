//! [`Sites`]: the lines of sites in memory; those not used for longest are put into the store's values
//! and forgotten.

use super::furniture::{Furniture, Lines};
use super::index::Put;
use super::repeats::Repeats;
use std::collections::HashMap;

/// Lines kept in memory, all sites together: those of two thousand busy sites, 25 MB.
const LINES_MAX: usize = 3 << 20;

/// Sites given up at once, so that no step puts much.
const GIVEN_UP: usize = 16;

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
        let lines = get(&key(site))?.map_or_else(Lines::of_site, |b| Lines::from_bytes(&b));
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
    pub(super) fn learn(&mut self, site: &str, address: u16, lines: &[u32]) {
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
            puts.push((key(name), Some(site.lines.to_bytes())));
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
                puts.push((key(&name), Some(site.lines.to_bytes())));
            }
        }
    }
}

/// Where the store has the lines of a site.
pub(super) fn key(site: &str) -> Vec<u8> {
    [b"s", site.as_bytes()].concat()
}
