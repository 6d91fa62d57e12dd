//! What the model sees of each block: a row of numbers, the same for every language and site.
//!
//! The order of the columns is that of the functions here and is part of the model: whoever
//! changes it trains again (`tests/train/`).

use super::images::Captions;
use super::page::{Block, Page, Zone};
use super::stats::Stats;
use super::survey::{NOWHERE, Survey};
use super::tag::Tag;
use super::words::{WORD_COUNT, Words};

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

/// Columns of a row, as far as is known before the first one is written.
const WIDTH: usize = 192;

/// The rows of a page.
pub(super) struct Rows {
    /// One behind the other.
    pub values: Vec<f32>,
    /// Columns of a row.
    pub width: usize,
    /// How often the text of each block stands in the page.
    pub repeats: Vec<u16>,
    /// Blocks like the headline, 0 to 1.
    pub like_title: Vec<f32>,
}

/// A row for each block of the page.
pub(super) fn rows(page: &Page<'_>, stats: &Stats, known: &Known<'_>) -> Rows {
    let survey = Survey::of(page, stats, known);
    let mut values = Vec::with_capacity(WIDTH * page.blocks.len());
    for (at, block) in page.blocks.iter().enumerate() {
        survey.own(&mut values, at, block);
        survey.place(&mut values, block);
        survey.class_words(&mut values, block);
        survey.position(&mut values, at, block);
        survey.around(&mut values, block);
        survey.alike(&mut values, at, block);
        survey.neighbours(&mut values, at, block);
        survey.speaks_of(&mut values, at, block);
        survey.in_rows(&mut values, block);
        survey.near_main(&mut values, at, block);
    }
    let width = values.len() / page.blocks.len().max(1);
    let repeats = (0..page.blocks.len()).map(|at| survey.repeats(at)).collect();
    Rows { values, width, repeats, like_title: survey.like_title }
}

#[expect(clippy::cast_precision_loss, reason = "positions and counts of a page")]
impl Survey<'_, '_> {
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
            flag(has_legal_mark(text)),
            flag(has_byte(text, b'|') && text.contains(" | ")),
            flag(has_byte(text, b'@') || text.contains("http") || text.contains("www.")),
            flag(chars < 200.0 && text.contains("20") && super::dates::in_words(text).is_some()),
            self.like_title.get(at).copied().unwrap_or(0.0),
            self.in_description(at),
            self.in_ld(at),
            flag(chars < 300.0 && self.known.authors.iter().any(|a| text.contains(a.as_str()))),
            flag(self.known.captions.contains_key(&u32::try_from(at).unwrap_or(u32::MAX))),
            block.breaks.min(3) as f32,
            f32::from(self.repeats(at)),
            self.phrases.get(at).copied().unwrap_or(0.0),
            self.section.get(at).copied().unwrap_or(0.0),
        ]);
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
    fn alike(&self, row: &mut Vec<f32>, at: usize, block: &Block) {
        let total = self.before.last().copied().unwrap_or(1.0).max(1.0);
        let sum = self.kin(at);
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

    /// What the words of the block and of the elements around it speak of.
    fn speaks_of(&self, row: &mut Vec<f32>, at: usize, block: &Block) {
        let none = [0.0; super::terms::KINDS];
        let own = self.hits.get(at).unwrap_or(&none);
        row.extend(own);
        let words = self.tokens.block(at).len().max(1) as f32;
        row.push(own.iter().sum::<f32>() / words);
        let mut elem = block.elem;
        for _ in 0..3 {
            elem = self.page.elem(elem).map_or(elem, |e| e.parent);
            let hits = self.elem_hits.get(elem as usize).unwrap_or(&none);
            let words = self.stats.elem(elem).words.max(1.0);
            let [privacy, appeals, legal, ..] = hits;
            row.extend([hits.iter().sum::<f32>() / words, (privacy + appeals + legal) / words]);
        }
        for near in [at.wrapping_sub(1), at + 1] {
            let hits = self.hits.get(near).unwrap_or(&none);
            row.push(hits.iter().sum::<f32>() / self.tokens.block(near).len().max(1) as f32);
        }
        let text = self.page.text_of(block).trim_start();
        row.push(flag(self.known.authors.iter().any(|a| text.starts_with(a.as_str()))));
    }

    /// The row of alike elements in which the block stands.
    fn in_rows(&self, row: &mut Vec<f32>, block: &Block) {
        let Some((level, items)) = self.item(block) else {
            row.extend([-1.0; 7]);
            return;
        };
        row.extend([
            level,
            items.count.ln(),
            items.chars / items.count,
            items.linked / items.chars.max(1.0),
            items.with_link / items.count,
            items.blocks / items.count,
            items.stops / items.count,
        ]);
    }

    /// How the block stands to the text of the page's main make.
    fn near_main(&self, row: &mut Vec<f32>, at: usize, block: &Block) {
        row.push(flag(self.is_main(at)));
        row.push(self.main_before.get(at).copied().unwrap_or(-1.0));
        for near in [self.last_main.get(at), self.next_main.get(at)] {
            let near = near.copied().filter(|n| *n != NOWHERE);
            let other = near.and_then(|n| self.page.blocks.get(n));
            let between = near.map_or(9999.0, |n| {
                let chars = |at: usize| self.before.get(at).copied().unwrap_or(0.0);
                (chars(at) - chars(n)).abs()
            });
            row.push(near.map_or(99.0, |n| n.abs_diff(at) as f32).min(99.0));
            row.push(between.min(9999.0));
            row.push(other.map_or(99.0, |o| self.levels_to_common(block, o)));
        }
        row.push(self.since_heading.get(at).copied().unwrap_or(0.0).min(99.0));
    }

    /// The blocks before and behind, and the nearest running text.
    fn neighbours(&self, row: &mut Vec<f32>, at: usize, block: &Block) {
        for offset in [-3_isize, -2, -1, 1, 2, 3] {
            let near = at.checked_add_signed(offset).filter(|n| *n < self.page.blocks.len());
            let counts = near.map(|n| self.stats.block(n)).unwrap_or_default();
            row.extend([counts.log_chars, counts.density(), counts.stops]);
            if offset.abs() == 1 {
                let other = near.and_then(|n| self.page.blocks.get(n));
                row.push(flag(near.is_some_and(|n| self.makes.get(n) == self.makes.get(at))));
                let heading =
                    other.and_then(|o| self.page.elem(o.elem)).is_some_and(|e| e.tag.is_heading());
                row.push(flag(heading));
                row.push(near.and_then(|n| self.phrases.get(n)).copied().unwrap_or(0.0));
            }
        }
        for near in [self.last_running.get(at), self.next_running.get(at)] {
            let near = near.copied().filter(|n| *n != NOWHERE);
            let distance = near.map_or(99.0, |n| n.abs_diff(at) as f32);
            let other = near.and_then(|n| self.page.blocks.get(n));
            let shared = other.map_or(99.0, |o| self.levels_to_common(block, o));
            row.extend([distance.min(99.0), shared]);
            row.push(flag(near.is_some_and(|n| self.makes.get(n) == self.makes.get(at))));
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

/// True for text with this ASCII character.
fn has_byte(text: &str, byte: u8) -> bool {
    memchr::memchr(byte, text.as_bytes()).is_some()
}

/// True for text with © or ®.
fn has_legal_mark(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut leads = memchr::memchr_iter(0xc2, bytes);
    leads.any(|at| matches!(bytes.get(at + 1), Some(0xa9 | 0xae)))
}

fn flag(value: bool) -> f32 {
    f32::from(u8::from(value))
}
