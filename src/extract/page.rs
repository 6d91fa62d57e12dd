//! The parsed page as flat lists in document order: elements, blocks of text, and the pieces they
//! are made of. One iterative walk builds them; all later passes read these lists only.
//!
//! A block is a run of inline content: what a reader sees as one paragraph, heading, list item or
//! menu entry. It ends where a block-level element begins or ends, and at `<br>`.

use super::tag::Tag;
use super::words::{Lexicon, Word, Words};
pub(super) use super::zone::Zone;
use super::zone::{zone_by_attribute, zone_of};
use crate::model::text::is_folded;
use ego_tree::iter::Edge;
use scraper::node::Element;
use scraper::{Html, Node};
use std::ops::Range;

/// An element of the page's body.
pub(super) struct Elem<'a> {
    pub tag: Tag,
    /// Index of the parent; the first element is its own.
    pub parent: u32,
    /// Index behind the last element inside this one.
    pub end: u32,
    pub depth: u32,
    pub node: &'a Element,
    /// What its own class names and id say.
    pub words: Words,
    pub zone: Zone,
    /// Its class names as published.
    pub class: &'a str,
    /// It has attributes that say what it holds (`itemprop`, `rel`, names for tests): few have.
    pub hinted: bool,
    /// Blocks inside.
    pub blocks: Range<u32>,
}

/// Longer texts are no caption whatever a class name says, in characters.
const CAPTION_MAX: u32 = 1500;

/// A run of inline content.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    /// The nearest block-level element around it.
    pub elem: u32,
    /// Where its text stands in [`Page::text`].
    pub text: Range<usize>,
    /// Characters of the text.
    pub chars: u32,
    /// Of these, within links.
    pub linked: u32,
    /// Of these, in bold.
    pub bold: u32,
    /// Links that begin in it.
    pub links: u32,
    /// What the inline elements around its first text say.
    pub inline: Words,
    /// Zone of its first text.
    pub zone: Zone,
    /// `<br>`s between it and the block before, where nothing else parts them.
    pub breaks: u32,
    /// Where its first text stands among the pieces.
    pub piece: usize,
}

/// A step of the walk, for the passes that build text and HTML again.
#[derive(Debug, Clone)]
pub(super) enum Piece<'a> {
    Open(u32),
    Close(u32),
    /// Text of a block: folded as a range of [`Page::text`], and as it stands in the source.
    Text {
        block: u32,
        folded: Range<usize>,
        raw: &'a str,
    },
    Break,
}

/// The page as lists in document order.
pub(super) struct Page<'a> {
    pub elems: Vec<Elem<'a>>,
    pub blocks: Vec<Block>,
    pub pieces: Vec<Piece<'a>>,
    /// Text of all blocks, white space folded.
    pub text: String,
    /// `meta` and `link` elements, wherever they stand.
    pub metas: Vec<&'a Element>,
    pub links: Vec<&'a Element>,
    /// Text of the first `title`.
    pub title: Option<&'a str>,
    /// Address in `base`.
    pub base: Option<&'a str>,
    /// `lang` of `html`.
    pub lang: Option<&'a str>,
}

impl<'a> Page<'a> {
    /// The lists of a parsed page.
    pub(super) fn read(html: &'a Html) -> Self {
        let mut walk = Walk::new();
        for edge in html.tree.root().traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Element(element) => walk.open(element),
                    Node::Text(text) => walk.text(text),
                    _ => {}
                },
                Edge::Close(node) => {
                    if let Node::Element(element) = node.value() {
                        walk.close(element);
                    }
                }
            }
        }
        walk.end_block();
        walk.page.undo_long_captions();
        walk.page
    }

    /// Takes back that something is a caption where only a class name says so and it holds more
    /// text than any caption: short class names mean something else on other sites.
    fn undo_long_captions(&mut self) {
        let named: Vec<(usize, usize, Range<u32>)> = (0..)
            .zip(&self.elems)
            .filter(|(_, e)| e.words.has(Word::Caption) && e.zone.has(Zone::CAPTION))
            .filter(|(_, e)| !e.zone.has(Zone::FIGURE) && e.tag != Tag::Figcaption)
            .filter(|(_, e)| self.blocks_in(e).iter().map(|b| b.chars).sum::<u32>() > CAPTION_MAX)
            .map(|(at, e)| (at, e.end as usize, e.blocks.clone()))
            .collect();
        let mut done = 0;
        for (at, end, blocks) in named {
            // Those inside the last one are undone with it.
            if at < done {
                continue;
            }
            done = end;
            for elem in self.elems.get_mut(at..end).unwrap_or_default() {
                elem.zone = elem.zone.without(Zone::CAPTION);
            }
            let blocks = blocks.start as usize..blocks.end as usize;
            for block in self.blocks.get_mut(blocks).unwrap_or_default() {
                block.zone = block.zone.without(Zone::CAPTION);
            }
        }
    }

    /// The text of a block.
    pub(super) fn text_of(&self, block: &Block) -> &str {
        self.text.get(block.text.clone()).unwrap_or_default()
    }

    /// The text of a block with a mark between the texts of two elements: what a page parts by its
    /// design alone (a name, a date, a number of comments) is one word otherwise.
    pub(super) fn joined_text_of(&self, index: u32, block: &Block, mark: char) -> String {
        let mut out = String::with_capacity(block.text.len() + 8);
        let mut end = block.text.start;
        for piece in self.pieces.iter().skip(block.piece) {
            match piece {
                Piece::Text { block: of, folded, .. } if *of == index => {
                    if folded.start == end && !out.is_empty() {
                        out.push(mark);
                    }
                    out.push_str(self.text.get(folded.clone()).unwrap_or_default());
                    end = folded.end;
                }
                Piece::Text { .. } | Piece::Break => break,
                Piece::Open(_) | Piece::Close(_) if end >= block.text.end => break,
                Piece::Open(_) | Piece::Close(_) => {}
            }
        }
        out
    }

    /// The text of all blocks inside an element, separated by spaces.
    pub(super) fn text_in(&self, elem: &Elem<'_>) -> String {
        let mut out = String::new();
        for block in self.blocks_in(elem) {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(self.text_of(block));
        }
        out
    }

    /// The text inside an element, also where it is a part of a block; `index` is its own.
    pub(super) fn text_inside(&self, index: u32, elem: &Elem<'_>) -> String {
        if elem.tag.is_block() {
            return self.text_in(elem);
        }
        let start = self.pieces.iter().position(|p| matches!(p, Piece::Open(i) if *i == index));
        let inside = self.pieces.iter().skip(start.unwrap_or(self.pieces.len()));
        let mut out = String::new();
        for piece in inside.take_while(|p| !matches!(p, Piece::Close(i) if *i == index)) {
            if let Piece::Text { folded, .. } = piece {
                out.push_str(self.text.get(folded.clone()).unwrap_or_default());
            }
        }
        out.trim().to_owned()
    }

    /// The blocks inside an element.
    pub(super) fn blocks_in(&self, elem: &Elem<'_>) -> &[Block] {
        let range = elem.blocks.start as usize..elem.blocks.end as usize;
        self.blocks.get(range).unwrap_or_default()
    }

    /// The element with this index; the first one stands for any that is not there.
    pub(super) fn elem(&self, index: u32) -> Option<&Elem<'a>> {
        self.elems.get(index as usize)
    }

    /// The element and those around it, inside out.
    pub(super) fn around(&self, index: u32) -> impl Iterator<Item = &Elem<'a>> {
        let mut next = Some(index);
        std::iter::from_fn(move || {
            let at = next?;
            let elem = self.elem(at)?;
            next = (elem.parent != at).then_some(elem.parent);
            Some(elem)
        })
    }
}

/// The state of the walk.
struct Walk<'a> {
    page: Page<'a>,
    lexicon: Lexicon,
    /// Names of the element at hand; kept for its room.
    names: String,
    /// Open elements, innermost last.
    open: Vec<u32>,
    /// Open block-level elements, innermost last.
    open_blocks: Vec<u32>,
    /// Open elements of the head, which are not listed.
    outside: u32,
    in_title: bool,
    /// The block being filled.
    block: Option<Block>,
    breaks: u32,
}

impl<'a> Walk<'a> {
    fn new() -> Self {
        let page = Page {
            elems: Vec::with_capacity(1024),
            blocks: Vec::with_capacity(256),
            pieces: Vec::with_capacity(4096),
            text: String::with_capacity(16 * 1024),
            metas: Vec::new(),
            links: Vec::new(),
            title: None,
            base: None,
            lang: None,
        };
        Self {
            page,
            lexicon: Lexicon::default(),
            names: String::new(),
            open: Vec::new(),
            open_blocks: Vec::new(),
            outside: 0,
            in_title: false,
            block: None,
            breaks: 0,
        }
    }

    fn open(&mut self, element: &'a Element) {
        match element.name() {
            "html" => self.page.lang = element.attr("lang").or(element.attr("xml:lang")),
            "meta" => self.page.metas.push(element),
            "link" => self.page.links.push(element),
            "base" => self.page.base = self.page.base.or(element.attr("href")),
            "title" => {
                self.in_title = self.page.title.is_none();
                self.outside += 1;
            }
            "head" => self.outside += 1,
            "br" => self.line_break(),
            _ if self.outside == 0 => self.open_listed(element),
            _ => {}
        }
    }

    fn open_listed(&mut self, element: &'a Element) {
        let index = u32::try_from(self.page.elems.len()).unwrap_or(u32::MAX);
        let parent = self.open.last().copied();
        let elem = self.elem(element, parent.unwrap_or(index));
        if elem.tag.is_block() {
            self.end_block();
            self.breaks = 0;
            self.open_blocks.push(index);
        } else if elem.tag == Tag::A
            && let Some(block) = &mut self.block
        {
            block.links += 1;
        }
        self.open.push(index);
        self.page.elems.push(elem);
        self.page.pieces.push(Piece::Open(index));
    }

    fn elem(&mut self, element: &'a Element, parent: u32) -> Elem<'a> {
        let tag = Tag::of(element.name());
        let above = self.page.elems.get(parent as usize);
        let mut names = std::mem::take(&mut self.names);
        names.clear();
        let mut class = "";
        let mut hinted = false;
        let mut zone = above.map(|e| e.zone).unwrap_or_default().with(zone_of(tag));
        for (name, value) in element.attrs() {
            if name == "class" {
                class = value;
            }
            hinted |= name == "itemprop" || name == "rel" || name.starts_with("data-");
            match name {
                "class" | "id" | "data-testid" | "data-component" | "data-qa" | "data-type"
                | "role" | "itemprop" | "data-name" | "aria-label" => {
                    names.push_str(value);
                    names.push(' ');
                }
                _ => {}
            }
            zone = zone.with(zone_by_attribute(name, value));
        }
        let words = if names.is_empty() { Words::default() } else { self.lexicon.read(&names) };
        self.names = names;
        if words.has(Word::Cookie) && tag != Tag::Body {
            zone = zone.with(Zone::CONSENT);
        }
        if words.has(Word::Caption) && tag != Tag::Body {
            zone = zone.with(Zone::CAPTION);
        }
        let start = self.next_block();
        Elem {
            tag,
            parent,
            end: 0,
            depth: above.map_or(0, |e| e.depth + 1),
            node: element,
            words,
            zone,
            class,
            hinted,
            blocks: start..start,
        }
    }

    /// Index that the next block to begin will have.
    fn next_block(&self) -> u32 {
        let begun = usize::from(self.block.is_some());
        u32::try_from(self.page.blocks.len() + begun).unwrap_or(u32::MAX)
    }

    fn close(&mut self, element: &'a Element) {
        match element.name() {
            "title" | "head" => {
                self.in_title = false;
                self.outside = self.outside.saturating_sub(1);
            }
            "html" | "meta" | "link" | "base" | "br" => {}
            _ if self.outside == 0 => self.close_listed(),
            _ => {}
        }
    }

    fn close_listed(&mut self) {
        let Some(index) = self.open.pop() else { return };
        let is_block = self.open_blocks.last() == Some(&index);
        if is_block {
            self.end_block();
            self.breaks = 0;
            self.open_blocks.pop();
        }
        let (end, blocks) = (self.page.elems.len(), self.next_block());
        if let Some(elem) = self.page.elems.get_mut(index as usize) {
            elem.end = u32::try_from(end).unwrap_or(u32::MAX);
            elem.blocks.end = blocks;
        }
        self.page.pieces.push(Piece::Close(index));
    }

    fn line_break(&mut self) {
        self.end_block();
        self.breaks += 1;
        self.page.pieces.push(Piece::Break);
    }

    fn text(&mut self, raw: &'a str) {
        if self.in_title {
            self.page.title = Some(self.page.title.unwrap_or(raw));
        }
        let Some(elem) = self.open.last().and_then(|i| self.page.elems.get(*i as usize)) else {
            return;
        };
        let zone = elem.zone;
        if self.outside > 0 || zone.has(Zone::MUTED) {
            return;
        }
        let words = elem.words;
        if self.block.is_none() {
            if raw.trim_start().is_empty() {
                return;
            }
            self.begin_block(zone, words);
        }
        self.append(raw, zone);
    }

    fn begin_block(&mut self, zone: Zone, words: Words) {
        let elem = self.open_blocks.last().copied().unwrap_or(0);
        let inline = self
            .open
            .iter()
            .rev()
            .take_while(|i| **i != elem)
            .filter_map(|i| self.page.elems.get(*i as usize))
            .fold(words, |all, e| all.with(e.words));
        let at = self.page.text.len();
        let links = u32::from(zone.has(Zone::LINK));
        let breaks = std::mem::take(&mut self.breaks);
        let piece = self.page.pieces.len();
        self.block = Some(Block {
            elem,
            text: at..at,
            inline,
            zone,
            links,
            breaks,
            piece,
            ..Block::default()
        });
    }

    /// Adds text to the open block, its white space folded.
    fn append(&mut self, raw: &'a str, zone: Zone) {
        let index = u32::try_from(self.page.blocks.len()).unwrap_or(u32::MAX);
        let Some(block) = &mut self.block else { return };
        let text = &mut self.page.text;
        let from = text.len();
        let gap = |text: &mut String| {
            if text.len() > block.text.start && !text.ends_with(' ') {
                text.push(' ');
            }
        };
        if raw.starts_with(char::is_whitespace) {
            gap(text);
        }
        let inner = raw.trim();
        fold(inner, text);
        if !inner.is_empty() && raw.ends_with(char::is_whitespace) {
            gap(text);
        }
        let added = text.get(from..).map_or(0, |t| t.chars().count());
        let added = u32::try_from(added).unwrap_or(u32::MAX);
        block.chars += added;
        if zone.has(Zone::LINK) {
            block.linked += added;
        }
        if zone.has(Zone::BOLD) {
            block.bold += added;
        }
        let folded = from..text.len();
        self.page.pieces.push(Piece::Text { block: index, folded, raw });
    }

    fn end_block(&mut self) {
        if let Some(mut block) = self.block.take() {
            block.text.end = self.page.text.len();
            self.page.blocks.push(block);
        }
    }
}

/// Adds text that has no white space at its ends, what is within folded: line by line, for many
/// pages break their paragraphs into lines.
fn fold(inner: &str, out: &mut String) {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', inner.as_bytes()).chain([inner.len()]);
    for end in ends {
        let line = inner.get(start..end).unwrap_or_default().trim();
        if start > 0 && !line.is_empty() {
            out.push(' ');
        }
        start = end + 1;
        if is_folded(line) {
            out.push_str(line);
            continue;
        }
        for (at, word) in line.split_whitespace().enumerate() {
            out.push_str(if at > 0 { " " } else { "" });
            out.push_str(word);
        }
    }
}
