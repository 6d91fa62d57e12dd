//! From markup as written to text: references, CDATA, and HTML titles made plain.
//!
//! Sanitising is not done here: what [`inner`] returns is still the publisher's HTML.

use super::entities::named;
use super::scan::{Scanner, Token, split_at_mark, split_name};
use std::borrow::Cow;

/// Longest reference that is looked at; the longest name of HTML has 31 letters.
const REFERENCE_MAX: usize = 40;

/// The text with XML and HTML references resolved; what is no reference stays as it is written.
///
/// References to controls and surrogates vanish; those to 128–159 mean windows-1252, as in
/// browsers. Declared entities are never expanded.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let end = after.bytes().take(REFERENCE_MAX).position(|b| b == b';');
        let name = end.and_then(|end| after.get(..end));
        if let Some(name) = name.filter(|name| push_reference(name, &mut out)) {
            rest = after.get(name.len() + 1..).unwrap_or_default();
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Appends what a reference stands for; false where it is none.
fn push_reference(name: &str, out: &mut String) -> bool {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']);
        let code = hex.map_or_else(|| number.parse().ok(), |h| u32::from_str_radix(h, 16).ok());
        out.extend(code.and_then(character));
        return code.is_some();
    }
    let known = named(name);
    out.extend(known);
    known.is_some()
}

fn character(code: u32) -> Option<char> {
    let byte = u8::try_from(code).ok().filter(|b| (0x80..=0x9f).contains(b));
    let c = match byte {
        Some(byte) => {
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next()
        }
        None => char::from_u32(code),
    }?;
    (!c.is_control() || matches!(c, '\t' | '\n' | '\r')).then_some(c)
}

/// What a field says: its text, and whether that text is markup that stands in the field unescaped.
pub(crate) struct Inner<'a> {
    /// The text; HTML where `markup` is set.
    pub(crate) text: Cow<'a, str>,
    /// The field has child elements (XHTML, or HTML that should have been escaped).
    pub(crate) markup: bool,
}

/// The text of a field's inner markup.
pub(crate) fn inner(raw: &str) -> Inner<'_> {
    if !raw.contains('<') {
        return Inner { text: unescape(raw), markup: false };
    }
    if let Some(text) = single_cdata(raw) {
        return Inner { text: Cow::Borrowed(text), markup: false };
    }
    let markup = Scanner::new(raw).any(|t| matches!(t, Token::Start { .. } | Token::End(_)));
    let mut out = String::with_capacity(raw.len());
    for token in Scanner::new(raw) {
        match token {
            Token::Text(text) if markup => out.push_str(text),
            Token::Text(text) => out.push_str(&unescape(text)),
            Token::Cdata(text) => out.push_str(text),
            Token::Start { name, attrs, empty } => {
                out.extend(["<", split_name(name).1, attrs, if empty { "/>" } else { ">" }]);
            }
            Token::End(name) => out.extend(["</", split_name(name).1, ">"]),
        }
    }
    Inner { text: Cow::Owned(out), markup }
}

/// The inside of a CDATA section that is all there is.
fn single_cdata(raw: &str) -> Option<&str> {
    let body = raw.trim().strip_prefix("<![CDATA[")?;
    let (text, rest) = split_at_mark(body, "]]>")?;
    rest.is_empty().then_some(text)
}

/// The plain text of an HTML fragment: tags gone, references resolved. What looks like a tag but
/// is no HTML element stays (`Vec<T>` in a headline).
pub(crate) fn plain(html: &str) -> Cow<'_, str> {
    if !html.contains('<') {
        return unescape(html);
    }
    let mut out = String::with_capacity(html.len());
    let mut scanner = Scanner::new(html);
    let mut hidden = None;
    while let Some(token) = scanner.next() {
        let as_written = scanner.slice(scanner.start(), scanner.offset());
        match token {
            Token::Start { name, empty, .. } if is_hidden(name) && !empty => hidden = Some(name),
            Token::End(name) if hidden == Some(name) => hidden = None,
            _ if hidden.is_some() => {}
            Token::Text(text) => out.push_str(&unescape(text)),
            Token::Cdata(text) => out.push_str(text),
            Token::Start { name, .. } | Token::End(name) if is_block(name) => out.push(' '),
            Token::Start { name, .. } | Token::End(name) if is_inline(name) => {}
            Token::Start { .. } | Token::End(_) => out.push_str(as_written),
        }
    }
    Cow::Owned(out)
}

/// True where a text that claims to be plain holds HTML all the same.
pub(crate) fn looks_like_html(text: &str) -> bool {
    text.contains('<')
        && Scanner::new(text).take(200).any(|token| match token {
            Token::End(name) => is_block(name) || is_inline(name),
            Token::Start { name, attrs, .. } => {
                matches!(name, "br" | "img" | "hr" | "p")
                    || (is_inline(name) && attrs.contains('='))
            }
            _ => false,
        })
}

fn one_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|n| name.eq_ignore_ascii_case(n))
}

fn is_hidden(name: &str) -> bool {
    one_of(name, &["script", "style", "head", "template"])
}

fn is_block(name: &str) -> bool {
    const BLOCKS: [&str; 38] = [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
        "body",
    ];
    one_of(name, &BLOCKS)
}

fn is_inline(name: &str) -> bool {
    const INLINE: [&str; 61] = [
        "a", "abbr", "acronym", "audio", "b", "bdi", "bdo", "big", "button", "cite", "code",
        "data", "del", "dfn", "em", "embed", "font", "html", "i", "iframe", "img", "input", "ins",
        "kbd", "label", "mark", "meta", "noscript", "object", "picture", "q", "s", "samp", "small",
        "source", "span", "strike", "strong", "sub", "sup", "svg", "time", "tt", "u", "var",
        "video", "wbr", "link", "applet", "area", "base", "blink", "frame", "frameset", "map",
        "marquee", "nobr", "option", "param", "select", "textarea",
    ];
    one_of(name, &INLINE)
}

/// An Atom `base64` value as text; `None` where it is no base64 of UTF-8.
pub(crate) fn base64(text: &str) -> Option<String> {
    if text.bytes().filter(|b| !b.is_ascii_whitespace()).count() % 4 != 0 {
        return None;
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut have) = (0_u32, 0);
    for byte in text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        have += 6;
        if have >= 8 {
            have -= 8;
            out.push(u8::try_from((bits >> have) & 0xff).ok()?);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved() {
        let check = |text: &str, expect: &str| assert_eq!(unescape(text), expect, "{text}");
        check("AT&T &amp; R&D; &eacute;&#8217;&#x41;", "AT&T & R&D; é’A");
        check("&#146;&#0;&#xD83D;&#x1F;&copy=1", "’&copy=1");
        check("&&amp;&", "&&&");
    }

    #[test]
    fn fields_are_read() {
        let check = |raw: &str, text: &str, markup: bool| {
            let inner = inner(raw);
            assert_eq!((inner.text.as_ref(), inner.markup), (text, markup), "{raw}");
        };
        check("a &lt;b&gt;", "a <b>", false);
        check(" <![CDATA[<b>&amp;</b>]]> ", "<b>&amp;</b>", false);
        check("<![CDATA[a]]>&amp;<![CDATA[b]]>", "a&b", false);
        check("one <x:i a='1'>two</x:i> &amp;", "one <i a='1'>two</i> &amp;", true);
    }

    #[test]
    fn titles_become_plain() {
        let check = |html: &str, expect: &str| assert_eq!(plain(html), expect, "{html}");
        check("a <b>bold</b> claim &amp; more", "a bold claim & more");
        check("Vec<T> and 1 < 2", "Vec<T> and 1 < 2");
        check("x<script>alert(1)</script>y<br/>z", "xy z");
    }

    #[test]
    fn base64_is_decoded() {
        assert_eq!(base64("YSDDqQ==").as_deref(), Some("a é"));
        assert_eq!(base64("a b!"), None);
        assert_eq!(base64("x"), None);
    }
}
