//! What the model sees of each block: a row of numbers, the same for every language and site.
//!
//! The order of the columns is that of the functions here and is part of the model: whoever
//! changes it trains again (`tests/train/`).

use super::images::Captions;
use super::page::{Block, Page, Zone};
use super::phrases;
use super::stats::{Counts, Stats};
use super::tag::Tag;
use super::title::words;
use super::words::{WORD_COUNT, Words};
use std::collections::{HashMap, HashSet};

/// Ancestors that are asked for their class words.
const LEVELS: usize = 12;

/// What is known of the page besides its blocks.
pub(super) struct Known<'c> {
    /// Claims to be the headline.
    pub titles: &'c [String],
    /// The page's own teaser.
    pub description: &'c str,
    /// The body as JSON-LD gives it.
    pub ld_body: &'c str,
    pub authors: &'c [String],
    pub captions: &'c Captions,
}

/// The rows of a page, and what its context needs.
pub(super) struct Rows {
    pub rows: Vec<Vec<f32>>,
    /// For each block: parent element, grandparent element, make.
    pub groups: Vec<[u64; 6]>,
}

/// A row for each block of the page.
pub(super) fn rows(page: &Page<'_>, stats: &Stats, known: &Known<'_>) -> Rows {
    let view = View::new(page, stats, known);
    let count = page.blocks.len();
    let mut rows = Vec::with_capacity(count);
    let mut groups = Vec::with_capacity(count);
    for (at, block) in page.blocks.iter().enumerate() {
        let mut row = Vec::with_capacity(192);
        view.own(&mut row, at, block);
        view.place(&mut row, block);
        view.class_words(&mut row, block);
        view.position(&mut row, at, block);
        view.around(&mut row, block);
        view.kin(&mut row, block);
        view.neighbours(&mut row, at, block);
        rows.push(row);
        let parent = page.elem(block.elem).map_or(0, |e| e.parent);
        let grand = page.elem(parent).map_or(0, |e| e.parent);
        let table =
            page.around(block.elem).find(|e| e.tag == Tag::Table).map_or(0, |e| u64::from(e.end));
        let list = page
            .around(block.elem)
            .find(|e| matches!(e.tag, Tag::Ul | Tag::Ol))
            .map_or(0, |e| u64::from(e.end));
        groups.push([
            u64::from(parent),
            u64::from(grand),
            view.make(block),
            table,
            list,
            u64::from(block.elem),
        ]);
    }
    Rows { rows, groups }
}

/// The page with everything that several columns read.
struct View<'v, 'a> {
    page: &'v Page<'a>,
    stats: &'v Stats,
    known: &'v Known<'v>,
    titles: Vec<HashSet<String>>,
    description: HashSet<String>,
    ld_shingles: HashSet<u64>,
    /// Block of the headline.
    heading: f32,
    /// Characters before each block.
    before: Vec<f32>,
    /// Sums over blocks of one make.
    makes: HashMap<u64, Counts>,
    /// How often each text stands in the page.
    repeats: HashMap<u64, u16>,
    /// Nearest running block before and behind each block.
    last_running: Vec<usize>,
    next_running: Vec<usize>,
    /// What the last heading before each block announces.
    section: Vec<f32>,
    container: u32,
    phrases: Vec<f32>,
    elem_makes: Vec<u64>,
}

#[expect(clippy::cast_precision_loss, reason = "positions and counts of a page")]
impl<'v, 'a> View<'v, 'a> {
    fn new(page: &'v Page<'a>, stats: &'v Stats, known: &'v Known<'v>) -> Self {
        let mut view = Self {
            page,
            stats,
            known,
            titles: known.titles.iter().map(|t| words(t)).collect(),
            description: words(known.description),
            ld_shingles: shingles(known.ld_body).collect(),
            heading: -1.0,
            before: Vec::new(),
            makes: HashMap::new(),
            repeats: HashMap::new(),
            last_running: Vec::new(),
            next_running: Vec::new(),
            section: Vec::new(),
            container: container(page, stats),
            phrases: page
                .blocks
                .iter()
                .map(|b| f32::from(phrases::of(page.text_of(b)) as u8))
                .collect(),
            elem_makes: Vec::new(),
        };
        view.elem_makes = page.elems.iter().map(|e| elem_make(e.tag, e.class)).collect();
        view.count();
        view.find_running();
        view.heading = view.find_heading();
        view
    }

    fn count(&mut self) {
        let mut chars = 0.0;
        let mut section = 0.0;
        for (at, block) in self.page.blocks.iter().enumerate() {
            self.before.push(chars);
            let counts = self.stats.block(at);
            chars += counts.chars;
            let make = self.make(block);
            let sum = self.makes.entry(make).or_default();
            sum.chars += counts.chars;
            sum.linked += counts.linked;
            sum.stops += counts.stops;
            sum.blocks += 1.0;
            *self.repeats.entry(super::body::hash(self.page.text_of(block).trim())).or_default() +=
                1;
            if self.page.elem(block.elem).is_some_and(|e| e.tag.is_heading()) {
                section = self.phrases.get(at).copied().unwrap_or(0.0) + 1.0;
            }
            self.section.push(section);
        }
        self.before.push(chars);
    }

    fn find_running(&mut self) {
        let count = self.page.blocks.len();
        let running = |at: usize| self.stats.block(at).is_running();
        let mut last = usize::MAX;
        for at in 0..count {
            self.last_running.push(last);
            if running(at) {
                last = at;
            }
        }
        let mut next = usize::MAX;
        let mut behind = vec![usize::MAX; count];
        for at in (0..count).rev() {
            if let Some(slot) = behind.get_mut(at) {
                *slot = next;
            }
            if running(at) {
                next = at;
            }
        }
        self.next_running = behind;
    }

    fn find_heading(&self) -> f32 {
        let mut best = (0.25, -1.0);
        for (at, block) in self.page.blocks.iter().enumerate().filter(|(_, b)| b.chars < 400) {
            let Some(elem) = self.page.elem(block.elem) else { continue };
            let bonus = match elem.tag {
                Tag::H1 => 0.4,
                tag if tag.is_heading() => 0.15,
                _ => 0.0,
            };
            let like = self.like_title(self.page.text_of(block));
            if like + bonus > best.0 + 0.01 && (like > 0.3 || bonus > 0.3) {
                best = (like + bonus, at as f32);
            }
        }
        best.1
    }

    fn like_title(&self, text: &str) -> f32 {
        let own = words(text);
        self.titles.iter().map(|t| super::title::overlap(t, &own)).fold(0.0, f32::max)
    }

    /// Hash of what an element and its parent are made as.
    fn make(&self, block: &Block) -> u64 {
        let own = self.elem_makes.get(block.elem as usize).copied().unwrap_or(0);
        let parent = self.page.elem(block.elem).map_or(0, |e| e.parent);
        let parent = self.elem_makes.get(parent as usize).copied().unwrap_or(0);
        own.rotate_left(21) ^ parent
    }

    /// The block's own text.
    fn own(&self, row: &mut Vec<f32>, at: usize, block: &Block) {
        let counts = self.stats.block(at);
        let text = self.page.text_of(block).trim();
        let chars = counts.chars.max(1.0);
        let first = text.chars().next().unwrap_or(' ');
        row.extend([
            chars.ln(),
            counts.words.ln(),
            counts.density(),
            block.links as f32,
            block.bold as f32 / chars,
            counts.commas / chars * 100.0,
            counts.stops,
            counts.stops / chars * 100.0,
            counts.digits / chars,
            counts.uppers / (counts.letters + counts.uppers).max(1.0),
            flag(counts.ends),
            flag(text.ends_with(':')),
            flag(first.is_lowercase()),
            flag(first.is_ascii_digit()),
            flag(matches!(first, '"' | '“' | '„' | '«' | '‘' | '\'' | '「')),
            flag(text.contains(['©', '®'])),
            flag(text.contains(" | ")),
            flag(text.contains('@') || text.contains("http") || text.contains("www.")),
            flag(chars < 200.0 && text.contains("20") && super::dates::in_words(text).is_some()),
            if chars < 400.0 { self.like_title(text) } else { 0.0 },
            share_in(text, &self.description),
            self.in_ld(text),
            flag(chars < 300.0 && self.known.authors.iter().any(|a| text.contains(a.as_str()))),
            flag(self.known.captions.contains_key(&u32::try_from(at).unwrap_or(u32::MAX))),
            block.breaks.min(3) as f32,
            f32::from(self.repeats.get(&super::body::hash(text)).copied().unwrap_or(1)),
            self.phrases.get(at).copied().unwrap_or(0.0),
            self.section.get(at).copied().unwrap_or(0.0),
        ]);
    }

    /// Share of the block's word triples that stand in the JSON-LD body; -1 where there is none.
    fn in_ld(&self, text: &str) -> f32 {
        if self.ld_shingles.is_empty() {
            return -1.0;
        }
        let (mut hits, mut all) = (0.0, 0.0);
        for shingle in shingles(text) {
            all += 1.0;
            hits += flag(self.ld_shingles.contains(&shingle));
        }
        if all > 0.0 { hits / all } else { -0.5 }
    }

    /// Tag and zone.
    fn place(&self, row: &mut Vec<f32>, block: &Block) {
        let Some(elem) = self.page.elem(block.elem) else {
            row.extend([0.0; 22]);
            return;
        };
        let level = match elem.tag {
            Tag::H1 => 1.0,
            Tag::H2 => 2.0,
            Tag::H3 => 3.0,
            Tag::H4 => 4.0,
            Tag::H5 => 5.0,
            Tag::H6 => 6.0,
            _ => 0.0,
        };
        row.extend([
            level,
            flag(elem.tag == Tag::P),
            flag(elem.tag == Tag::Li),
            flag(elem.tag == Tag::Div),
            flag(matches!(elem.tag, Tag::Td | Tag::Th)),
            elem.depth as f32,
        ]);
        let zones = [
            Zone::FIGURE,
            Zone::LIST,
            Zone::TABLE,
            Zone::ASIDE,
            Zone::NAV,
            Zone::HEADER,
            Zone::FOOTER,
            Zone::FORM,
            Zone::QUOTE,
            Zone::ARTICLE,
            Zone::MAIN,
            Zone::HIDDEN,
            Zone::LINK,
            Zone::BODY_PROP,
            Zone::CAPTION,
            Zone::CONSENT,
        ];
        row.extend(zones.iter().map(|z| flag(block.zone.has(*z))));
    }

    /// For each kind of class word, how many elements up it is said.
    fn class_words(&self, row: &mut Vec<f32>, block: &Block) {
        let start = row.len();
        row.extend([LEVELS as f32 + 1.0; WORD_COUNT]);
        let mut seen = 0_u32;
        let mut say = |words: Words, level: f32| {
            let mut fresh = words.0 & !seen;
            seen |= words.0;
            while fresh != 0 {
                let bit = fresh.trailing_zeros() as usize;
                fresh &= fresh - 1;
                if let Some(slot) = row.get_mut(start + bit) {
                    *slot = level;
                }
            }
        };
        say(block.inline, 0.0);
        for (level, elem) in self.page.around(block.elem).take(LEVELS).enumerate() {
            if elem.tag != Tag::Body {
                say(elem.words, level as f32);
            }
        }
    }

    /// Where the block stands in the page, and relative to headline and container.
    fn position(&self, row: &mut Vec<f32>, at: usize, block: &Block) {
        let total = self.before.last().copied().unwrap_or(1.0).max(1.0);
        let count = self.page.blocks.len().max(1) as f32;
        let before = self.before.get(at).copied().unwrap_or(0.0);
        let container = self.page.elem(self.container);
        let index = u32::try_from(at).unwrap_or(u32::MAX);
        let inside = container.is_some_and(|c| c.blocks.contains(&index));
        let first = container.map_or(0, |c| c.blocks.start as usize);
        let start = self.before.get(first).copied().unwrap_or(0.0);
        let size = self.stats.elem(self.container);
        let levels = self
            .page
            .around(block.elem)
            .position(|e| container.is_some_and(|c| std::ptr::eq(c, e)));
        let titled = self.heading >= 0.0;
        row.extend([
            at as f32 / count,
            before / total,
            if titled { (at as f32 - self.heading).clamp(-40.0, 200.0) } else { -99.0 },
            if titled { flag(self.after_heading(at)) } else { -1.0 },
            flag(inside),
            levels.map_or(-1.0, |l| l as f32),
            (before - start) / size.chars.max(1.0),
            size.plain() / total,
            size.density(),
            total.ln(),
            count.ln(),
        ]);
    }

    fn after_heading(&self, at: usize) -> bool {
        at as f32 > self.heading
    }

    /// Sums over the elements around the block.
    fn around(&self, row: &mut Vec<f32>, block: &Block) {
        let total = self.before.last().copied().unwrap_or(1.0).max(1.0);
        let mut at = block.elem;
        for _ in 0..5 {
            let sum = self.stats.elem(at);
            row.extend([
                sum.plain() / total,
                sum.density(),
                sum.blocks.ln_1p(),
                sum.chars / sum.blocks.max(1.0),
                sum.stops / sum.blocks.max(1.0),
            ]);
            at = self.page.elem(at).map_or(at, |e| e.parent);
        }
    }

    /// Sums over the blocks of the same make, and how the block compares with them.
    fn kin(&self, row: &mut Vec<f32>, block: &Block) {
        let total = self.before.last().copied().unwrap_or(1.0).max(1.0);
        let sum = self.makes.get(&self.make(block)).copied().unwrap_or_default();
        let count = sum.blocks.max(1.0);
        row.extend([
            count.ln(),
            sum.chars / count,
            sum.density(),
            sum.stops / count,
            sum.plain() / total,
            block.chars as f32 / (sum.chars / count).max(1.0),
        ]);
    }

    /// The blocks before and behind, and the nearest running text.
    fn neighbours(&self, row: &mut Vec<f32>, at: usize, block: &Block) {
        for offset in [-3_isize, -2, -1, 1, 2, 3] {
            let near = at.checked_add_signed(offset).filter(|n| *n < self.page.blocks.len());
            let counts = near.map(|n| self.stats.block(n)).unwrap_or_default();
            row.extend([counts.chars.ln_1p(), counts.density(), counts.stops]);
            if offset.abs() == 1 {
                let other = near.and_then(|n| self.page.blocks.get(n));
                row.push(flag(other.is_some_and(|o| self.make(o) == self.make(block))));
                let heading =
                    other.and_then(|o| self.page.elem(o.elem)).is_some_and(|e| e.tag.is_heading());
                row.push(flag(heading));
                row.push(near.and_then(|n| self.phrases.get(n)).copied().unwrap_or(0.0));
            }
        }
        for near in [self.last_running.get(at), self.next_running.get(at)] {
            let near = near.copied().filter(|n| *n != usize::MAX);
            let distance = near.map_or(99.0, |n| n.abs_diff(at) as f32);
            let other = near.and_then(|n| self.page.blocks.get(n));
            let shared = other.map_or(99.0, |o| self.levels_to_common(block, o));
            row.extend([distance.min(99.0), shared]);
            row.push(flag(other.is_some_and(|o| self.make(o) == self.make(block))));
        }
    }

    /// How many elements up from the block both blocks stand in one element.
    fn levels_to_common(&self, block: &Block, other: &Block) -> f32 {
        let around = self.page.around(block.elem).take(12);
        let level = around.enumerate().find(|(_, e)| {
            let start = self.page.elem(other.elem).map_or(u32::MAX, |o| o.blocks.start);
            e.blocks.start <= start && other.elem < e.end
        });
        level.map_or(12.0, |(level, _)| level as f32)
    }
}

fn flag(value: bool) -> f32 {
    f32::from(u8::from(value))
}

fn elem_make(tag: Tag, class: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(class.as_bytes(), tag as u64)
}

/// Share of the text's words that stand in a set.
fn share_in(text: &str, set: &HashSet<String>) -> f32 {
    if set.len() < 5 || text.len() > 2000 {
        return 0.0;
    }
    let (mut hits, mut all) = (0.0_f32, 0.0_f32);
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        all += 1.0;
        hits += flag(set.contains(&word.to_lowercase()));
    }
    hits / all.max(1.0)
}

/// Hashes of all three words in a row.
fn shingles(text: &str) -> impl Iterator<Item = u64> {
    let words: Vec<u64> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(|w| xxhash_rust::xxh3::xxh3_64(w.as_bytes()))
        .collect();
    (2..words.len()).map(move |at| {
        let word = |back: usize| words.get(at - back).copied().unwrap_or(0);
        word(0).rotate_left(11) ^ word(1).rotate_left(5) ^ word(2)
    })
}

/// The element that holds most of the page's running text, most tightly.
pub(super) fn container(page: &Page<'_>, stats: &Stats) -> u32 {
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
