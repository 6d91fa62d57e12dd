//! What single fields say: texts, links, dates, whatever way they are written.

use crate::feed::dates::date;
use crate::feed::xml::names::Ns;
use crate::feed::xml::record::{Field, Record};
use crate::feed::xml::scan::{attr, split_at_mark};
use crate::feed::xml::text::{base64, inner, looks_like_html, plain, unescape};
use crate::model::text::{head, line};
use crate::model::{Link, Timestamp};
use std::borrow::Cow;

/// Longest title, name or category in bytes.
pub(in crate::feed) const LINE_MAX: usize = 1024;

/// Base address and language that hold where a field stands.
#[derive(Debug, Clone, Default)]
pub(in crate::feed) struct Scope {
    /// What relative links start from.
    pub(in crate::feed) base: Option<Link>,
    /// `xml:lang` as declared.
    pub(in crate::feed) language: Option<String>,
}

impl Scope {
    /// The scope inside a feed's head.
    pub(in crate::feed) fn of(head: &Record<'_>, url: Option<Link>) -> Self {
        let root = head.all().next().map(|(_, field)| field.attrs);
        let own = head.own().map(|field| field.attrs).filter(|a| Some(*a) != root);
        let scope = Self { base: url, language: None };
        root.into_iter().chain(own).fold(scope, Self::narrowed)
    }

    /// The scope inside an entry of a feed with this scope.
    pub(in crate::feed) fn inside(&self, record: &Record<'_>) -> Cow<'_, Self> {
        let own = record.own().map_or("", |field| field.attrs);
        if own.contains("xml:") {
            Cow::Owned(self.clone().narrowed(own))
        } else {
            Cow::Borrowed(self)
        }
    }

    /// The scope inside an element with these attributes.
    pub(in crate::feed) fn narrowed(mut self, attrs: &str) -> Self {
        if !attrs.contains("xml:") {
            return self;
        }
        if let Some(base) = attr(attrs, "xml:base").and_then(|b| self.link(&unescape(b))) {
            self.base = Some(base);
        }
        if let Some(language) = attr(attrs, "xml:lang").map(str::trim).filter(|l| !l.is_empty()) {
            self.language = Some(language.to_owned());
        }
        self
    }

    /// The link that a text spells here.
    pub(in crate::feed) fn link(&self, text: &str) -> Option<Link> {
        let text = text.trim();
        // Escaped once too often; no address holds this otherwise.
        let text = if text.contains("&amp;") { unescape(text) } else { Cow::Borrowed(text) };
        Link::parse(&text, self.base.as_ref())
    }

    /// The link in a field's attribute.
    pub(in crate::feed) fn attr_link(&self, field: &Field<'_>, name: &str) -> Option<Link> {
        let value = field.attr(name).filter(|v| !v.trim().is_empty())?;
        if field.attrs.contains("xml:base") {
            return self.clone().narrowed(field.attrs).link(&unescape(value));
        }
        self.link(&unescape(value))
    }

    /// The link in a field's text.
    pub(in crate::feed) fn text_link(&self, field: &Field<'_>) -> Option<Link> {
        let text = text(field);
        if text.is_empty() {
            return None;
        }
        if field.attrs.contains("xml:base") {
            return self.clone().narrowed(field.attrs).link(&text);
        }
        self.link(&text)
    }
}

/// A field's text, trimmed; markup inside is kept.
pub(in crate::feed) fn text<'a>(field: &Field<'a>) -> Cow<'a, str> {
    match inner(field.raw).text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// A field's text as one plain line; empty where there is none.
pub(in crate::feed) fn title(field: &Field<'_>) -> String {
    match body(field) {
        Body::Html(html) => capped(&plain(&html)),
        Body::Text(text) => capped(&text),
    }
}

/// A text as one clean line of bounded length.
pub(in crate::feed) fn capped(text: &str) -> String {
    // Cleaning only shortens, except for a few compositions: cut before and after.
    head(&line(head(text, 4 * LINE_MAX)), LINE_MAX).trim_end().to_owned()
}

/// A field's text as one plain line, `None` where that is empty.
pub(in crate::feed) fn words(field: &Field<'_>) -> Option<String> {
    Some(title(field)).filter(|text| !text.is_empty())
}

/// A field's date.
pub(in crate::feed) fn moment(field: &Field<'_>) -> Option<Timestamp> {
    date(&text(field))
}

/// A field's text as HTML, `None` where it is empty.
pub(in crate::feed) fn html(field: &Field<'_>) -> Option<String> {
    let html = match body(field) {
        Body::Html(html) => html.into_owned(),
        Body::Text(text) => escape(&text),
    };
    (!html.trim().is_empty()).then_some(html)
}

/// The same for a text that the strict reader has taken out of the field already.
pub(in crate::feed) fn html_of(field: &Field<'_>, read: String) -> Option<String> {
    if read.trim().is_empty() {
        return None;
    }
    match kind(field) {
        Kind::Text if !looks_like_html(&read) => Some(escape(&read)),
        _ => Some(read),
    }
}

/// True where every XML reader finds the same text: one CDATA section, or text without child
/// elements and numeric references.
pub(in crate::feed) fn is_simple(field: &Field<'_>) -> bool {
    let raw = field.raw.trim();
    let cdata = || {
        raw.strip_prefix("<![CDATA[")
            .and_then(|body| split_at_mark(body, "]]>"))
            .is_some_and(|(_, r)| r.is_empty())
    };
    let simple =
        if raw.starts_with('<') { cdata() } else { !raw.contains('<') && !raw.contains("&#") };
    simple && matches!(kind(field), Kind::Html | Kind::Text)
}

/// A field's text by what its type says it is.
enum Body<'a> {
    Html(Cow<'a, str>),
    Text(Cow<'a, str>),
}

/// How a field's text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Html,
    Text,
    Base64,
}

fn body<'a>(field: &Field<'a>) -> Body<'a> {
    let inner = inner(field.raw);
    if inner.markup {
        return Body::Html(inner.text);
    }
    match kind(field) {
        Kind::Base64 => match base64(&inner.text) {
            Some(text) => Body::Html(Cow::Owned(text)),
            None => Body::Text(inner.text),
        },
        Kind::Text if !looks_like_html(&inner.text) => Body::Text(inner.text),
        Kind::Html | Kind::Text => Body::Html(inner.text),
    }
}

/// RSS texts are HTML by custom; Atom says what they are (RFC 4287, 3.1.1), Atom 0.3 with `mode`.
fn kind(field: &Field<'_>) -> Kind {
    if field.ns != Ns::Atom {
        return Kind::Html;
    }
    if field.attr("mode").is_some_and(|mode| mode.eq_ignore_ascii_case("base64")) {
        return Kind::Base64;
    }
    let media = field.attr("type").unwrap_or("text").trim().to_ascii_lowercase();
    match media.as_str() {
        "" | "text" | "plain" | "text/plain" => Kind::Text,
        m if m.contains("html") || m.contains("xml") || !m.contains('/') => Kind::Html,
        m if m.starts_with("text/") => Kind::Text,
        _ => Kind::Base64,
    }
}

/// Plain text as HTML.
pub(in crate::feed) fn escape(text: &str) -> String {
    if !text.contains(['&', '<', '>']) {
        return text.to_owned();
    }
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
