//! What can be counted: of each block, and summed up of each element.

use super::page::{Block, Page};
use std::sync::LazyLock;

/// Counts of a block's text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub chars: f32,
    /// Logarithm of one more than that: several rows ask for it.
    pub log_chars: f32,
    pub linked: f32,
    pub words: f32,
    /// Commas and their like in other scripts.
    pub commas: f32,
    /// Ends of sentences.
    pub stops: f32,
    pub digits: f32,
    pub uppers: f32,
    pub letters: f32,
    /// The text ends like a sentence.
    pub ends: bool,
    pub blocks: f32,
}

impl Counts {
    /// The counts of a block.
    #[expect(clippy::cast_precision_loss, reason = "counts of a page")]
    pub(super) fn of(page: &Page<'_>, block: &Block) -> Self {
        let text = page.text_of(block).trim_end();
        let counts = Self {
            chars: block.chars as f32,
            log_chars: (block.chars as f32).ln_1p(),
            linked: block.linked.min(block.chars) as f32,
            blocks: 1.0,
            ends: text.trim_end_matches(['"', '”', '’', '»', ')', '\'', '“']).ends_with(is_stop),
            ..Self::default()
        };
        let tally = if text.is_ascii() { tally_ascii(text.as_bytes()) } else { tally(text) };
        let [_, spaces, commas, stops, digits, uppers, letters] = tally.map(|n| n as f32);
        Self { words: 1.0 + spaces, commas, stops, digits, uppers, letters, ..counts }
    }

    /// Share of the characters within links.
    pub(super) fn density(&self) -> f32 {
        self.linked / self.chars.max(1.0)
    }

    /// Characters outside links.
    pub(super) fn plain(&self) -> f32 {
        self.chars - self.linked
    }

    /// True for running text: long, unlinked.
    pub(super) fn is_running(&self) -> bool {
        self.chars >= 80.0 && self.density() < 0.3 && self.stops + self.commas >= 1.0
    }

    /// Adds the counts of another block or element.
    pub(super) fn add(&mut self, other: &Self) {
        self.chars += other.chars;
        self.linked += other.linked;
        self.words += other.words;
        self.commas += other.commas;
        self.stops += other.stops;
        self.blocks += other.blocks;
    }
}

/// What a character is counted as.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
enum Kind {
    Other,
    Space,
    Comma,
    Stop,
    Digit,
    Upper,
    Letter,
}

const KINDS: usize = 7;

/// The kinds of the characters of the alphabets; to look them up is slow otherwise.
static ALPHABETS: LazyLock<Vec<Kind>> = LazyLock::new(|| ('\0'..ALPHABETS_END).map(kind).collect());

/// What is behind: nearly all ideographs and syllables.
const ALPHABETS_END: char = '\u{3100}';

/// How many characters of each kind a text has.
fn tally(text: &str) -> [u32; KINDS] {
    let alphabets = ALPHABETS.as_slice();
    let mut tally = [0; KINDS];
    for c in text.chars() {
        let kind = alphabets.get(c as usize).copied().unwrap_or_else(|| kind(c));
        if let Some(count) = tally.get_mut(kind as usize) {
            *count += 1;
        }
    }
    tally
}

/// The same of ASCII, many bytes at once.
fn tally_ascii(text: &[u8]) -> [u32; KINDS] {
    let (chunks, rest) = text.as_chunks::<CHUNK>();
    let mut tally = tally_chunk(rest);
    for chunk in chunks {
        tally.iter_mut().zip(tally_chunk(chunk)).for_each(|(sum, n)| *sum += n);
    }
    tally
}

/// Bytes of which the counts fit a byte.
const CHUNK: usize = 128;

#[inline]
fn tally_chunk(chunk: &[u8]) -> [u32; KINDS] {
    let count = |is: fn(u8) -> bool| {
        u32::from(chunk.iter().fold(0_u8, |n, b| n.wrapping_add(u8::from(is(*b)))))
    };
    [
        0,
        count(|b| b == b' '),
        count(|b| (b == b',') | (b == b';')),
        count(|b| (b == b'.') | (b == b'!') | (b == b'?')),
        count(|b| b.is_ascii_digit()),
        count(|b| b.is_ascii_uppercase()),
        count(|b| b.is_ascii_lowercase()),
    ]
}

fn kind(c: char) -> Kind {
    match c {
        ' ' => Kind::Space,
        '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => Kind::Letter,
        '0'..='9' => Kind::Digit,
        c if is_comma(c) => Kind::Comma,
        c if is_stop(c) => Kind::Stop,
        c if c.is_uppercase() => Kind::Upper,
        c if c.is_alphabetic() => Kind::Letter,
        _ => Kind::Other,
    }
}

fn is_comma(c: char) -> bool {
    matches!(c, ',' | ';' | '،' | '、' | '，' | '؛' | '；')
}

fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟' | '۔' | '։' | '။')
}

/// The counts of each block, and of each element all its blocks together.
pub(super) struct Stats {
    pub blocks: Vec<Counts>,
    pub elems: Vec<Counts>,
}

impl Stats {
    /// The counts of a page.
    pub(super) fn of(page: &Page<'_>) -> Self {
        let blocks: Vec<Counts> = page.blocks.iter().map(|b| Counts::of(page, b)).collect();
        let mut elems = vec![Counts::default(); page.elems.len()];
        for (block, counts) in page.blocks.iter().zip(&blocks) {
            if let Some(sum) = elems.get_mut(block.elem as usize) {
                sum.add(counts);
            }
        }
        // Children stand behind their parents, so one pass from the end sums up all of them.
        for (at, elem) in page.elems.iter().enumerate().rev() {
            let own = elems.get(at).copied().unwrap_or_default();
            if elem.parent as usize != at
                && let Some(sum) = elems.get_mut(elem.parent as usize)
            {
                sum.add(&own);
            }
        }
        Self { blocks, elems }
    }

    /// The counts of an element.
    pub(super) fn elem(&self, index: u32) -> Counts {
        self.elems.get(index as usize).copied().unwrap_or_default()
    }

    /// The counts of a block; of none where there is none.
    pub(super) fn block(&self, index: usize) -> Counts {
        self.blocks.get(index).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_counting_agree() {
        let all: String = (0..=127_u8).map(char::from).cycle().take(1000).collect();
        for text in ["", "Yes, 3 of 4; no? The End!", &all] {
            let [_, fast @ ..] = tally_ascii(text.as_bytes());
            let [_, slow @ ..] = tally(text);
            assert_eq!(fast, slow);
        }
        assert_eq!(tally("Öl、東京 7。\u{3105}"), [0, 1, 1, 1, 1, 1, 4]);
    }

    #[test]
    fn ideographs_are_letters() {
        let is_letter = |c: char| c.is_alphabetic() && !c.is_uppercase();
        assert!(('\u{3400}'..='\u{9fff}').filter(|c| c.is_alphanumeric()).all(is_letter));
    }
}
