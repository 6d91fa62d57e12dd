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
    if is_clean(text.as_bytes()) {
        return text.to_owned();
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

/// True for printable ASCII, not empty, without a space at its ends or two in a row: most lines.
fn is_clean(text: &[u8]) -> bool {
    let mut last = b' ';
    for byte in text {
        if !(b' '..=b'~').contains(byte) || (*byte == b' ' && last == b' ') {
            return false;
        }
        last = *byte;
    }
    last != b' '
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
    // What is below the combining characters, which begin at U+0300, is composed already.
    if text.bytes().all(|b| b < 0xcc) || is_nfc(&text) { text } else { text.nfc().collect() }
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

    proptest! {
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
