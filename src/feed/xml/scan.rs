//! Cuts markup into tokens without ever failing: XML, HTML and everything broken in between.
//!
//! A strict reader stops at the first fault; this one takes what cannot be markup for text (`a < b`,
//! `AT&T`) and closes at the end of the document what nobody closed. Every token borrows from the
//! document, each byte is looked at a bounded number of times, and nothing recurses.

/// One piece of a document. Comments, declarations and processing instructions are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A start tag: its name, its attributes as written, and whether it ends in `/>`.
    Start { name: &'a str, attrs: &'a str, empty: bool },
    /// An end tag's name.
    End(&'a str),
    /// Text with its references as written.
    Text(&'a str),
    /// What stands inside a CDATA section.
    Cdata(&'a str),
}

/// The tokens of a document, in order.
#[derive(Debug, Clone)]
pub(crate) struct Scanner<'a> {
    doc: &'a str,
    rest: &'a str,
    start: usize,
    /// The document holds no further `]]>`, `-->`, `?>`: looking again would cost a pass each time.
    no_more: [bool; 3],
}

/// Endings that are searched to the end of the document.
const ENDINGS: [&str; 3] = ["]]>", "-->", "?>"];

impl<'a> Scanner<'a> {
    /// A scanner at the beginning of the document.
    pub(crate) fn new(doc: &'a str) -> Self {
        Self { doc, rest: doc, start: 0, no_more: [false; 3] }
    }

    /// Byte offset where the last token begins.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// Byte offset behind the last token.
    pub(crate) fn offset(&self) -> usize {
        self.doc.len() - self.rest.len()
    }

    /// Goes to a byte offset that [`Self::start`] or [`Self::offset`] gave.
    pub(crate) fn seek(&mut self, offset: usize) {
        self.rest = self.doc.get(offset..).unwrap_or_default();
    }

    /// The document between two offsets.
    pub(crate) fn slice(&self, from: usize, to: usize) -> &'a str {
        self.doc.get(from..to).unwrap_or_default()
    }

    /// What stands before the ending number `which`, and goes beyond it; `None` where it lacks.
    fn until(&mut self, which: usize) -> Option<&'a str> {
        let (ending, spent) = (ENDINGS.get(which)?, self.no_more.get_mut(which)?);
        let found = || split_at_mark(self.rest, ending);
        if let Some((body, rest)) = (!*spent).then(found).flatten() {
            self.rest = rest;
            return Some(body);
        }
        *spent = true;
        None
    }

    fn markup(&mut self) -> Option<Token<'a>> {
        let body = self.rest.strip_prefix('<')?;
        if let Some(body) = body.strip_prefix("![CDATA[") {
            self.rest = body;
            return Some(Token::Cdata(self.cdata()));
        }
        if let Some(body) = body.strip_prefix('/') {
            return self.end_tag(body);
        }
        self.start_tag(body)
    }

    /// An unclosed section must not swallow the entries that follow.
    fn cdata(&mut self) -> &'a str {
        if let Some(body) = self.until(0) {
            return body;
        }
        // One search for all names: one for each would look through the whole rest every time.
        let closes_entry = |at: usize| {
            let name = self.rest.get(at + 2..).unwrap_or_default();
            ["item", "entry"]
                .iter()
                .any(|n| name.get(..n.len()).is_some_and(|head| head.eq_ignore_ascii_case(n)))
        };
        let end = self.rest.match_indices("</").map(|(at, _)| at).find(|at| closes_entry(*at));
        let (body, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        body
    }

    fn end_tag(&mut self, body: &'a str) -> Option<Token<'a>> {
        let name = name(body)?;
        let after = body.get(name.len()..)?;
        let end = after.find(['>', '<'])?;
        let (_, rest) = after.split_at(end);
        self.rest = rest.strip_prefix('>').unwrap_or(rest);
        Some(Token::End(name))
    }

    fn start_tag(&mut self, body: &'a str) -> Option<Token<'a>> {
        let name = name(body)?;
        let after = body.get(name.len()..)?;
        let attrs = after.get(..tag_end(after)?)?;
        self.rest = after.get(attrs.len() + 1..)?;
        let empty = attrs.ends_with('/');
        Some(Token::Start { name, attrs: attrs.strip_suffix('/').unwrap_or(attrs), empty })
    }

    /// Skips one comment, declaration or instruction; false where none stands here.
    fn skip(&mut self) -> bool {
        let Some(body) = self.rest.strip_prefix('<') else { return false };
        if let Some(body) = body.strip_prefix("!--") {
            self.rest = body;
            if self.until(1).is_none() {
                self.rest = "";
            }
        } else if let Some(body) = body.strip_prefix('?') {
            self.rest = body;
            if self.until(2).is_none() {
                self.rest = body.split_once('>').map_or("", |(_, rest)| rest);
            }
        } else if body.starts_with('!') && !body.starts_with("![CDATA[") {
            self.rest = body.get(declaration_end(body)..).unwrap_or_default();
        } else {
            return false;
        }
        true
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while self.skip() {}
        self.start = self.offset();
        if self.rest.is_empty() {
            return None;
        }
        if let Some(token) = self.markup() {
            return Some(token);
        }
        let skip = usize::from(self.rest.starts_with('<'));
        let after = self.rest.as_bytes().get(skip..).unwrap_or_default();
        let end = memchr::memchr(b'<', after).map(|at| at + skip);
        let (text, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        Some(Token::Text(text))
    }
}

/// What stands before and behind a mark: `split_once`, several times as fast over long texts.
pub(crate) fn split_at_mark<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let at = memchr::memmem::find(text.as_bytes(), mark.as_bytes())?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

/// Length of a declaration with its `>`; a document type may hold one level of brackets.
fn declaration_end(body: &str) -> usize {
    let close = body.find('>').map_or(body.len(), |at| at + 1);
    match body.get(..close).and_then(|head| head.find('[')) {
        Some(_) => body.find("]>").map_or(close, |at| at + 2),
        None => close,
    }
}

/// The name at the beginning of a tag; `None` where no tag can begin.
fn name(body: &str) -> Option<&str> {
    let end = body
        .find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<' | '=' | '"' | '\'' | '&'))
        .unwrap_or(body.len());
    let name = body.get(..end)?;
    let first = name.chars().next()?;
    let follows = body.get(end..)?.chars().next();
    let ends = follows.is_none_or(|c| c.is_whitespace() || matches!(c, '>' | '/'));
    (ends && (first.is_alphabetic() || matches!(first, '_' | ':'))).then_some(name)
}

/// Where a tag's `>` stands: outside quotes, or the first one where the quotes do not match up.
/// `None` where another tag begins before it.
fn tag_end(attrs: &str) -> Option<usize> {
    let mut quote = None;
    let mut first = None;
    let mut bytes = attrs.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        match (byte, quote) {
            (b'>', None) => return Some(at),
            (b'>', Some(_)) => first = first.or(Some(at)),
            (b'<', _) if bytes.peek().is_none_or(|(_, b)| opens_tag(*b)) => return first,
            (b'"' | b'\'', None) => quote = Some(byte),
            (b'"' | b'\'', Some(open)) if open == byte => quote = None,
            _ => {}
        }
    }
    first
}

fn opens_tag(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!' | b'?')
}

/// The attributes of a tag as written: names and values, in order, whatever the quotes.
pub(crate) fn attrs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest
            .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '='));
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let (name, tail) = rest.split_at(end);
        let Some(value) = tail.trim_start().strip_prefix('=') else {
            rest = tail;
            return Some((name, ""));
        };
        let (value, tail) = value_of(value.trim_start());
        rest = tail;
        Some((name, value))
    })
}

fn value_of(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(body) = text.strip_prefix(quote) {
            return body.split_once(quote).unwrap_or((body, ""));
        }
    }
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// The value of an attribute as written, its name without regard to case.
pub(crate) fn attr<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    if text.is_empty() {
        return None;
    }
    attrs(text).find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// A qualified name's prefix (empty where there is none) and local part.
pub(crate) fn split_name(name: &str) -> (&str, &str) {
    name.rsplit_once(':').unwrap_or(("", name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `expect` spells the tokens: `<a x>`, `<a/>`, `</a>`, text as is, `[cdata]`, joined by `|`.
    #[track_caller]
    fn check(doc: &str, expect: &str) {
        let spelled: Vec<_> = Scanner::new(doc)
            .map(|token| match token {
                Token::Start { name, attrs, empty } => {
                    format!("<{name}{}{}>", attrs.trim_end(), if empty { "/" } else { "" })
                }
                Token::End(name) => format!("</{name}>"),
                Token::Text(text) => text.to_owned(),
                Token::Cdata(text) => format!("[{text}]"),
            })
            .collect();
        assert_eq!(spelled.join("|"), expect, "{doc}");
    }

    #[test]
    fn sound_markup_is_cut() {
        check("<?xml version='1'?><a x='>'>t<b/></a>", "<a x='>'>|t|<b/>|</a>");
        check("<!DOCTYPE r [<!ENTITY e 'x'>]><r><!-- <x> --><![CDATA[<b>]]></r>", "<r>|[<b>]|</r>");
    }

    #[test]
    fn broken_markup_is_text() {
        check("<a>1 < 2 && x<y and</a>", "<a>|1 |< 2 && x|<y and|</a>");
        check("<a href=\"x>t</a>", "<a href=\"x>|t|</a>");
        check("<a><![CDATA[x</item>y", "<a>|[x]|</item>|y");
        check("<a><!-- x", "<a>");
        check("<a", "<a");
        check("</a <b>", "</a>|<b>");
    }

    #[test]
    fn attributes_are_read_whatever_the_quotes() {
        let read: Vec<_> = attrs(" a='1' b = \"2 3\" c=4 d e='").collect();
        assert_eq!(read, [("a", "1"), ("b", "2 3"), ("c", "4"), ("d", ""), ("e", "")]);
        assert_eq!(attr(" HREF='x'", "href"), Some("x"));
    }

    proptest! {
        #[test]
        fn tokens_advance_and_cover(doc in "[<>/!a-c\"'= \\[\\]&;-]{0,60}") {
            let mut scanner = Scanner::new(&doc);
            let mut last = 0;
            while scanner.next().is_some() {
                prop_assert!(scanner.offset() > last);
                last = scanner.offset();
            }
        }
    }
}
