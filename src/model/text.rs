//! Cleaning of plain text: what every title, name and paragraph passes before it is kept.
//!
//! HTML is not understood here; `feed` and `extract` turn markup into text first.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// True for characters that no stored text may hold: C0 and C1 controls, bidi overrides and
/// isolates, zero-width characters, tag characters, the byte order mark, non-characters.
///
/// The joiners U+200C and U+200D are kept: Persian, Indic scripts and emoji need them.
pub fn is_unwanted(c: char) -> bool {
    !matches!(c, ' '..='~')
        && matches!(c,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{200b}'
        | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}' | '\u{fffe}' | '\u{ffff}'
        | '\u{e0000}'..='\u{e007f}')
}

/// One line: unwanted characters gone, runs of white space folded to one space, NFC.
pub fn line(text: &str) -> String {
    let text = text.trim_matches(' ');
    if is_folded(text) && !holds_unwanted(text) {
        return if is_composed(text) { text.to_owned() } else { text.nfc().collect() };
    }
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let before = out.len();
        if before > 0 {
            out.push(' ');
        }
        let start = out.len();
        if !word.bytes().all(|b| b.is_ascii_graphic()) && word.contains(is_unwanted) {
            out.extend(word.chars().filter(|c| !is_unwanted(*c)));
        } else {
            out.push_str(word);
        }
        if out.len() == start {
            out.truncate(before);
        }
    }
    nfc(out)
}

/// True where white space is folded already: nothing but single spaces, and none at the ends.
///
/// Most texts are; the test looks at many bytes at once, which taking them apart cannot.
pub fn is_folded(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ascii = |a: u8, b: u8| (a < b' ') | ((a == b' ') & (b == b' '));
    let odd = any_triple(bytes, ascii, |a, b, c| {
        ascii(a, b)
            | ((a == 0xc2) & ((b == 0x85) | (b == 0xa0)))
            | ((a == 0xe1) & (b == 0x9a) & (c == 0x80))
            | ((a == 0xe2) & (b == 0x80) & ((c <= 0x8a) | (c == 0xaf)))
            | ((a == 0xe2) & (b == 0x80) & ((c == 0xa8) | (c == 0xa9)))
            | ((a == 0xe2) & (b == 0x81) & (c == 0x9f))
            | ((a == 0xe3) & (b == 0x80) & (c == 0x80))
    });
    // Of what the triples do not cover, white space that ends the text is found here.
    let last_but_one = bytes.iter().rev().nth(1);
    !odd && last_but_one.is_none_or(|b| *b >= b' ') && text.trim().len() == text.len()
}

/// True where one of the tests holds for any byte and the two behind it; the last two bytes of all
/// are not asked for. `ascii` is asked where all is ASCII, and is cheaper. Both have
/// to be made of comparisons without branches, so that many bytes are compared at once.
fn any_triple(
    bytes: &[u8],
    ascii: impl Fn(u8, u8) -> bool,
    any: impl Fn(u8, u8, u8) -> bool,
) -> bool {
    let later = |by: usize| bytes.get(by..).unwrap_or_default();
    let pairs = bytes.iter().zip(later(1));
    if bytes.is_ascii() {
        return pairs.fold(false, |found, (a, b)| found | ascii(*a, *b));
    }
    pairs.zip(later(2)).fold(false, |found, ((a, b), c)| found | any(*a, *b, *c))
}

/// Bytes looked at before asking whether one of them is meant.
const STRIDE: usize = 64;

/// Where the first byte for which `is` holds stands. `is` has to be made of comparisons without
/// branches, so that many bytes are compared at once.
pub fn find_byte(bytes: &[u8], is: impl Fn(u8) -> bool) -> Option<usize> {
    let (strides, rest) = bytes.as_chunks::<STRIDE>();
    let holds = |stride: &[u8; STRIDE]| stride.iter().fold(false, |any, b| any | is(*b));
    let (start, within) = match strides.iter().position(holds) {
        Some(number) => (number * STRIDE, strides.get(number)?.as_slice()),
        None => (bytes.len() - rest.len(), rest),
    };
    Some(start + within.iter().position(|b| is(*b))?)
}

/// True where a character is unwanted.
pub fn holds_unwanted(text: &str) -> bool {
    let ascii = |a: u8, _: u8| (a < b' ') | (a == 0x7f);
    // Whether any might be is asked of many bytes at once; few texts have any.
    let maybe = any_triple(text.as_bytes(), ascii, |a, b, c| {
        let spaces = (b == 0x80) & ((c == 0x8b) | (0x8e..=0x8f).contains(&c));
        let turns = (b == 0x80) & (0xaa..=0xae).contains(&c);
        let marks = (b == 0x81) & (0xa0..=0xaf).contains(&c);
        ascii(a, b)
            | (a == 0xf3)
            | ((a == 0xc2) & ((b < 0xa0) | (b == 0xad)))
            | ((a == 0xd8) & (b == 0x9c))
            | ((a == 0xe2) & (spaces | turns | marks))
            | ((a == 0xef) & ((b == 0xb7) | (b == 0xbb) | (b == 0xbf)))
    });
    maybe && text.contains(is_unwanted) || text.chars().rev().take(2).any(is_unwanted)
}

/// Several lines: as [`line()`], but line breaks stay (at most one empty line between two) and
/// lines bear no white space at their ends.
pub fn lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for raw in text.lines() {
        let clean = line(raw);
        if clean.is_empty() {
            empty += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        empty = 0;
        out.push_str(&clean);
    }
    out
}

/// The longest beginning of `text` that has at most `max` bytes and ends between characters.
pub fn head(text: &str, max: usize) -> &str {
    text.get(..text.floor_char_boundary(max)).unwrap_or(text)
}

/// Number of words: runs of letters and digits; a character of a script without spaces counts as
/// one word.
pub fn words(text: &str) -> usize {
    let mut count = 0;
    let mut inside = false;
    for c in text.chars() {
        if is_unspaced(c) {
            count += 1;
            inside = false;
        } else if c.is_alphanumeric() {
            count += usize::from(!inside);
            inside = true;
        } else if !matches!(c, '\'' | '’' | '-') {
            inside = false;
        }
    }
    count
}

/// True for characters of scripts that are written without spaces between words: CJK ideographs,
/// kana, Thai, Lao, Khmer, Myanmar.
pub fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn nfc(text: String) -> String {
    if is_composed(&text) { text } else { text.nfc().collect() }
}

/// True for text in NFC.
fn is_composed(text: &str) -> bool {
    // What is below the combining characters, which begin at U+0300, is composed already.
    find_byte(text.as_bytes(), |b| b >= 0xcc).is_none()
        || text.chars().all(is_alone)
        || is_nfc(text)
}

/// True for characters of the most used scripts that never combine with another one.
fn is_alone(c: char) -> bool {
    matches!(c,
        '\0'..='\u{2ff}' | '\u{400}'..='\u{482}' | '\u{5d0}'..='\u{5ea}' | '\u{606}'..='\u{60f}'
        | '\u{61b}'..='\u{64a}'
        | '\u{660}'..='\u{66f}' | '\u{2010}'..='\u{2027}' | '\u{3003}'..='\u{3029}'
        | '\u{3001}' | '\u{3002}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff01}'..='\u{ff5e}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(input: &str, expect: &str) {
        assert_eq!(line(input), expect);
    }

    #[test]
    fn lines_are_cleaned() {
        check("  a \n\t b\u{a0}c ", "a b c");
        check("a\u{202e}b\u{200b}c\u{1b}[31md", "abc[31md");
        check("e\u{301}", "é");
        check("می\u{200c}خواهم", "می\u{200c}خواهم");
        assert_eq!(lines("a \n\n\n b\r\nc\n\n"), "a\n\nb\nc");
        assert_eq!(head("aé", 2), "a");
        assert_eq!(words("It's a well-known fact, 3.5 times"), 7);
        assert_eq!(words("東京で"), 3);
    }

    #[test]
    fn what_stands_alone_is_composed() {
        use unicode_normalization::{IsNormalized, char::canonical_combining_class, is_nfc_quick};
        for c in ('\0'..=char::MAX).filter(|c| is_alone(*c)) {
            let quick = is_nfc_quick(std::iter::once(c));
            assert!(quick == IsNormalized::Yes && canonical_combining_class(c) == 0, "{c:?}");
        }
    }

    #[test]
    fn folded_text_is_known() {
        let spaces = ('\0'..=char::MAX).filter(|c| c.is_whitespace() && *c != ' ');
        for c in spaces.map(String::from).chain(["  ".to_owned()]) {
            for text in [format!("ab{c}cd"), format!("a{c}d"), format!("{c}d"), format!("a{c}")] {
                assert!(!is_folded(&text), "{text:?}");
            }
        }
        for text in ["", "a", "a b", "été – “a” 、か。\u{2010}", "\u{3001}\u{2060}x"] {
            assert!(is_folded(text), "{text:?}");
        }
    }

    #[test]
    fn unwanted_characters_are_found_wherever_they_stand() {
        for c in ('\0'..=char::MAX).filter(|c| is_unwanted(*c)) {
            for text in [format!("{c}"), format!("a{c}"), format!("a{c}b"), format!("a{c}bcd")] {
                assert!(holds_unwanted(&text), "{text:?}");
            }
        }
        assert!(!holds_unwanted("“a” – été، 、か。\u{200c}\u{2010}\u{fb01}"));
    }

    proptest! {
        #[test]
        fn what_is_called_folded_is(text in "[ ab\n\u{a0}\u{2003}é、]{0,80}") {
            let words: Vec<_> = text.split_whitespace().collect();
            prop_assert_eq!(is_folded(&text), words.join(" ") == text);
        }

        #[test]
        fn bytes_are_found(bytes: Vec<u8>, wanted: u8) {
            let found = find_byte(&bytes, |b| b == wanted);
            prop_assert_eq!(found, bytes.iter().position(|b| *b == wanted));
        }

        #[test]
        fn cleaning_twice_changes_nothing(text: String) {
            let once = line(&text);
            prop_assert_eq!(&line(&once), &once);
            prop_assert!(!once.chars().any(is_unwanted));
            let many = lines(&text);
            prop_assert_eq!(&lines(&many), &many);
        }
    }
}
