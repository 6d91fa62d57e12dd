//! Text → words: what every key, anchor and comparison of this stage is made of.
//!
//! Words are compared after NFKC and lower case, without quotes, dashes and invisible characters,
//! so that typography makes no difference, and neither does a misread encoding. A character of a
//! script without spaces is a word of its own; where such a script has letters (Thai), it stands for
//! the few before it as well, or any two texts would share most of their words. ASCII takes a fast
//! path: reading words is most of the work on an article.

use super::mojibake::repaired;
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};
use xxhash_rust::xxh3::xxh3_64;

/// Code points of the digit zero of the scripts in use; each is followed by the digits 1 to 9.
const ZEROS: [u32; 30] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1b50, 0x1bb0,
    0x1c40, 0x1c50, 0xa8d0, 0xa9d0, 0xabf0,
];

/// Letters of a script without spaces that one of its words stands for: as many as a word has.
const LETTERS: u32 = 5;

/// Bits that tell these letters apart.
const LETTER_BITS: u32 = 12;

const LETTERS_MASK: u64 = (1 << (LETTERS * LETTER_BITS)) - 1;

/// One word: a hash of its folded form, and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) hash: u64,
    pub(super) kind: Kind,
}

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word like any other.
    Plain,
    /// Capitalised, though it does not open a sentence: most likely a name.
    Name,
    /// Holds a digit.
    Number,
}

/// A text in words.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// The words in order.
    pub(super) all: Vec<Word>,
    /// For each line that has words: the position in `all` after its last one.
    pub(super) line_ends: Vec<usize>,
    /// The words in their folded form, one space between two.
    pub(super) folded: String,
}

/// The words of a text.
pub(super) fn read(text: &str) -> Words {
    let text = repaired(text);
    let mut reader = Reader::with_capacity(text.len());
    let mut rest = text.as_ref();
    loop {
        let (run, after) = rest.split_at(ascii_run(rest));
        reader.ascii(run);
        let mut chars = after.chars();
        let Some(c) = chars.next() else { break };
        rest = chars.as_str();
        if matches!(c, '.' | ',') && reader.after_digit() {
            match rest.as_bytes() {
                [next, ..] if next.is_ascii_digit() => reader.inside_number(c),
                _ => reader.between(c),
            }
        } else if c.is_ascii() {
            reader.between(c);
        } else {
            reader.foreign(c);
        }
    }
    reader.finish()
}

/// Bytes of ASCII letters and digits that a text begins with.
fn ascii_run(text: &str) -> usize {
    text.bytes().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(text.len())
}

/// The state while reading: `out` and the word under way, which is the end of `out.folded`.
struct Reader {
    out: Words,
    start: usize,
    opens_sentence: bool,
    capital: bool,
    plain_ascii: bool,
}

impl Reader {
    fn with_capacity(bytes: usize) -> Self {
        Self {
            out: Words {
                all: Vec::with_capacity(bytes / 5),
                line_ends: Vec::new(),
                folded: String::with_capacity(bytes + bytes / 8),
            },
            start: 0,
            opens_sentence: true,
            capital: false,
            plain_ascii: true,
        }
    }

    /// Letters and digits of a word.
    fn ascii(&mut self, run: &str) {
        let at = self.out.folded.len();
        if self.start == at {
            self.capital = run.starts_with(|c: char| c.is_ascii_uppercase());
        }
        self.out.folded.push_str(run);
        if let Some(run) = self.out.folded.get_mut(at..) {
            run.make_ascii_lowercase();
        }
    }

    fn after_digit(&self) -> bool {
        self.out.folded.ends_with(|c: char| c.is_ascii_digit())
    }

    /// A separator between two digits: `1,200` is one word, and so is `3.5`.
    fn inside_number(&mut self, c: char) {
        if c == '.' {
            self.out.folded.push(c);
        }
    }

    fn foreign(&mut self, c: char) {
        if c.is_alphanumeric() || is_combining_mark(c) {
            if self.start == self.out.folded.len() {
                self.capital = c.is_uppercase();
            }
            self.plain_ascii = false;
            self.out.folded.push(c);
        } else if !is_invisible(c) {
            self.between(c);
        }
    }

    /// A character that belongs to no word.
    fn between(&mut self, c: char) {
        self.end_word();
        match c {
            '\n' => self.end_line(),
            '.' | '!' | '?' | ':' | '"' | '…' | '“' | '„' | '«' | '。' | '！' | '？' => {
                self.opens_sentence = true;
            }
            _ => {}
        }
    }

    fn end_line(&mut self) {
        self.opens_sentence = true;
        let end = self.out.all.len();
        if self.out.line_ends.last().copied().unwrap_or(0) < end {
            self.out.line_ends.push(end);
        }
    }

    fn end_word(&mut self) {
        if self.start == self.out.folded.len() {
            return;
        }
        if self.plain_ascii {
            self.push_word();
        } else {
            self.push_foreign();
        }
        self.opens_sentence = false;
        self.capital = false;
        self.plain_ascii = true;
    }

    /// Makes the end of `folded` a word.
    fn push_word(&mut self) {
        let word = self.out.folded.get(self.start..).unwrap_or_default();
        if word.is_empty() {
            return;
        }
        let kind = match () {
            () if word.bytes().any(|b| b.is_ascii_digit()) => Kind::Number,
            () if self.capital && !self.opens_sentence => Kind::Name,
            () => Kind::Plain,
        };
        self.push_hash(xxh3_64(word.as_bytes()), kind);
    }

    /// The same with another hash than that of its form.
    fn push_hash(&mut self, hash: u64, kind: Kind) {
        self.out.all.push(Word { hash, kind });
        self.out.folded.push(' ');
        self.start = self.out.folded.len();
    }

    /// Folds the end of `folded` and makes it one word, or one a character in scripts without
    /// spaces.
    fn push_foreign(&mut self) {
        let run = self.out.folded.split_off(self.start);
        let run = match is_nfkc_quick(run.chars()) {
            IsNormalized::Yes => run,
            _ => run.nfkc().collect(),
        };
        let mut letters = 0_u64;
        for c in run.chars().flat_map(char::to_lowercase) {
            let c = western_digit(c);
            if stands_alone(c) {
                self.push_word();
            }
            if c.is_alphanumeric() || is_combining_mark(c) {
                self.out.folded.push(c);
            }
            if is_letter_alone(c) {
                let letter = u64::from(u32::from(c) & 0xfff);
                letters = (letters << LETTER_BITS | letter) & LETTERS_MASK;
                self.push_hash(xxh3_64(&letters.to_le_bytes()), Kind::Plain);
            } else if stands_alone(c) {
                self.push_word();
            }
        }
        self.push_word();
    }

    fn finish(mut self) -> Words {
        self.end_word();
        self.end_line();
        self.out
    }
}

/// True for soft hyphen, zero-width characters and the byte order mark: a word goes on past them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// True for characters of scripts that put no space between words: Han, kana, Hangul (where the
/// spacing is loose), Thai, Lao, Khmer, Burmese.
fn stands_alone(c: char) -> bool {
    matches!(u32::from(c),
        0xe01..=0xe4e | 0xe81..=0xecf | 0x1000..=0x103f | 0x1050..=0x108f | 0x1100..=0x11ff
        | 0x1780..=0x17df | 0x3005..=0x3007 | 0x3041..=0x30ff | 0x3105..=0x312f | 0x31f0..=0x31ff
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xac00..=0xd7af | 0xf900..=0xfaff
        | 0x2_0000..=0x3_ffff)
}

/// True for letters of scripts that put no space between words: Thai, Lao, Burmese, Khmer.
fn is_letter_alone(c: char) -> bool {
    stands_alone(c) && matches!(u32::from(c), 0xe01..=0x10ff | 0x1780..=0x17df)
}

/// The digit as `0` to `9`, in whatever script it is written; other characters as they are.
fn western_digit(c: char) -> char {
    let code = u32::from(c);
    if code < 0x660 {
        return c;
    }
    let digit = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code));
    digit.and_then(|zero| char::from_digit(code - zero, 10)).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::Kind::{Name, Number, Plain};
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, folded: &str) {
        assert_eq!(read(text).folded.trim_end(), folded, "{text}");
    }

    #[test]
    fn typography_makes_no_difference() {
        check("“It’s over” – he said", "it s over he said");
        check("\"It's over\" -- he said", "it s over he said");
        check("ca\u{ad}fe\u{301} ﬁne", "café fine");
        check("Ｆｕｌｌ\u{a0}width", "full width");
        check("1,200 and 3.5, or 7.", "1200 and 3.5 or 7");
    }

    #[test]
    fn scripts_without_spaces_are_read_by_character() {
        check("東京2024年", "東 京 2024 年");
        check("ｶﾞｽ", "ガ ス");
        check("서울 시", "서 울 시");
        check("٣٤ кг", "34 кг");
    }

    #[test]
    fn a_letter_alone_stands_for_those_before_it() {
        let hashes = |text| read(text).all.into_iter().map(|w| w.hash).collect::<Vec<_>>();
        let (a, b) = (hashes("ประเทศไทย"), hashes("เศรษฐกิจไทย"));
        assert!(a.iter().all(|hash| !b.contains(hash)));
        let (a, b) = (hashes("ธนาคารประเทศไทย"), hashes("ทั่วประเทศไทย"));
        // All nine but the first four, which also stand for what comes before.
        assert_eq!(a.iter().filter(|hash| b.contains(hash)).count(), 5);
    }

    #[test]
    fn names_and_numbers_are_told_apart() {
        let kinds: Vec<_> = read("The mayor, Ann, paid ٣٤. Then Bo left\nCy").all;
        let kinds: Vec<_> = kinds.iter().map(|w| w.kind).collect();
        assert_eq!(kinds, [Plain, Plain, Name, Plain, Number, Plain, Name, Plain, Plain]);
    }

    proptest! {
        #[test]
        fn reading_is_stable(text: String) {
            let words = read(&text);
            prop_assert_eq!(words.line_ends.last().copied().unwrap_or(0), words.all.len());
            prop_assert_eq!(words.folded.split_terminator(' ').count(), words.all.len());
        }
    }
}
