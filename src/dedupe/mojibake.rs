//! UTF-8 that was read as Windows-1252 somewhere on its way, and back again, so that such a copy
//! has the words of its original. For recognising only: nothing repaired here is ever stored.

use std::borrow::Cow;

/// What Windows-1252 shows for the bytes 0x80 to 0x9F; five of them show nothing.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Stands for a byte that was lost because Windows-1252 shows nothing for it.
const LOST: char = char::REPLACEMENT_CHARACTER;

/// The byte that the characters `Â` to `ô` begin with in UTF-8, and every misread sequence begins with
/// one of these.
const LEAD: u8 = 0xc3;

/// Sequences from which a text counts as misread: a single one may be meant.
const MISREAD_MIN: usize = 2;

/// The text as it was before it was misread; unchanged where most of its characters outside ASCII
/// make no UTF-8.
pub(super) fn repaired(text: &str) -> Cow<'_, str> {
    if memchr::memchr(LEAD, text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let foreign = text.chars().filter(|c| !c.is_ascii()).count();
    let (mut sequences, mut covered) = (0, 0);
    for (length, _) in (Sequences { rest: text }).filter(|(length, _)| *length > 1) {
        sequences += 1;
        covered += length;
    }
    if sequences < MISREAD_MIN || covered * 2 < foreign {
        return Cow::Borrowed(text);
    }
    Sequences { rest: text }.map(|(_, c)| c).collect()
}

/// The characters of a text, each misread sequence as one: `(characters read, character)`.
struct Sequences<'a> {
    rest: &'a str,
}

impl Iterator for Sequences<'_> {
    type Item = (usize, char);

    fn next(&mut self) -> Option<Self::Item> {
        let mut chars = self.rest.chars();
        let first = chars.next()?;
        if !first.is_ascii()
            && let Some((length, c)) = sequence(first, chars.clone())
        {
            for _ in 1..length {
                chars.next();
            }
            self.rest = chars.as_str();
            return Some((length, c));
        }
        self.rest = chars.as_str();
        Some((1, first))
    }
}

/// The character that a misread sequence stood for, and its length.
fn sequence(first: char, rest: std::str::Chars<'_>) -> Option<(usize, char)> {
    let lead = byte(first)?;
    let length = match lead {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let mut code = u32::from(lead) & (0x7f >> length);
    let mut lost = false;
    let mut read = 1;
    for c in rest.take(length - 1) {
        lost |= c == LOST;
        let next = if c == LOST { 0x80 } else { byte(c)? };
        if next & 0xc0 != 0x80 {
            return None;
        }
        code = code << 6 | u32::from(next & 0x3f);
        read += 1;
    }
    if read < length {
        return None;
    }
    if lost { Some((length, LOST)) } else { Some((length, char::from_u32(code)?)) }
}

/// The byte that Windows-1252 shows as this character.
fn byte(c: char) -> Option<u8> {
    match u8::try_from(u32::from(c)) {
        Ok(latin) if !(0x80..0xa0).contains(&latin) => Some(latin),
        _ => {
            let at = WINDOWS_1252.iter().position(|shown| *shown == c)?;
            u8::try_from(at + 0x80).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(repaired(text), expect);
    }

    #[test]
    fn misread_text_is_repaired() {
        check("dÃ©jÃ\u{a0} vu", "déjà vu");
        check("itâ€™s â€œoverâ€�", "it’s “over\u{fffd}");
        check("ÐœÐ¸Ñ€", "Мир");
    }

    #[test]
    fn sound_text_stays() {
        for text in ["plain", "déjà vu", "« vérité»", "Ã© alone", "AÇÃO SÃO", "naïve – “quoted”"]
        {
            check(text, text);
        }
    }

    proptest! {
        #[test]
        fn what_windows_1252_shows_is_undone(text in "[а-яé–]{2,20}") {
            let misread: String = text.bytes().map(|b| match b {
                0x80..0xa0 => WINDOWS_1252[usize::from(b) - 0x80],
                _ => char::from(b),
            }).collect();
            prop_assert_eq!(repaired(&misread), text);
        }

        #[test]
        fn any_text_is_read(text: String) {
            repaired(&text);
        }
    }
}
