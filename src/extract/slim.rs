//! One linear pass over the source before it is parsed: takes out what no extraction needs and
//! bounds what a parser suffers from.
//!
//! Scripts, styles, drawings and comments are more than half of a news page; they are left out
//! here (scripts are handed over as text, see [`Slim::scripts`]), so that the parse costs less
//! than that of the whole page. html5ever is quadratic in open elements, in attributes of one tag
//! and in unclosed formatting elements: all three are bounded here, by leaving out the *tags*
//! beyond the bound and keeping their text. Nothing here understands the tree.

use super::attribute::{Attribute, is_wanted, mentions};
use super::tag::Tag;
use std::collections::VecDeque;

/// Elements whose content is no text of the page.
const DROPPED: &[&str] = &[
    "script", "style", "noscript", "svg", "math", "iframe", "textarea", "select", "template",
    "canvas", "audio", "video",
];

/// Elements without content.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Elements that html5ever opens again after each block until they are closed.
const FORMATTING: &[&str] = &[
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];

/// Unclosed formatting elements that are let through: more stand on no page that means it.
const FORMATTING_MAX: u32 = 32;

/// Attributes of one tag that are let through.
const ATTRIBUTES_MAX: usize = 64;

/// Longest title in bytes; the rest is left out.
const TITLE_MAX: usize = 4096;

/// How far up the open elements an end tag looks for its start.
const LOOK_UP: usize = 128;

/// Elements that bear nothing an extraction reads; left out unless a rule of the configuration may
/// ask for them.
const BARE: &[&str] = &["area", "col", "embed", "input", "param", "source", "track", "wbr"];

/// Relations of `link` that are read.
const RELATIONS: &[&str] = &["canonical", "next"];

/// What the pass may let through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Open elements at one time.
    pub depth: usize,
    /// Elements in all; the source is cut after them.
    pub elements: usize,
    /// Keep every attribute, because a configured selector may ask for it.
    pub all_attributes: bool,
}

/// A source that is safe to parse.
pub(super) struct Slim<'a> {
    /// The source without scripts, styles, drawings, comments and excess.
    pub html: String,
    /// Attributes and content of each script that may hold data, in order.
    pub scripts: Vec<Script<'a>>,
    /// Some of the page was left out because it was beyond a bound.
    pub cut: bool,
}

/// A script as it stands in the source.
pub(super) struct Script<'a> {
    /// The text between `<script` and `>`.
    pub attributes: &'a str,
    /// The text up to `</script`.
    pub body: &'a str,
}

/// The source without what a parse need not see.
pub(super) fn slim(html: &str, bounds: Bounds) -> Slim<'_> {
    let mut pass = Pass::new(html, bounds);
    while pass.step() {}
    Slim { html: pass.out, scripts: pass.scripts, cut: pass.cut }
}

/// An open element: its name, and whether its start tag was let through.
struct Open {
    name: u64,
    kept: bool,
}

struct Pass<'a> {
    source: &'a str,
    at: usize,
    out: String,
    scripts: Vec<Script<'a>>,
    bounds: Bounds,
    open: VecDeque<Open>,
    depth: usize,
    elements: usize,
    formatting: [u32; FORMATTING.len()],
    /// Dropped elements known to have no end tag from here on: nobody looks for it again.
    unclosed: Vec<&'static str>,
    /// The wanted attributes of the tag at hand.
    attributes: Vec<&'a str>,
    /// No text since a block-level tag: white space here is seen by nobody.
    fresh: bool,
    /// Open `pre` elements, in which white space is text.
    pre: usize,
    cut: bool,
}

impl<'a> Pass<'a> {
    fn new(source: &'a str, bounds: Bounds) -> Self {
        Self {
            source,
            at: 0,
            out: String::with_capacity(source.len() / 2),
            scripts: Vec::new(),
            bounds,
            open: VecDeque::new(),
            depth: 0,
            elements: 0,
            formatting: [0; FORMATTING.len()],
            unclosed: Vec::new(),
            attributes: Vec::new(),
            fresh: true,
            pre: 0,
            cut: false,
        }
    }

    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.source.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Handles the text up to the next tag and the tag; false at the end.
    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(text) = memchr::memchr(b'<', rest.as_bytes()) else {
            self.text(rest);
            return false;
        };
        self.text(rest.get(..text).unwrap_or_default());
        self.at += text;
        match self.byte(1) {
            b'!' => self.declaration(),
            b'?' => self.skip_past(">"),
            b'/' if self.byte(2).is_ascii_alphabetic() => self.end_tag(),
            c if c.is_ascii_alphabetic() => return self.start_tag(),
            _ => {
                self.out.push('<');
                self.at += 1;
                self.fresh = false;
            }
        }
        true
    }

    /// Copies text; the white space between block-level tags, of which a parser would make a node
    /// each, is left out.
    fn text(&mut self, text: &str) {
        let seen = if self.fresh && self.pre == 0 { text.trim_ascii_start() } else { text };
        if !seen.is_empty() {
            self.out.push_str(seen);
            self.fresh = false;
        }
    }

    /// Remembers that a line of text ends at this tag.
    fn end_line(&mut self, name: &str) {
        self.fresh |= matches!(name, "br" | "html") || Tag::of(name).is_block();
    }

    /// Goes behind the next `mark`, or to the end.
    fn skip_past(&mut self, mark: &str) {
        let found = memchr::memmem::find(self.rest().as_bytes(), mark.as_bytes());
        self.at = found.map_or(self.source.len(), |n| self.at + n + mark.len());
    }

    /// Leaves out comments; keeps the document type, which decides how tables nest.
    fn declaration(&mut self) {
        let rest = self.rest();
        if rest.starts_with("<!-->") || rest.starts_with("<!--->") {
            self.skip_past(">");
        } else if rest.starts_with("<!--") {
            self.at += 4;
            self.skip_past("-->");
        } else {
            let start = self.at;
            self.skip_past(">");
            let text = self.source.get(start..self.at).unwrap_or_default();
            if starts_with_ignore_case(text, "<!doctype") && text.len() < 256 {
                self.out.push_str(text);
            }
        }
    }

    fn start_tag(&mut self) -> bool {
        let name = tag_name(self.source, self.at + 1);
        let start = self.at + 1 + name.len();
        self.at = start;
        let dropped = DROPPED.iter().find(|d| d.eq_ignore_ascii_case(name));
        self.scan_attributes(name);
        if let Some(name) = dropped {
            self.drop_content(name, start);
            return true;
        }
        self.elements += 1;
        if self.elements > self.bounds.elements {
            self.cut = true;
            return false;
        }
        if name.bytes().any(|b| b.is_ascii_uppercase()) {
            self.start_named(&name.to_ascii_lowercase());
        } else {
            self.start_named(name);
        }
        true
    }

    fn start_named(&mut self, name: &str) {
        let asked = self.bounds.all_attributes;
        match name {
            "title" => self.title(),
            "link" if !asked && !self.is_related() => {}
            _ if !asked && BARE.contains(&name) => {}
            _ => self.open_element(name),
        }
    }

    /// True for a `link` whose relation is read.
    fn is_related(&self) -> bool {
        self.attributes
            .iter()
            .any(|raw| starts_with_ignore_case(raw, "rel") && mentions(raw, RELATIONS))
    }

    /// Reads the attributes from here to the end of the tag and goes behind it.
    fn scan_attributes(&mut self, element: &str) {
        self.attributes.clear();
        while let Some(attribute) = Attribute::scan(self.source, &mut self.at) {
            let wanted = self.bounds.all_attributes || is_wanted(element, &attribute);
            if wanted && self.attributes.len() <= ATTRIBUTES_MAX {
                self.attributes.push(attribute.raw);
            }
        }
        self.at += usize::from(self.byte(0) == b'>');
    }

    /// Leaves out an element with its content, but hands over scripts; only the tag goes where the
    /// element is never closed.
    fn drop_content(&mut self, name: &'static str, attributes: usize) {
        if self.unclosed.contains(&name) {
            return;
        }
        let found =
            if name == "script" { script_end(self.rest()) } else { find_end(self.rest(), name) };
        let Some(length) = found else {
            self.unclosed.push(name);
            if matches!(name, "script" | "style") {
                self.at = self.source.len();
            }
            return;
        };
        let body = self.at..self.at + length;
        if name == "script" {
            let attributes = self.source.get(attributes..self.at).unwrap_or_default();
            let body = self.source.get(body.clone()).unwrap_or_default();
            self.scripts.push(Script { attributes: attributes.trim_end_matches('>'), body });
        }
        self.at = body.end;
        self.skip_past(">");
    }

    /// Copies a title up to its bound: markup within it is text to the parser.
    fn title(&mut self) {
        let length = find_end(self.rest(), "title").unwrap_or(0);
        let body = self.rest().get(..length).unwrap_or_default();
        self.out.push_str("<title");
        self.write_attributes();
        let kept = body.get(..body.floor_char_boundary(TITLE_MAX)).unwrap_or_default();
        self.out.push_str(kept);
        self.out.push_str("</title>");
        self.at += length;
        if length > 0 {
            self.skip_past(">");
        }
    }

    fn open_element(&mut self, name: &str) {
        let void = VOID.contains(&name);
        let mut kept = void || self.depth < self.bounds.depth;
        if let Some(slot) = FORMATTING.iter().position(|f| *f == name) {
            kept &= self.formatting.iter().sum::<u32>() < FORMATTING_MAX;
            if let Some(count) = self.formatting.get_mut(slot).filter(|_| kept) {
                // A link closes the link before it.
                *count = if name == "a" { 1 } else { *count + 1 };
            }
        }
        if !void {
            self.close_implied(name);
            self.push(pack(name), kept);
        }
        if kept {
            self.out.push('<');
            self.out.push_str(name);
            self.write_attributes();
            self.end_line(name);
        } else {
            self.cut = true;
        }
    }

    fn push(&mut self, name: u64, kept: bool) {
        self.pre += usize::from(name == PRE);
        self.depth += usize::from(kept);
        self.open.push_back(Open { name, kept });
    }

    fn pop(&mut self) -> bool {
        let last = self.open.pop_back();
        self.pre -= usize::from(last.as_ref().is_some_and(|o| o.name == PRE));
        let kept = last.is_some_and(|o| o.kept);
        self.depth -= usize::from(kept);
        kept
    }

    /// Closes what a start tag closes without saying so.
    fn close_implied(&mut self, name: &str) {
        let closes: &[&str] = match name {
            "p" => &["p"],
            "li" => &["p", "li"],
            "dt" | "dd" => &["p", "dt", "dd"],
            "td" | "th" => &["p", "td", "th"],
            "tr" => &["p", "td", "th", "tr"],
            "option" => &["option"],
            _ => return,
        };
        while self.open.back().is_some_and(|top| closes.iter().any(|c| pack(c) == top.name)) {
            self.pop();
        }
    }

    fn end_tag(&mut self) {
        let name = tag_name(self.source, self.at + 2);
        self.at += 2 + name.len();
        while Attribute::scan(self.source, &mut self.at).is_some() {}
        self.at += usize::from(self.byte(0) == b'>');
        if name.bytes().any(|b| b.is_ascii_uppercase()) {
            self.end_named(&name.to_ascii_lowercase());
        } else {
            self.end_named(name);
        }
    }

    fn end_named(&mut self, name: &str) {
        let packed = pack(name);
        if let Some(slot) = FORMATTING.iter().position(|f| *f == name)
            && let Some(count) = self.formatting.get_mut(slot)
        {
            *count = count.saturating_sub(1);
        }
        let up = self.open.iter().rev().take(LOOK_UP).position(|o| o.name == packed);
        let mut kept = matches!(name, "p" | "br");
        if let Some(up) = up {
            for _ in 0..=up {
                kept = self.pop();
            }
        }
        if kept {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
            self.end_line(name);
        }
    }

    /// Writes the attributes that are wanted, and the end of the tag.
    fn write_attributes(&mut self) {
        for raw in self.attributes.iter().take(ATTRIBUTES_MAX) {
            self.out.push(' ');
            self.out.push_str(raw);
        }
        self.cut |= self.attributes.len() > ATTRIBUTES_MAX;
        self.out.push('>');
    }
}

/// The name of the tag that begins here.
fn tag_name(source: &str, at: usize) -> &str {
    let rest = source.get(at..).unwrap_or_default();
    let ends = |b: u8| b.is_ascii_whitespace() || matches!(b, b'/' | b'>');
    rest.get(..rest.bytes().position(ends).unwrap_or(rest.len())).unwrap_or_default()
}

/// Where `</name` stands in the text.
fn find_end(text: &str, name: &str) -> Option<usize> {
    memchr::memmem::find_iter(text.as_bytes(), b"</").find(|at| {
        text.get(at + 2..).is_some_and(|after| {
            starts_with_ignore_case(after, name)
                && after.as_bytes().get(name.len()).is_none_or(|b| !b.is_ascii_alphanumeric())
        })
    })
}

/// Where a script ends: within `<!--` a whole `<script>…</script>` is a part of it (the "double
/// escaped" state of the HTML standard).
fn script_end(text: &str) -> Option<usize> {
    let first = find_end(text, "script")?;
    if !text.get(..first).is_some_and(|body| body.contains("<!--")) {
        return Some(first);
    }
    let (mut comment, mut inner) = (false, false);
    for (at, _) in text.match_indices(['<', '-']) {
        let rest = text.get(at..).unwrap_or_default();
        if rest.starts_with("<!--") {
            comment = true;
        } else if rest.starts_with("-->") {
            (comment, inner) = (false, false);
        } else if comment && starts_with_ignore_case(rest, "<script") {
            inner = true;
        } else if starts_with_ignore_case(rest, "</script") {
            if !inner {
                return Some(at);
            }
            inner = false;
        }
    }
    Some(first)
}

fn starts_with_ignore_case(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// A tag name as a number: its first eight bytes, enough to tell the names of HTML apart.
fn pack(name: &str) -> u64 {
    name.bytes().take(8).fold(0, |n, b| (n << 8) | u64::from(b))
}

/// `pre`, packed.
const PRE: u64 = 0x0070_7265;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BOUNDS: Bounds = Bounds { depth: 5, elements: 50, all_attributes: false };

    #[track_caller]
    fn check(input: &str, expect: &str) {
        assert_eq!(slim(input, BOUNDS).html, expect);
    }

    #[test]
    fn scripts_styles_and_comments_go() {
        check("a<script>x<p></script>b<style>p{}</STYLE >c<!-- <p> -->d<!-->e", "abcde");
        check("<!DOCTYPE html><svg><path d='>'/></svg>x<svg>y", "<!DOCTYPE html>xy");
        check("1 < 2 <3 </ a", "1 < 2 <3 </ a");
        check("<script>a<!-- <script></script> b</script>c", "c");
        let scripts = slim("<script type=a/json>{\"a\":1}</script>", BOUNDS).scripts;
        assert_eq!(
            scripts.first().map(|s| (s.attributes, s.body)),
            Some((" type=a/json", "{\"a\":1}"))
        );
    }

    #[test]
    fn attributes_are_chosen() {
        check("<P CLASS='a > b' onclick=x data-x=1 id = y>t</P>", "<p CLASS='a > b' id = y>t</p>");
        check("<a href=/x/ hidden>t</a>", "<a href=/x/ hidden>t</a>");
    }

    #[test]
    fn what_nobody_reads_goes() {
        check("<div>\n <p>\n a <b>b</b> c\n</p>\n</div>", "<div><p>a <b>b</b> c\n</p></div>");
        check("<pre>\n a</pre>\n<p> b", "<pre>\n a</pre><p>b");
        check("a <br> b <span> c</span>", "a <br>b <span> c</span>");
        check(
            "<link rel=icon href=/i><link href=/c rel=Canonical>",
            "<link href=/c rel=Canonical>",
        );
        check(
            "<p style='color:red' src=x>a<p style='display:none'>b",
            "<p>a<p style='display:none'>b",
        );
        assert_eq!(pack("pre"), PRE);
    }

    #[test]
    fn depth_is_bounded_and_text_stays() {
        check(
            "<div><div><div><div><div><div>a</div></div>b</div>c",
            "<div><div><div><div><div>a</div>b</div>c",
        );
        check("<p>a<p>b<li>c<li>d", "<p>a<p>b<li>c<li>d");
        let source = "<b>x".repeat(100);
        let many = slim(&source, Bounds { depth: 500, ..BOUNDS });
        assert_eq!(many.html.matches("<b>").count(), 32);
        assert!(many.cut);
    }

    #[test]
    fn elements_are_bounded() {
        let source = "<p>x".repeat(100);
        let cut = slim(&source, BOUNDS);
        assert_eq!(cut.html.matches("<p>").count(), 50);
    }

    proptest! {
        #[test]
        fn any_source_passes(text in "[<>/=a-c '\"!p-]{0,200}") {
            let once = slim(&text, BOUNDS).html;
            prop_assert!(once.len() <= text.len() * 2 + 64);
        }
    }
}
