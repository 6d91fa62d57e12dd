//! The outline of a feed: its head and its entries as flat lists of fields, whatever is broken.
//!
//! One pass over the document; every field borrows its attributes and its inner markup, and nothing
//! is decoded before somebody asks for it. An entry that is never closed ends where the next one
//! begins; an end tag that closes nothing is passed over; fields that carry text keep their markup
//! whole, so that `<title>one <i>two</i></title>` is not cut.

use super::names::{Bindings, Ns};
use super::record::{Field, Record};
use super::scan::{Scanner, Token, attr, split_name};

/// Deepest nesting that is followed; feeds need five.
const DEPTH_MAX: usize = 64;

/// Deepest place of an entry: what is open beyond it was never closed.
const ENTRY_DEPTH: usize = 8;

/// Most fields kept of one document, and the bytes of document that each must come with: feeds need
/// thirty a field and more. Bounds memory to a few times the document.
const FIELDS_MAX: usize = 1_000_000;
const BYTES_PER_FIELD: usize = 16;

/// Fields that any document may have, however short.
const FIELDS_MIN: usize = 1000;

/// Most fields kept of an entry, and of a head (RDF lists all entries there): what is asked of a
/// record takes time in proportion, some of it more.
const ENTRY_FIELDS_MAX: usize = 1000;
const HEAD_FIELDS_MAX: usize = 5000;

/// Longest list of attributes of a tag of a feed, in bytes.
const ATTRIBUTES_MAX: usize = 32 * 1024;

/// What kind of document the root element announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    /// `<rss>`, or a `<channel>` without it.
    Rss,
    /// `<rdf:RDF>`: RSS 0.90 and 1.0.
    Rdf,
    /// `<feed>`.
    Atom,
    /// A single `<entry>`.
    AtomEntry,
    /// `<urlset>`.
    Sitemap,
}

impl Root {
    /// The kind that an element's local name announces.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "rss" | "channel" => Self::Rss,
            "rdf" => Self::Rdf,
            "feed" => Self::Atom,
            "entry" => Self::AtomEntry,
            "urlset" => Self::Sitemap,
            _ => return None,
        })
    }

    fn native(self) -> Ns {
        match self {
            Self::Rss | Self::Rdf => Ns::Rss,
            Self::Atom | Self::AtomEntry => Ns::Atom,
            Self::Sitemap => Ns::Sitemap,
        }
    }

    fn entry_name(self) -> &'static str {
        match self {
            Self::Rss | Self::Rdf => "item",
            Self::Atom | Self::AtomEntry => "entry",
            Self::Sitemap => "url",
        }
    }
}

/// A feed cut into head and entries.
#[derive(Debug)]
pub(crate) struct Outline<'a> {
    /// What the root announces.
    pub(crate) root: Root,
    /// The feed's own fields.
    pub(crate) head: Record<'a>,
    /// The entries in document order.
    pub(crate) entries: Vec<Record<'a>>,
    /// The document holds more than was taken.
    pub(crate) cut: bool,
    /// The document is nested deeper or has longer tags than any feed: a trap for readers.
    pub(crate) monstrous: bool,
}

/// The outline of a document that begins (after whatever junk) with a feed's root element;
/// `None` where there is no such element. At most `max_entries` entries are taken.
pub(crate) fn outline(doc: &str, max_entries: usize) -> Option<Outline<'_>> {
    let mut scanner = Scanner::new(doc);
    let root = find_root(&mut scanner)?;
    let mut builder = Builder {
        scanner,
        bindings: Bindings::default(),
        root,
        open: Vec::new(),
        head: Record::default(),
        entry: None,
        entries: Vec::new(),
        fields_left: (doc.len() / BYTES_PER_FIELD + FIELDS_MIN).min(FIELDS_MAX),
        monstrous: false,
    };
    let cut = builder.run(max_entries);
    builder.finish_entry();
    Some(Outline {
        root,
        head: builder.head,
        entries: builder.entries,
        cut,
        monstrous: builder.monstrous,
    })
}

/// Goes to the root element: the first that announces a feed, with nothing of a web page before.
fn find_root(scanner: &mut Scanner<'_>) -> Option<Root> {
    let mut elements = 0;
    while let Some(token) = scanner.next() {
        let Token::Start { name, .. } = token else { continue };
        let (_, local) = split_name(name);
        let root = Root::of(local).filter(|r| elements == 0 || *r != Root::AtomEntry);
        if root.is_some() {
            scanner.seek(scanner.start());
            return root;
        }
        if ["html", "head", "body", "opml", "sitemapindex"]
            .iter()
            .any(|n| local.eq_ignore_ascii_case(n))
        {
            return None;
        }
        elements += 1;
    }
    None
}

struct Open<'a> {
    /// Name as written, prefix included.
    name: &'a str,
    /// Place of its field in the record that is being filled.
    field: usize,
    /// Where its inner markup begins.
    from: usize,
    mark: usize,
    in_entry: bool,
}

struct Builder<'a> {
    scanner: Scanner<'a>,
    bindings: Bindings<'a>,
    root: Root,
    open: Vec<Open<'a>>,
    head: Record<'a>,
    entry: Option<Record<'a>>,
    entries: Vec<Record<'a>>,
    fields_left: usize,
    monstrous: bool,
}

impl<'a> Builder<'a> {
    /// Reads to the end, or to a limit: then true.
    fn run(&mut self, max_entries: usize) -> bool {
        while let Some(token) = self.scanner.next() {
            match token {
                Token::Start { name, attrs, empty } => {
                    if self.entries.len() >= max_entries || self.fields_left == 0 {
                        return true;
                    }
                    self.fields_left -= 1;
                    self.start(name, attrs, empty);
                }
                Token::End(name) => {
                    self.end(name);
                    // What follows the root is junk, or another document.
                    if self.open.is_empty() && !self.entries.is_empty() {
                        return false;
                    }
                }
                Token::Text(_) | Token::Cdata(_) => {}
            }
        }
        let end = self.scanner.offset();
        self.close_to(0, end);
        false
    }

    fn start(&mut self, name: &'a str, attrs: &'a str, empty: bool) {
        if attrs.len() > ATTRIBUTES_MAX {
            self.monstrous = true;
            return;
        }
        let (prefix, local) = split_name(name);
        let mark = self.bindings.mark();
        self.bindings.enter(attrs);
        let ns = self.vocabulary(prefix, local, attrs);
        if self.is_entry(ns, local) {
            self.finish_entry();
            self.close_to(ENTRY_DEPTH.min(self.open.len()), self.scanner.start());
            self.entry = Some(Record::default());
        } else if self.open.len() >= DEPTH_MAX || self.is_full() {
            self.monstrous = true;
            self.bindings.leave(mark);
            return;
        } else if ns == Ns::Rss
            && is_field(local)
            && self.open.last().is_some_and(|o| is_leaf(o.name))
        {
            self.close_to(self.open.len() - 1, self.scanner.start());
        }
        let field = self.push(Field { ns, name: local, attrs, raw: "", parent: self.parent() });
        let from = self.scanner.offset();
        if empty {
            self.bindings.leave(mark);
            if field == 0 {
                self.finish_entry();
            }
        } else if holds_text(ns, local) && field > 0 {
            let raw = self.capture(name, ns);
            self.set_raw(field, raw);
            self.bindings.leave(mark);
        } else {
            let in_entry = self.entry.is_some();
            self.open.push(Open { name, field, from, mark, in_entry });
        }
    }

    /// Without a prefix an element belongs to the feed's own vocabulary, whatever default was
    /// declared around it (publishers get that wrong); a default on the element itself counts.
    fn vocabulary(&self, prefix: &str, local: &str, attrs: &str) -> Ns {
        let native = self.root.native();
        if !prefix.is_empty() {
            return self.bindings.resolve(prefix).unwrap_or(native);
        }
        let structural = self.open.len() < 2 || local.eq_ignore_ascii_case(self.root.entry_name());
        match attr(attrs, "xmlns") {
            Some(_) if !structural => match self.bindings.resolve("") {
                Some(Ns::Other) | None => native,
                Some(Ns::Xhtml) if is_field(local) => native,
                Some(ns) => ns,
            },
            _ => native,
        }
    }

    fn is_entry(&self, ns: Ns, local: &str) -> bool {
        let native = self.root.native();
        let named = local.eq_ignore_ascii_case(self.root.entry_name());
        let own = ns == native || (ns == Ns::Atom && native == Ns::Rss);
        named && own && (!self.open.is_empty() || self.root == Root::AtomEntry)
    }

    /// True where the record that is being filled has more fields than any feed needs.
    fn is_full(&self) -> bool {
        match &self.entry {
            Some(entry) => entry.fields.len() >= ENTRY_FIELDS_MAX,
            None => self.head.fields.len() >= HEAD_FIELDS_MAX,
        }
    }

    fn parent(&self) -> usize {
        let same = |o: &&Open<'a>| o.in_entry == self.entry.is_some();
        self.open.last().filter(same).map_or(0, |o| o.field)
    }

    fn push(&mut self, field: Field<'a>) -> usize {
        let head_place = self.head.fields.len();
        let channel = self.entry.is_none() && field.name.eq_ignore_ascii_case("channel");
        let record = self.entry.as_mut().unwrap_or(&mut self.head);
        if channel && record.top == 0 {
            record.top = head_place;
        }
        record.fields.push(field);
        record.fields.len() - 1
    }

    fn set_raw(&mut self, field: usize, raw: &'a str) {
        let record = self.entry.as_mut().unwrap_or(&mut self.head);
        if let Some(field) = record.fields.get_mut(field) {
            field.raw = raw;
        }
    }

    fn end(&mut self, name: &'a str) {
        let (_, local) = split_name(name);
        let base = self.open.iter().rposition(|o| o.in_entry && o.field == 0).unwrap_or(0);
        let found = self.open.iter().rposition(|o| o.name.eq_ignore_ascii_case(name));
        match found {
            Some(at) if at >= base || local.eq_ignore_ascii_case("channel") => {
                let end = self.scanner.start();
                if at < base {
                    self.finish_entry();
                }
                let entry = self.open.get(at).is_some_and(|o| o.in_entry && o.field == 0);
                self.close_to(at, end);
                if entry {
                    self.finish_entry();
                }
            }
            _ => {}
        }
    }

    /// Closes all open elements from the one at this place on; their inner markup ends at `end`.
    fn close_to(&mut self, place: usize, end: usize) {
        while self.open.len() > place {
            let Some(open) = self.open.pop() else { return };
            if open.in_entry == self.entry.is_some() {
                self.set_raw(open.field, self.scanner.slice(open.from, end));
            }
            self.bindings.leave(open.mark);
        }
    }

    fn finish_entry(&mut self) {
        if self.entry.is_none() {
            return;
        }
        if let Some(at) = self.open.iter().position(|o| o.in_entry) {
            self.close_to(at, self.scanner.start());
        }
        self.entries.extend(self.entry.take());
    }

    /// The inner markup of a field that carries text, to its end tag or to what shows that the
    /// end tag is missing.
    fn capture(&mut self, name: &str, ns: Ns) -> &'a str {
        let from = self.scanner.offset();
        let mut depth = 0_usize;
        while let Some(token) = self.scanner.next() {
            let to = self.scanner.start();
            match token {
                Token::Start { name: inner, empty, .. } => {
                    if self.ends_field(inner, ns) {
                        return self.missing_end(from, to);
                    }
                    depth += usize::from(!empty && inner == name);
                }
                Token::End(inner) if inner.eq_ignore_ascii_case(name) => {
                    if depth == 0 {
                        return self.scanner.slice(from, to);
                    }
                    depth -= 1;
                }
                Token::End(inner)
                    if self.open.iter().any(|o| o.name.eq_ignore_ascii_case(inner)) =>
                {
                    return self.missing_end(from, to);
                }
                _ => {}
            }
        }
        self.scanner.slice(from, self.scanner.offset())
    }

    fn missing_end(&mut self, from: usize, to: usize) -> &'a str {
        self.scanner.seek(to);
        self.scanner.slice(from, to)
    }

    /// True for a start tag that cannot stand inside a field's text: the next entry, or in RSS
    /// (where markup inside a field is a fault anyhow) the next field.
    fn ends_field(&self, name: &str, ns: Ns) -> bool {
        let (prefix, local) = split_name(name);
        let entry = local.eq_ignore_ascii_case(self.root.entry_name());
        if self.root.native() != Ns::Rss || ns == Ns::Atom {
            return entry && prefix.is_empty() && self.root != Root::AtomEntry;
        }
        entry
            || (prefix.is_empty() && is_field(local))
            || (!prefix.is_empty()
                && !matches!(self.bindings.resolve(prefix), Some(Ns::Xhtml | Ns::Other)))
    }
}

/// RSS fields that are no HTML elements a description may hold.
const RSS_FIELDS: [&str; 9] = [
    "title",
    "link",
    "guid",
    "pubDate",
    "description",
    "category",
    "comments",
    "enclosure",
    "author",
];

/// RSS elements that hold nothing but text: where another field begins inside, the end is missing.
const RSS_LEAVES: [&str; 13] = [
    "link",
    "guid",
    "pubDate",
    "category",
    "comments",
    "author",
    "language",
    "ttl",
    "generator",
    "docs",
    "lastBuildDate",
    "managingEditor",
    "webMaster",
];

fn is_field(local: &str) -> bool {
    RSS_FIELDS.iter().any(|field| local.eq_ignore_ascii_case(field))
}

fn is_leaf(name: &str) -> bool {
    RSS_LEAVES.iter().any(|leaf| name.eq_ignore_ascii_case(leaf))
}

/// True for fields whose inner markup belongs to the text.
fn holds_text(ns: Ns, local: &str) -> bool {
    let names: &[&str] = match ns {
        Ns::Rss => &[
            "title",
            "description",
            "copyright",
            "rights",
            "content",
            "summary",
            "fullitem",
            "abstract",
            "body",
            "div",
            "encoded",
        ],
        Ns::Atom => {
            &["title", "summary", "content", "subtitle", "tagline", "info", "rights", "copyright"]
        }
        Ns::Content => &["encoded"],
        Ns::Xhtml => &["body", "div"],
        Ns::Dc => &["title", "description", "rights", "abstract"],
        Ns::Itunes => &["title", "summary", "subtitle"],
        Ns::Media => &["title", "description"],
        _ => &[],
    };
    names.iter().any(|n| local.eq_ignore_ascii_case(n))
}
