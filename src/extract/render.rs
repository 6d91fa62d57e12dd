//! The kept blocks as plain text and as a safe subset of HTML.
//!
//! The HTML is written from the lists of [`Page`], never copied: only the elements and attributes
//! named here can come out, every text is escaped, every address is absolute http or https.

use super::page::{Block, Page, Piece, Zone};
use super::tag::Tag;
use crate::model::{Image, Link, text};
use std::collections::HashMap;

/// Longest body in bytes; more is cut at the end of a block.
const TEXT_MAX: usize = 1 << 20;

/// The kept blocks as text: paragraphs separated by an empty line, `<br>` as a line break.
pub(super) fn plain_text(page: &Page<'_>, kept: &[bool]) -> String {
    let mut out = String::new();
    let mut last: Option<&Block> = None;
    for (block, _) in page.blocks.iter().zip(kept).filter(|(_, kept)| **kept) {
        let line = text::line(page.text_of(block));
        if line.is_empty() || out.len() + line.len() > TEXT_MAX {
            continue;
        }
        out.push_str(gap(page, last, block));
        out.push_str(&line);
        last = Some(block);
    }
    out
}

/// What stands between two blocks of text.
fn gap(page: &Page<'_>, last: Option<&Block>, block: &Block) -> &'static str {
    let Some(last) = last else { return "" };
    if last.elem == block.elem && block.breaks == 1 {
        return "\n";
    }
    let row = |b: &Block| {
        let cell = page.around(b.elem).find(|e| matches!(e.tag, Tag::Td | Tag::Th))?;
        Some(cell.parent)
    };
    match (row(last), row(block)) {
        (Some(a), Some(b)) if a == b && last.elem != block.elem && last.chars < 60 => " | ",
        _ => "\n\n",
    }
}

/// The kept blocks and the images among them as a safe subset of HTML.
pub(super) fn safe_html(
    page: &Page<'_>,
    kept: &[bool],
    images: &HashMap<u32, Image>,
    base: Option<&Link>,
) -> String {
    let mut writer = Writer::new(page, kept, images, base);
    for piece in &page.pieces {
        writer.piece(piece);
        if writer.out.len() > 2 * TEXT_MAX {
            break;
        }
    }
    writer.close_all();
    writer.out
}

/// An element that was written and not yet closed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Elem(u32),
    /// A paragraph around text that stands in none.
    Wrap,
}

struct Writer<'p, 'a> {
    page: &'p Page<'a>,
    kept: &'p [bool],
    images: &'p HashMap<u32, Image>,
    base: Option<&'p Link>,
    out: String,
    /// Open elements of the page that may be written, outermost first.
    current: Vec<u32>,
    /// A beginning of `current` that has been written, with a wrapper between.
    written: Vec<Written>,
    last_block: Option<u32>,
}

impl<'p, 'a> Writer<'p, 'a> {
    fn new(
        page: &'p Page<'a>,
        kept: &'p [bool],
        images: &'p HashMap<u32, Image>,
        base: Option<&'p Link>,
    ) -> Self {
        Self {
            page,
            kept,
            images,
            base,
            out: String::new(),
            current: Vec::new(),
            written: Vec::new(),
            last_block: None,
        }
    }

    fn piece(&mut self, piece: &Piece<'_>) {
        match piece {
            Piece::Open(index) => {
                if let Some(image) = self.images.get(index) {
                    self.image(image);
                }
                if name(self.tag(*index)).is_some() {
                    self.current.push(*index);
                }
            }
            Piece::Close(index) => self.close(*index),
            Piece::Text { block, folded, raw } => {
                if self.kept.get(*block as usize) == Some(&true) {
                    self.text(*block, folded.clone(), raw);
                }
            }
            Piece::Break => {}
        }
    }

    fn tag(&self, index: u32) -> Tag {
        self.page.elem(index).map_or(Tag::Other, |e| e.tag)
    }

    fn close(&mut self, index: u32) {
        if self.current.last() != Some(&index) {
            return;
        }
        self.current.pop();
        if self.written.contains(&Written::Elem(index)) {
            while let Some(top) = self.written.last().copied() {
                self.end_last();
                if top == Written::Elem(index) {
                    break;
                }
            }
        }
    }

    /// Writes the end tag of what was written last.
    fn end_last(&mut self) {
        let name = match self.written.pop() {
            Some(Written::Elem(index)) => name(self.tag(index)).unwrap_or("p"),
            Some(Written::Wrap) => "p",
            None => return,
        };
        for part in ["</", name, ">"] {
            self.out.push_str(part);
        }
    }

    fn close_all(&mut self) {
        while !self.written.is_empty() {
            self.end_last();
        }
    }

    fn end_wrap(&mut self) {
        while self.written.contains(&Written::Wrap) {
            self.end_last();
        }
    }

    fn text(&mut self, index: u32, folded: std::ops::Range<usize>, raw: &str) {
        let Some(block) = self.page.blocks.get(index as usize) else { return };
        if self.last_block != Some(index) {
            self.begin_block(block);
            self.last_block = Some(index);
        }
        self.open_pending();
        let text = self.page.text.get(folded).unwrap_or_default();
        escape(&mut self.out, if block.zone.has(Zone::PRE) { raw } else { text });
    }

    fn begin_block(&mut self, block: &Block) {
        let last = self.last_block.and_then(|i| self.page.blocks.get(i as usize));
        let continues = last.is_some_and(|l| l.elem == block.elem && block.breaks == 1);
        let holder = self.written.iter().any(|w| match w {
            Written::Wrap => true,
            Written::Elem(i) => holds_text(self.tag(*i)),
        });
        if continues && holder {
            self.out.push_str("<br>");
        } else {
            self.end_wrap();
        }
    }

    /// Writes the start tags that the text of a block needs and that are not yet there.
    fn open_pending(&mut self) {
        let done = self.written.iter().filter(|w| **w != Written::Wrap).count();
        let inner_block = self.current.iter().rposition(|i| self.tag(*i).is_block());
        let held = self.current.iter().any(|i| holds_text(self.tag(*i)));
        let split = inner_block.map_or(0, |n| n + 1);
        let pending: Vec<u32> = self.current.iter().skip(done).copied().collect();
        for (at, index) in pending.into_iter().enumerate() {
            if done + at >= split && !held && !self.written.contains(&Written::Wrap) {
                self.wrap();
            }
            self.start(index);
        }
        if !held && !self.written.contains(&Written::Wrap) {
            self.wrap();
        }
    }

    fn wrap(&mut self) {
        self.out.push_str("<p>");
        self.written.push(Written::Wrap);
    }

    fn start(&mut self, index: u32) {
        let Some(elem) = self.page.elem(index) else { return };
        let Some(name) = name(elem.tag) else { return };
        self.written.push(Written::Elem(index));
        self.out.push('<');
        self.out.push_str(name);
        if elem.tag == Tag::A
            && let Some(link) = elem.node.attr("href").and_then(|h| Link::parse(h, self.base))
        {
            self.attribute("href", link.as_str());
        }
        self.out.push('>');
    }

    fn attribute(&mut self, name: &str, value: &str) {
        for part in [" ", name, "=\""] {
            self.out.push_str(part);
        }
        for (at, part) in value.split('"').enumerate() {
            self.out.push_str(if at > 0 { "&quot;" } else { "" });
            escape(&mut self.out, part);
        }
        self.out.push('"');
    }

    fn image(&mut self, image: &Image) {
        let in_text = self.written.iter().any(|w| match w {
            Written::Wrap => false,
            Written::Elem(i) => holds_text(self.tag(*i)) || !self.tag(*i).is_block(),
        });
        self.end_wrap();
        if !in_text {
            self.out.push_str("<figure>");
        }
        self.out.push_str("<img");
        self.attribute("src", image.url.as_str());
        self.attribute("alt", image.caption.as_deref().unwrap_or_default());
        self.out.push('>');
        if in_text {
            return;
        }
        let line: Vec<&str> =
            [&image.caption, &image.credit].into_iter().flatten().map(String::as_str).collect();
        if !line.is_empty() {
            self.out.push_str("<figcaption>");
            escape(&mut self.out, &line.join(" / "));
            self.out.push_str("</figcaption>");
        }
        self.out.push_str("</figure>");
    }
}

/// The name under which an element is written; `None` for those that are left out.
fn name(tag: Tag) -> Option<&'static str> {
    Some(match tag {
        Tag::P => "p",
        Tag::H1 | Tag::H2 => "h2",
        Tag::H3 => "h3",
        Tag::H4 => "h4",
        Tag::H5 => "h5",
        Tag::H6 => "h6",
        Tag::Ul => "ul",
        Tag::Ol => "ol",
        Tag::Li => "li",
        Tag::Dl => "dl",
        Tag::Dt => "dt",
        Tag::Dd => "dd",
        Tag::Blockquote => "blockquote",
        Tag::Pre => "pre",
        Tag::Table => "table",
        Tag::Row => "tr",
        Tag::Td => "td",
        Tag::Th => "th",
        Tag::Code => "code",
        Tag::A => "a",
        Tag::Em => "em",
        Tag::Strong => "strong",
        Tag::Sub => "sub",
        Tag::Sup => "sup",
        _ => return None,
    })
}

/// True for elements in which text stands without a paragraph of its own.
fn holds_text(tag: Tag) -> bool {
    tag.is_heading()
        || matches!(tag, Tag::P | Tag::Li | Tag::Td | Tag::Th | Tag::Pre | Tag::Dt | Tag::Dd)
}

/// Adds text with markup characters escaped and unwanted characters left out.
fn escape(out: &mut String, text: &str) {
    if !text::holds_unwanted(text) {
        return escape_wanted(out, text);
    }
    let mut done = 0;
    for (at, c) in text.char_indices() {
        if text::is_unwanted(c) && !matches!(c, '\n' | '\t') {
            escape_wanted(out, text.get(done..at).unwrap_or_default());
            done = at + c.len_utf8();
        }
    }
    escape_wanted(out, text.get(done..).unwrap_or_default());
}

/// Adds text with markup characters escaped.
fn escape_wanted(out: &mut String, text: &str) {
    let mut done = 0;
    for at in memchr::memchr3_iter(b'&', b'<', b'>', text.as_bytes()) {
        out.push_str(text.get(done..at).unwrap_or_default());
        out.push_str(match text.as_bytes().get(at) {
            Some(b'&') => "&amp;",
            Some(b'<') => "&lt;",
            _ => "&gt;",
        });
        done = at + 1;
    }
    out.push_str(text.get(done..).unwrap_or_default());
}
