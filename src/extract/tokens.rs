//! The words of a page as hashes, read once for every comparison with titles, teasers and lexica.
//!
//! Words are folded to lower case. Scripts that put no space between words (Chinese, Japanese,
//! Thai and their like) count each character as a word, so that shares mean the same everywhere.

use super::page::Page;
use crate::model::text::head;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// A hasher for keys that are hashes already: mixes the bits and nothing else.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 ^= xxhash_rust::xxh3::xxh3_64(bytes);
    }

    fn write_u32(&mut self, key: u32) {
        self.write_u64(u64::from(key));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = (self.0 ^ key).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26);
    }
}

/// A map by hashes.
pub(super) type ByHash<K, V> = HashMap<K, V, BuildHasherDefault<Mixed>>;

/// A set of hashes.
pub(super) type Hashes<K> = HashSet<K, BuildHasherDefault<Mixed>>;

/// Bytes of a block of which the words are read: what a longer one speaks of is known by then.
const BLOCK_MAX: usize = 32 * 1024;

const SEED: u32 = 0x811c_9dc5;
const PRIME: u32 = 0x0100_0193;

/// True for letters that stand without spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// What a character is to a word: its folded form, or one of these.
const BETWEEN: u32 = 0;
const UNSPACED: u32 = u32::MAX;

/// The folded forms of the characters of the alphabets; to look them up is slow otherwise.
static ALPHABETS: LazyLock<Vec<u32>> = LazyLock::new(|| ('\0'..'\u{3100}').map(fold).collect());

fn fold(c: char) -> u32 {
    match c {
        c if is_unspaced(c) => UNSPACED,
        '\u{ac00}'..='\u{d7a3}' => c as u32,
        c if c.is_alphanumeric() => c.to_lowercase().next().unwrap_or(c) as u32,
        _ => BETWEEN,
    }
}

/// Adds the hashes of the words of a text.
pub(super) fn read(text: &str, out: &mut Vec<u32>) {
    let alphabets = ALPHABETS.as_slice();
    if text.is_ascii() {
        return read_ascii(text.as_bytes(), alphabets, out);
    }
    let mut hash = SEED;
    for c in text.chars() {
        let folded = alphabets.get(c as usize).copied().unwrap_or_else(|| fold(c));
        if folded != BETWEEN && folded != UNSPACED {
            hash = (hash ^ folded).wrapping_mul(PRIME);
            continue;
        }
        if hash != SEED {
            out.push(hash);
            hash = SEED;
        }
        if folded == UNSPACED {
            out.push((SEED ^ c as u32).wrapping_mul(PRIME));
        }
    }
    if hash != SEED {
        out.push(hash);
    }
}

/// The same of ASCII, without a branch on where a word ends, which nobody can foresee.
fn read_ascii(text: &[u8], alphabets: &[u32], out: &mut Vec<u32>) {
    let mut end = out.len();
    out.resize(end + text.len() / 2 + 1, 0);
    let mut hash = SEED;
    for byte in text {
        let folded = alphabets.get(usize::from(*byte)).copied().unwrap_or(BETWEEN);
        if let Some(slot) = out.get_mut(end) {
            *slot = hash;
        }
        let inside = folded != BETWEEN;
        end += usize::from(!inside & (hash != SEED));
        hash = if inside { (hash ^ folded).wrapping_mul(PRIME) } else { SEED };
    }
    if let Some(slot) = out.get_mut(end) {
        *slot = hash;
    }
    out.truncate(end + usize::from(hash != SEED));
}

/// The hash of one word.
pub(super) fn one(word: &str) -> u32 {
    let mut out = Vec::with_capacity(1);
    read(word, &mut out);
    out.first().copied().unwrap_or(SEED)
}

/// The different words of a text, sorted.
pub(super) fn distinct(text: &str) -> Vec<u32> {
    let mut out = Vec::new();
    read(text, &mut out);
    out.sort_unstable();
    out.dedup();
    out
}

/// The words of all blocks of a page.
pub(super) struct Tokens {
    hashes: Vec<u32>,
    /// Where the words of each block end.
    ends: Vec<usize>,
}

impl Tokens {
    /// The words of a page.
    pub(super) fn of(page: &Page<'_>) -> Self {
        let mut hashes = Vec::with_capacity(page.text.len() / 5);
        let mut ends = Vec::with_capacity(page.blocks.len());
        for block in &page.blocks {
            read(head(page.text_of(block), BLOCK_MAX), &mut hashes);
            ends.push(hashes.len());
        }
        Self { hashes, ends }
    }

    /// The words of a block.
    pub(super) fn block(&self, at: usize) -> &[u32] {
        let start = at.checked_sub(1).and_then(|b| self.ends.get(b)).copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.hashes.get(start..end).unwrap_or_default()
    }
}

/// Hashes of all three words in a row.
pub(super) fn triples(words: &[u32]) -> impl Iterator<Item = u64> {
    words.windows(3).map(|w| {
        w.iter().fold(0_u64, |all, word| {
            (all.rotate_left(23) ^ u64::from(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, words: &[&str]) {
        let mut found = Vec::new();
        read(text, &mut found);
        assert_eq!(found, words.iter().map(|w| one(w)).collect::<Vec<_>>(), "{text}");
    }

    #[test]
    fn words_are_read() {
        check("The Bridge, opened!", &["the", "bridge", "opened"]);
        check("ÄRGER im büro", &["ärger", "im", "büro"]);
        check("震度5弱 x", &["震", "度", "5", "弱", "x"]);
        check(" - ", &[]);
        check("a b c", &["a", "b", "c"]);
        check(" A-1: b", &["a", "1", "b"]);
        check("", &[]);
    }
}
