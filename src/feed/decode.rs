//! Bytes to text: the first step of every reading.
//!
//! Publishers declare charsets wrongly, in two places, or not at all. The bytes themselves are the
//! best witness: what is valid UTF-8 is UTF-8. Nothing is copied where the bytes are UTF-8 already.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// How far the charset's declaration may stand from the document's beginning.
const DECLARATION_MAX: usize = 1024;

/// A document as text.
#[derive(Debug)]
pub(super) struct Decoded<'a> {
    /// The text, without byte order mark.
    pub(super) text: Cow<'a, str>,
    /// What was done where the bytes were not what they were said to be.
    pub(super) note: Option<String>,
}

/// The text of a document. Tried in this order: byte order mark, zero bytes that betray UTF-16 or
/// UTF-32, valid UTF-8, the charset of the HTTP header, the declared one, detection, and
/// windows-1252 byte by byte.
pub(super) fn decode<'a>(body: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    if let Some(text) = wide(body) {
        return Decoded { text: Cow::Owned(text), note: None };
    }
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let named = [content_type.and_then(charset_of), declared(body)];
    let escaped =
        || named.iter().flatten().find(|e| !e.is_ascii_compatible() && body.contains(&0x1b));
    match std::str::from_utf8(body) {
        Ok(_) if escaped().is_some() => by_name(body, &named),
        Ok(text) => Decoded { text: Cow::Borrowed(text), note: None },
        Err(_) if mostly_utf8(body) => Decoded {
            text: Cow::Owned(patched(body)),
            note: Some("bytes that are no UTF-8 read as windows-1252".to_owned()),
        },
        Err(_) => by_name(body, &named),
    }
}

/// Decodes with the first charset named that fits the bytes, else with the one detected.
fn by_name<'a>(body: &'a [u8], named: &[Option<&'static Encoding>]) -> Decoded<'a> {
    for encoding in named.iter().flatten().filter(|e| **e != UTF_8) {
        let (text, faults) = encoding.decode_without_bom_handling(body);
        if !faults {
            return Decoded { text, note: None };
        }
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(body, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let (text, faults) = guess.decode_without_bom_handling(body);
    if faults {
        let (text, _) = WINDOWS_1252.decode_without_bom_handling(body);
        return Decoded { text, note: Some("unknown charset read as windows-1252".to_owned()) };
    }
    Decoded { text, note: Some(format!("charset detected: {}", guess.name())) }
}

/// UTF-16 and UTF-32, by byte order mark or by where the zero bytes of the first `<` stand.
fn wide(body: &[u8]) -> Option<String> {
    let head: [u8; 4] = body.get(..4)?.try_into().ok()?;
    let utf32 = |le: bool| {
        let unit = |b: &[u8]| <[u8; 4]>::try_from(b).ok();
        let code = |b| if le { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) };
        let chars = body.chunks(4).map(|b| unit(b).map(code).and_then(char::from_u32));
        chars.map(|c| c.unwrap_or('\u{fffd}')).filter(|c| *c != '\u{feff}').collect()
    };
    let utf16 = |encoding: &'static Encoding| encoding.decode_with_bom_removal(body).0.into_owned();
    Some(match head {
        [0xff, 0xfe, 0, 0] | [b'<', 0, 0, 0] => utf32(true),
        [0, 0, 0xfe, 0xff] | [0, 0, 0, b'<'] => utf32(false),
        [0xff, 0xfe, ..] | [b'<' | b'{', 0, _, 0] => utf16(encoding_rs::UTF_16LE),
        [0xfe, 0xff, ..] | [0, b'<' | b'{', 0, _] => utf16(encoding_rs::UTF_16BE),
        _ => return None,
    })
}

/// True where well-formed multi-byte characters outnumber the bytes that are none: a UTF-8
/// document with a few foreign bytes, not a document in another charset.
fn mostly_utf8(body: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in body.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += chunk.invalid().len();
    }
    good > bad
}

/// UTF-8 where it is valid, windows-1252 for each byte between.
fn patched(body: &[u8]) -> String {
    let mut out = String::with_capacity(body.len() + 64);
    for chunk in body.utf8_chunks() {
        out.push_str(chunk.valid());
        out.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    out
}

/// The charset parameter of a media type.
pub(super) fn charset_of(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let (_, value) = lower.split_once("charset")?;
    let value = value.trim_start().strip_prefix('=')?;
    label(value.split([';', ',']).next()?)
}

/// The charset of the XML declaration.
fn declared(body: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(body.get(..DECLARATION_MAX.min(body.len()))?);
    let (_, declaration) = head.split_once("<?xml")?;
    let (declaration, _) = declaration.split_once('>')?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    label(value.trim_start_matches(['"', '\'']).split(['"', '\'', '?', ' ']).next()?)
}

fn label(name: &str) -> Option<&'static Encoding> {
    Encoding::for_label(
        name.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'')).as_bytes(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(body: &[u8], content_type: Option<&str>, expect: &str) {
        assert_eq!(decode(body, content_type).text, expect);
    }

    #[test]
    fn bytes_win_over_declarations() {
        check("<a>é</a>".as_bytes(), Some("text/xml; charset=iso-8859-1"), "<a>é</a>");
        check(
            "<?xml version='1.0' encoding='utf-16'?>é".as_bytes(),
            None,
            "<?xml version='1.0' encoding='utf-16'?>é",
        );
        check(b"\xef\xbb\xbf<a/>", None, "<a/>");
        check(b"<\0a\0>\0\xe9\0", None, "<a>é");
        check(b"\xfe\xff\0<\0a\0>", None, "<a>");
        check(b"<\0\0\0\xe9\0\0\0", None, "<é");
    }

    #[test]
    fn charsets_are_found() {
        check(b"<a>\xcf\xf0\xe8</a>", Some("text/xml; charset=\"Windows-1251\""), "<a>При</a>");
        check(
            b"<?xml version='1.0' encoding='koi8-r'?>\xf0",
            None,
            "<?xml version='1.0' encoding='koi8-r'?>П",
        );
        check(b"it\x92s \xe9t\xe9", Some("text/xml; charset=utf-8"), "it’s été");
        check("Ünïcödé caf\u{e9} ".as_bytes(), None, "Ünïcödé café ");
        let mut mixed = "Größe für Übung ".as_bytes().to_vec();
        mixed.push(0x96);
        check(&mixed, None, "Größe für Übung –");
    }

    proptest! {
        #[test]
        fn any_bytes_become_text(body: Vec<u8>) {
            drop(decode(&body, None));
        }
    }
}
