//! [`Repeats`]: which lines stand under several addresses of their site, for those who read its
//! pages while the index goes on learning.
//!
//! The tables of lines are the index's; here is what of them can be furniture, some dozens of lines
//! a site. A site that is not here is read from the store's values.

use super::features::{line_hash, page_tag};
use super::furniture::Lines;
use super::sites;
use crate::model::Link;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Sites held at once; then all are forgotten, and come back from the store's values.
const SITES_MAX: usize = 16 * 1024;

/// Lines of a site that may wait for the index to hear that they were met.
const MET_MAX: usize = 256;

/// What repeats on sites; cheap to clone, all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Repeats {
    sites: Arc<Mutex<HashMap<String, Site>>>,
}

#[derive(Debug)]
struct Site {
    lines: Arc<Lines>,
    /// Left out of pages since the index last heard of it.
    met: Vec<u32>,
}

/// What repeats on a site, as one of its pages sees it.
#[derive(Debug)]
pub struct Elsewhere {
    repeats: Repeats,
    lines: Arc<Lines>,
    site: String,
    address: u8,
}

impl Repeats {
    /// What repeats on the site of a page; `get` reads one of the index's values from the store.
    ///
    /// # Errors
    /// `get` fails.
    pub fn of<E>(
        &self,
        page: &Link,
        get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Elsewhere, E> {
        let known = self.lock().get(page.site()).map(|site| Arc::clone(&site.lines));
        let lines = match known {
            Some(lines) => lines,
            None => self.read(page.site(), get)?,
        };
        let (repeats, site) = (self.clone(), page.site().to_owned());
        Ok(Elsewhere { repeats, lines, site, address: page_tag(page) })
    }

    fn read<E>(
        &self,
        site: &str,
        get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Arc<Lines>, E> {
        let stored = sites::read(site, get)?;
        let fresh = || Site { lines: Arc::new(stored.repeated()), met: Vec::new() };
        let mut known = self.lock();
        if known.len() >= SITES_MAX {
            known.clear();
        }
        // The index, which knows better, may have been here meanwhile.
        Ok(Arc::clone(&known.entry(site.to_owned()).or_insert_with(fresh).lines))
    }

    /// Takes over what the index knows of a site at a start, and the store's values do not.
    pub(super) fn begin(&self, site: &str, lines: &Lines) {
        let (lines, mut known) = (lines.repeated(), self.lock());
        if lines.len() > 0 && known.len() < SITES_MAX {
            known.insert(site.to_owned(), Site { lines: Arc::new(lines), met: Vec::new() });
        }
    }

    /// Takes over what the index has learnt of a site whose pages are read; returns which lines were
    /// met since.
    pub(super) fn note(&self, site: &str, lines: &Lines) -> Vec<u32> {
        let mut known = self.lock();
        // Most sites of feeds that carry whole texts are never asked for.
        let Some(site) = known.get_mut(site) else { return Vec::new() };
        site.lines = Arc::new(lines.repeated());
        std::mem::take(&mut site.met)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Site>> {
        self.sites.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Elsewhere {
    /// True where nothing is known to repeat.
    pub fn is_empty(&self) -> bool {
        self.lines.len() == 0
    }

    /// True for a line that stands under at least two other addresses of the site.
    pub fn holds(&self, text: &str) -> bool {
        line_hash(text).is_some_and(|line| self.lines.is_elsewhere(line, self.address))
    }

    /// Tells the index that lines were left out of the page, so that it does not forget them.
    pub fn met<'t>(&self, texts: impl Iterator<Item = &'t str>) {
        let met: Vec<_> = texts.filter_map(line_hash).collect();
        if let Some(site) = self.repeats.lock().get_mut(&self.site).filter(|_| !met.is_empty()) {
            site.met.extend(met);
            site.met.truncate(MET_MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMO: &str = "Our newsletter brings the news of the harbour every morning.";

    fn page(number: usize) -> Link {
        Link::parse(&format!("https://www.example.org/story/{number}"), None).unwrap()
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands for a store")]
    fn nothing(_: &[u8]) -> Result<Option<Vec<u8>>, ()> {
        Ok(None)
    }

    /// A site under so many addresses of which the line stands.
    fn site(addresses: usize) -> Lines {
        let mut lines = Lines::of_site();
        for number in 0..addresses {
            lines.learn(page_tag(&page(number)), &[line_hash(PROMO).unwrap()]);
        }
        lines
    }

    #[track_caller]
    fn check(addresses: usize, asking: usize, expect: bool) {
        let lines = site(addresses);
        let (told, stored) = (Repeats::default(), Repeats::default());
        told.of(&page(99), nothing).unwrap();
        told.note("example.org", &lines);
        for elsewhere in [
            told.of(&page(asking), nothing).unwrap(),
            stored.of(&page(asking), |_| Ok::<_, ()>(Some(lines.to_bytes()))).unwrap(),
        ] {
            assert_eq!(elsewhere.holds(PROMO), expect);
            assert!(!elsewhere.holds("Another line."));
        }
    }

    #[test]
    fn two_other_addresses_are_asked_for() {
        check(0, 9, false);
        check(1, 9, false);
        check(2, 9, true);
        // Its own address does not count.
        check(1, 0, false);
        check(2, 0, false);
        check(3, 0, true);
    }

    #[test]
    fn what_was_met_is_handed_over_once() {
        let repeats = Repeats::default();
        let lines = site(2);
        repeats.of(&page(4), nothing).unwrap();
        repeats.note("example.org", &lines);
        repeats.of(&page(5), nothing).unwrap().met([PROMO, ""].into_iter());
        assert_eq!(repeats.note("example.org", &lines), [line_hash(PROMO).unwrap()]);
        assert!(repeats.note("example.org", &lines).is_empty());
    }
}
