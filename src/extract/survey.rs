//! What several columns of `features` read, gathered once for a page: where the headline stands,
//! which make of block carries the running text, which elements are items of a row of alike ones,
//! how often a text is repeated, what its words speak of.

use super::features::Known;
use super::page::{Block, Page, Zone};
use super::phrases;
use super::stats::{Counts, Stats};
use super::tag::Tag;
use super::terms::{self, Hits};
use super::tokens::{self, ByHash, Hashes, Tokens};

/// Longest line that may be the headline, in characters.
const TITLE_MAX: u32 = 400;

/// Most distinct words of a line that are compared with the headline.
const TITLE_WORDS: usize = 96;

/// Nothing is there.
pub(super) const NOWHERE: usize = usize::MAX;

/// Elements of one make under one parent.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Items {
    pub count: f32,
    pub chars: f32,
    pub linked: f32,
    pub stops: f32,
    pub blocks: f32,
    /// Of these, how many hold a link.
    pub with_link: f32,
}

/// A page as the columns see it.
pub(super) struct Survey<'v, 'a> {
    pub page: &'v Page<'a>,
    pub stats: &'v Stats,
    pub known: &'v Known<'v>,
    pub tokens: Tokens,
    pub hits: Vec<Hits>,
    /// The hits within each element.
    pub elem_hits: Vec<Hits>,
    description: Vec<u32>,
    ld: Hashes<u64>,
    /// How like the headline each block is, 0 to 1.
    pub like_title: Vec<f32>,
    /// Block of the headline; -1 where none is found.
    pub heading: f32,
    /// Characters before each block, and in all.
    pub before: Vec<f32>,
    /// What each block is made as: tags and class names of its element and of the parent.
    pub makes: Vec<u64>,
    /// Sums over blocks of one make.
    sums: ByHash<u64, Counts>,
    /// How often each text stands in the page.
    repeats: ByHash<u64, u16>,
    hashes: Vec<u64>,
    /// Nearest running block before and behind each block.
    pub last_running: Vec<usize>,
    pub next_running: Vec<usize>,
    /// The make of most of the running text, and the nearest running blocks of that make.
    main_make: u64,
    pub last_main: Vec<usize>,
    pub next_main: Vec<usize>,
    /// Share of the running text of that make that stands before each block.
    pub main_before: Vec<f32>,
    /// What the last heading before each block announces.
    pub section: Vec<f32>,
    /// Blocks since the last heading.
    pub since_heading: Vec<f32>,
    pub container: u32,
    pub phrases: Vec<f32>,
    elem_makes: Vec<u64>,
    items: ByHash<u64, Items>,
}

#[expect(clippy::cast_precision_loss, reason = "positions and counts of a page")]
impl<'v, 'a> Survey<'v, 'a> {
    /// The survey of a page.
    pub(super) fn of(page: &'v Page<'a>, stats: &'v Stats, known: &'v Known<'v>) -> Self {
        let tokens = Tokens::of(page);
        let hits = terms::of(&tokens, page.blocks.len());
        let mut ld_words = Vec::new();
        tokens::read(known.ld_body, &mut ld_words);
        let elem_makes: Vec<u64> = page.elems.iter().map(|e| elem_make(e.tag, e.class)).collect();
        let mut survey = Self {
            page,
            stats,
            known,
            elem_hits: elem_hits(page, &hits),
            hits,
            description: tokens::distinct(known.description),
            ld: tokens::triples(&ld_words).collect(),
            like_title: Vec::new(),
            heading: -1.0,
            before: Vec::new(),
            makes: page.blocks.iter().map(|b| make(page, &elem_makes, b)).collect(),
            sums: ByHash::default(),
            repeats: ByHash::default(),
            hashes: Vec::new(),
            last_running: Vec::new(),
            next_running: Vec::new(),
            main_make: 0,
            last_main: Vec::new(),
            next_main: Vec::new(),
            main_before: Vec::new(),
            section: Vec::new(),
            since_heading: Vec::new(),
            container: container(page, stats),
            phrases: page
                .blocks
                .iter()
                .map(|b| f32::from(phrases::of(page.text_of(b)) as u8))
                .collect(),
            items: items(page, stats, &elem_makes),
            elem_makes,
            tokens,
        };
        survey.count();
        survey.find_running();
        survey.find_main();
        survey.find_heading();
        survey
    }

    fn count(&mut self) {
        let (mut chars, mut section, mut since) = (0.0, 0.0, 0.0);
        for (at, block) in self.page.blocks.iter().enumerate() {
            self.before.push(chars);
            let counts = self.stats.block(at);
            chars += counts.chars;
            let make = self.makes.get(at).copied().unwrap_or(0);
            self.sums.entry(make).or_default().add(&counts);
            let hash = super::body::hash(self.page.text_of(block).trim());
            self.hashes.push(hash);
            let times = self.repeats.entry(hash).or_default();
            *times = times.saturating_add(1);
            since += 1.0;
            if self.page.elem(block.elem).is_some_and(|e| e.tag.is_heading()) {
                section = self.phrases.get(at).copied().unwrap_or(0.0) + 1.0;
                since = 0.0;
            }
            self.section.push(section);
            self.since_heading.push(since);
        }
        self.before.push(chars);
    }

    fn find_running(&mut self) {
        let running = |at: usize| self.stats.block(at).is_running();
        let both = nearest(self.page.blocks.len(), running);
        (self.last_running, self.next_running) = both;
    }

    /// The make whose running text within the container is most.
    fn find_main(&mut self) {
        let mut sums: ByHash<u64, f32> = ByHash::default();
        let inside = self.page.elem(self.container).map_or(0..0, |c| c.blocks.clone());
        for at in inside.start as usize..inside.end as usize {
            let counts = self.stats.block(at);
            if counts.is_running() {
                let make = self.makes.get(at).copied().unwrap_or(0);
                *sums.entry(make).or_default() += counts.plain();
            }
        }
        let best = sums.iter().max_by(|a, b| a.1.total_cmp(b.1).then(a.0.cmp(b.0)));
        self.main_make = best.map_or(0, |(make, _)| *make);
        let main = |at: usize| {
            let own = self.makes.get(at).is_some_and(|m| *m == self.main_make);
            own && self.stats.block(at).is_running()
        };
        let count = self.page.blocks.len();
        let both = nearest(count, main);
        let plain = |at: usize| if main(at) { self.stats.block(at).plain() } else { 0.0 };
        let all: f32 = (0..count).map(plain).sum();
        let mut so_far = 0.0;
        let mut before = Vec::with_capacity(count);
        for at in 0..count {
            before.push(if all > 0.0 { so_far / all } else { -1.0 });
            so_far += plain(at);
        }
        (self.last_main, self.next_main) = both;
        self.main_before = before;
    }

    fn find_heading(&mut self) {
        let titles: Vec<Vec<u32>> = self.known.titles.iter().map(|t| tokens::distinct(t)).collect();
        let mut best = (0.25, -1.0);
        for (at, block) in self.page.blocks.iter().enumerate() {
            let short = block.chars < TITLE_MAX;
            let like = if short { overlap(&titles, self.tokens.block(at)) } else { 0.0 };
            self.like_title.push(like);
            let Some(elem) = self.page.elem(block.elem).filter(|_| short) else { continue };
            let bonus = match elem.tag {
                Tag::H1 => 0.4,
                tag if tag.is_heading() => 0.15,
                _ => 0.0,
            };
            if like + bonus > best.0 + 0.01 && (like > 0.3 || bonus > 0.3) {
                best = (like + bonus, at as f32);
            }
        }
        self.heading = best.1;
    }

    /// True for the make of most of the running text.
    pub(super) fn is_main(&self, at: usize) -> bool {
        self.makes.get(at).is_some_and(|m| *m == self.main_make)
    }

    /// The sums over the blocks of the block's make.
    pub(super) fn kin(&self, at: usize) -> Counts {
        let make = self.makes.get(at).copied().unwrap_or(0);
        self.sums.get(&make).copied().unwrap_or_default()
    }

    /// How often the block's text stands in the page.
    pub(super) fn repeats(&self, at: usize) -> u16 {
        self.hashes.get(at).and_then(|h| self.repeats.get(h)).copied().unwrap_or(1)
    }

    /// The nearest element around the block, its own left out where it is a paragraph, that stands
    /// in a row of at least three alike ones; and how many levels up it is.
    pub(super) fn item(&self, block: &Block) -> Option<(f32, Items)> {
        let mut at = block.elem;
        for level in 0..6 {
            let elem = self.page.elem(at)?;
            let repeats = matches!(
                elem.tag,
                Tag::Div
                    | Tag::Li
                    | Tag::Article
                    | Tag::Section
                    | Tag::Row
                    | Tag::Aside
                    | Tag::Figure
                    | Tag::Header
            );
            if repeats {
                let own = self.elem_makes.get(at as usize).copied().unwrap_or(0);
                let items = self.items.get(&row_key(elem.parent, own)).copied().unwrap_or_default();
                if items.count >= 3.0 {
                    return Some((level as f32, items));
                }
            }
            at = elem.parent;
        }
        None
    }

    /// Share of the block's words that stand in the page's teaser.
    pub(super) fn in_description(&self, at: usize) -> f32 {
        let words = self.tokens.block(at);
        if self.description.len() < 5 || words.is_empty() || words.len() > 300 {
            return 0.0;
        }
        let hits = words.iter().filter(|w| self.description.binary_search(w).is_ok()).count();
        hits as f32 / words.len() as f32
    }

    /// Share of the block's word triples that stand in the JSON-LD body; -1 where there is none.
    pub(super) fn in_ld(&self, at: usize) -> f32 {
        if self.ld.is_empty() {
            return -1.0;
        }
        let words = self.tokens.block(at);
        let hits = tokens::triples(words).filter(|t| self.ld.contains(t)).count();
        match words.len() {
            0..=2 => -0.5,
            many => hits as f32 / (many - 2) as f32,
        }
    }
}

/// For each place the nearest before and the nearest behind that passes the test.
fn nearest(count: usize, test: impl Fn(usize) -> bool) -> (Vec<usize>, Vec<usize>) {
    let mut last = NOWHERE;
    let mut before = Vec::with_capacity(count);
    for at in 0..count {
        before.push(last);
        if test(at) {
            last = at;
        }
    }
    let mut next = NOWHERE;
    let mut behind = vec![NOWHERE; count];
    for (at, slot) in behind.iter_mut().enumerate().rev() {
        *slot = next;
        if test(at) {
            next = at;
        }
    }
    (before, behind)
}

/// How like the likest of the titles the words are (Dice over different words).
#[expect(clippy::cast_precision_loss, reason = "counts of words of a line")]
fn overlap(titles: &[Vec<u32>], words: &[u32]) -> f32 {
    if words.is_empty() || words.len() > TITLE_WORDS {
        return 0.0;
    }
    if !words.iter().any(|w| titles.iter().any(|title| title.binary_search(w).is_ok())) {
        return 0.0;
    }
    let mut own = words.to_vec();
    own.sort_unstable();
    own.dedup();
    let likeness = titles.iter().filter(|t| !t.is_empty()).map(|title| {
        let hits = own.iter().filter(|w| title.binary_search(w).is_ok()).count();
        2.0 * hits as f32 / (title.len() + own.len()) as f32
    });
    likeness.fold(0.0, f32::max)
}

fn elem_make(tag: Tag, class: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(class.as_bytes(), tag as u64)
}

fn make(page: &Page<'_>, elem_makes: &[u64], block: &Block) -> u64 {
    let own = elem_makes.get(block.elem as usize).copied().unwrap_or(0);
    let parent = page.elem(block.elem).map_or(0, |e| e.parent);
    let parent = elem_makes.get(parent as usize).copied().unwrap_or(0);
    own.rotate_left(21) ^ parent
}

fn row_key(parent: u32, make: u64) -> u64 {
    make ^ u64::from(parent).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The sums over elements of one make under one parent.
fn items(page: &Page<'_>, stats: &Stats, elem_makes: &[u64]) -> ByHash<u64, Items> {
    let mut all: ByHash<u64, Items> = ByHash::default();
    for ((elem, make), sum) in page.elems.iter().zip(elem_makes).zip(&stats.elems) {
        if sum.blocks < 1.0 || !elem.tag.is_block() {
            continue;
        }
        let items = all.entry(row_key(elem.parent, *make)).or_default();
        items.count += 1.0;
        items.chars += sum.chars;
        items.linked += sum.linked;
        items.stops += sum.stops;
        items.blocks += sum.blocks;
        items.with_link += f32::from(u8::from(sum.linked > 0.0));
    }
    all
}

/// The hits of all blocks within each element.
fn elem_hits(page: &Page<'_>, hits: &[Hits]) -> Vec<Hits> {
    let mut sums = vec![Hits::default(); page.elems.len()];
    let add = |sums: &mut Vec<Hits>, at: u32, hits: &Hits| {
        if let Some(sum) = sums.get_mut(at as usize) {
            sum.iter_mut().zip(hits).for_each(|(s, h)| *s += h);
        }
    };
    for (block, hits) in page.blocks.iter().zip(hits) {
        add(&mut sums, block.elem, hits);
    }
    for (at, elem) in page.elems.iter().enumerate().rev() {
        let own = sums.get(at).copied().unwrap_or_default();
        if elem.parent as usize != at {
            add(&mut sums, elem.parent, &own);
        }
    }
    sums
}

/// The element that holds most of the page's running text, most tightly.
fn container(page: &Page<'_>, stats: &Stats) -> u32 {
    let mut scores = vec![0.0_f32; page.elems.len()];
    for (block, counts) in page.blocks.iter().zip(&stats.blocks).filter(|(_, c)| c.is_running()) {
        let foreign = [Zone::NAV, Zone::FOOTER, Zone::ASIDE, Zone::HIDDEN];
        if foreign.iter().any(|z| block.zone.has(*z)) {
            continue;
        }
        let mut weight = counts.plain();
        let mut at = block.elem;
        for _ in 0..10 {
            if let Some(score) = scores.get_mut(at as usize) {
                *score += weight;
            }
            weight *= 0.93;
            let Some(parent) = page.elem(at).map(|e| e.parent).filter(|p| *p != at) else { break };
            at = parent;
        }
    }
    let best = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    best.and_then(|(at, _)| u32::try_from(at).ok()).unwrap_or(0)
}
