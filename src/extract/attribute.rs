//! Attributes as they stand in the source, and which of them anybody reads. Nothing is decoded.

/// An attribute in the source.
pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    /// Name, equals sign and value as they stand.
    pub(super) raw: &'a str,
}

impl<'a> Attribute<'a> {
    /// The attribute at `at`, which moves behind it; `None` at the end of the tag.
    pub(super) fn scan(source: &'a str, at: &mut usize) -> Option<Self> {
        let bytes = source.as_bytes();
        let skip = |at: &mut usize, test: fn(u8) -> bool| {
            let rest = bytes.get(*at..).unwrap_or_default();
            *at += rest.iter().position(|b| !test(*b)).unwrap_or(rest.len());
        };
        skip(at, |b| b.is_ascii_whitespace() || b == b'/');
        let start = *at;
        if matches!(bytes.get(start), None | Some(b'>')) {
            return None;
        }
        *at += 1;
        skip(at, |b| !b.is_ascii_whitespace() && !matches!(b, b'/' | b'>' | b'='));
        let name = source.get(start..*at).unwrap_or_default();
        let mut end = *at;
        let mut after = *at;
        skip(&mut after, |b| b.is_ascii_whitespace());
        if bytes.get(after) == Some(&b'=') {
            after += 1;
            skip(&mut after, |b| b.is_ascii_whitespace());
            match bytes.get(after) {
                Some(b'"') => skip_quoted(bytes, &mut after, b'"'),
                Some(b'\'') => skip_quoted(bytes, &mut after, b'\''),
                _ => skip(&mut after, |b| !b.is_ascii_whitespace() && b != b'>'),
            }
            end = after;
        }
        *at = end;
        Some(Self { name, raw: source.get(start..end).unwrap_or_default() })
    }
}

fn skip_quoted(bytes: &[u8], at: &mut usize, quote: u8) {
    let rest = bytes.get(*at + 1..).unwrap_or_default();
    *at += memchr::memchr(quote, rest).map_or(rest.len() + 1, |n| n + 2);
}

/// The attributes that evidence, features or the result read; others are left out unless a rule of
/// the configuration may ask for them.
const WANTED: &[&str] = &[
    "class",
    "href",
    "id",
    "content",
    "rel",
    "role",
    "itemprop",
    "itemtype",
    "datetime",
    "hidden",
    "lang",
    "xml:lang",
    "aria-hidden",
    "aria-label",
    "data-component",
    "data-name",
    "data-qa",
    "data-testid",
    "data-type",
];

/// Attributes that only pictures are asked for.
const WANTED_OF_PICTURES: &[&str] = &[
    "src",
    "srcset",
    "width",
    "height",
    "data-src",
    "data-srcset",
    "data-lazy-src",
    "data-original",
    "data-url",
];

/// Attributes that only `meta` is asked for.
const WANTED_OF_METAS: &[&str] = &["name", "property", "http-equiv"];

/// True where an attribute of an element is read; a style only where it may hide something.
pub(super) fn is_wanted(element: &str, attribute: &Attribute<'_>) -> bool {
    let listed = |list: &[&str]| {
        let length = attribute.name.len();
        list.iter().any(|w| w.len() == length && w.eq_ignore_ascii_case(attribute.name))
    };
    listed(WANTED)
        || (listed(WANTED_OF_PICTURES) && is_named(element, &["img", "amp-img"]))
        || (listed(WANTED_OF_METAS) && is_named(element, &["meta"]))
        || (listed(&["style"]) && mentions(attribute.raw, &["none", "hidden"]))
}

fn is_named(name: &str, names: &[&str]) -> bool {
    names.iter().any(|n| n.eq_ignore_ascii_case(name))
}

/// True where one of the words stands in the text, in letters of either case.
pub(super) fn mentions(text: &str, words: &[&str]) -> bool {
    let at = |word: &str| {
        text.as_bytes().windows(word.len()).any(|w| w.eq_ignore_ascii_case(word.as_bytes()))
    };
    words.iter().any(|word| at(word))
}
