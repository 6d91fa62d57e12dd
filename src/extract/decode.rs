//! Bytes of a page → text: byte order mark, then what HTTP declares, then what the page declares,
//! then detection (chardetng). Never fails; bytes that make no sense become U+FFFD.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// How far a page's own declaration is looked for, in bytes (the HTML standard says 1024; pages
/// in the wild declare later).
const PRESCAN: usize = 4096;

/// How much of a page the detector reads, in bytes.
const DETECT: usize = 256 * 1024;

/// The text of a page's body; `content_type` is the HTTP header, as sent.
pub fn decode<'a>(body: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let (encoding, start) = match Encoding::for_bom(body) {
        Some(found) => found,
        None => (declared(body, content_type).unwrap_or_else(|| detect(body)), 0),
    };
    encoding.decode_without_bom_handling(body.get(start..).unwrap_or_default()).0
}

/// What the page is encoded in, as far as it shows or says: text that is UTF-8 beyond ASCII is
/// UTF-8 whatever is declared (pages are converted and keep their old declaration); a declared
/// UTF-8 that is none is not believed.
fn declared(body: &[u8], content_type: Option<&str>) -> Option<&'static Encoding> {
    if !body.is_ascii() && std::str::from_utf8(body).is_ok() {
        return Some(UTF_8);
    }
    let header = content_type.and_then(|c| label(c.as_bytes()));
    let found = header.or_else(|| prescan(body))?;
    // A page that is read as ASCII up to its declaration cannot be UTF-16.
    let found = if found == UTF_16LE || found == UTF_16BE { UTF_8 } else { found };
    (found != UTF_8 || mostly_utf8(body)).then_some(found)
}

fn mostly_utf8(body: &[u8]) -> bool {
    match std::str::from_utf8(body) {
        Ok(_) => true,
        // A single damaged character does not change what the page is.
        Err(e) => {
            e.valid_up_to() > 0 && {
                let text =
                    String::from_utf8_lossy(body.get(..body.len().min(DETECT)).unwrap_or_default());
                let (bad, good) =
                    text.chars().filter(|c| !c.is_ascii()).fold((0, 0), |(b, g), c| {
                        if c == '\u{fffd}' { (b + 1, g) } else { (b, g + 1) }
                    });
                good > bad * 4
            }
        }
    }
}

/// The first `charset=` in the first bytes of the page that names an encoding.
fn prescan(body: &[u8]) -> Option<&'static Encoding> {
    label(body.get(..body.len().min(PRESCAN))?)
}

/// The encoding after `charset=` or, in XML, `encoding=`.
fn label(text: &[u8]) -> Option<&'static Encoding> {
    let lower = text.to_ascii_lowercase();
    let lower = String::from_utf8_lossy(&lower);
    ["charset", "encoding"].iter().find_map(|key| {
        lower.match_indices(key).find_map(|(at, _)| {
            let rest = lower.get(at + key.len()..)?.trim_start().strip_prefix('=')?;
            let rest = rest.trim_start().trim_start_matches(['"', '\'']);
            let name = rest.split(|c: char| {
                c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '>' | '/' | '?' | ',')
            });
            Encoding::for_label(name.into_iter().next()?.as_bytes())
        })
    })
}

fn detect(body: &[u8]) -> &'static Encoding {
    let head = body.get(..body.len().min(DETECT)).unwrap_or_default();
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(head, head.len() == body.len());
    detector.guess(None, chardetng::Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &[u8], content_type: Option<&str>, expect: &str) {
        let text = decode(body, content_type);
        assert!(text.contains(expect), "{text}");
    }

    #[test]
    fn charsets_are_found() {
        let japanese =
            encoding_rs::SHIFT_JIS.encode("<meta charset=shift_jis><p>日本語の記事").0.into_owned();
        check(&japanese, Some("text/html"), "日本語の記事");
        let russian =
            encoding_rs::WINDOWS_1251.encode("<p>Привет, мир и все остальные люди").0.into_owned();
        check(&russian, Some("text/html; charset=windows-1251"), "Привет");
        check(&russian, None, "Привет");
        check(&russian, Some("text/html; charset=utf-8"), "Привет");
        check("\u{feff}<p>größer".as_bytes(), Some("text/html; charset=latin1"), "<p>größer");
        check("<meta charset=latin1><p>größer".as_bytes(), None, "größer");
        check(b"\xff\xfea\0b\0", None, "ab");
        check(
            b"caf\xe9 <p>a longer text in a western language, d\xe9j\xe0 vu",
            Some("x; charset=\"utf-8\""),
            "café",
        );
    }
}
