//! Who the page itself shows as its author: elements that say they hold one, near the headline,
//! then lines that begin like a byline. Authors of comments, teasers and pictures are left out.

use super::names::{clean, is_eastern, is_person};
use super::page::{Elem, Page, Piece, Zone};
use super::tag::Tag;
use super::words::Word;

/// Longest text of an element that is read as a byline, in characters.
const BYLINE_MAX: usize = 200;

/// Most pieces of an element that are read.
const PIECES_MAX: usize = 200;

/// Most marked elements that are read.
const MARKED_MAX: usize = 24;

/// Blocks after the headline in which a line without marks can be the byline.
const LINES_AFTER: usize = 12;

/// Words that open a line which is a byline, in lower case.
pub(super) const OPENERS: [&str; 26] = [
    "by ",
    "von ",
    "par ",
    "por ",
    "door ",
    "di ",
    "af ",
    "av ",
    "text: ",
    "texte: ",
    "texto: ",
    "tekst: ",
    "autor: ",
    "autorin: ",
    "author: ",
    "auteur: ",
    "autore: ",
    "written by ",
    "posted by ",
    "автор: ",
    "作者：",
    "作者:",
    "记者：",
    "記者：",
    "yazar: ",
    "autores: ",
];

/// What a marked element says.
#[derive(Debug, Default)]
pub(super) struct Marked {
    /// The names in it.
    pub names: Vec<String>,
    /// The names in its first line that holds some, as one list.
    pub line: Vec<String>,
}

/// The names in the marked element nearest to the headline (`heading`: the block it stands in).
pub(super) fn marked(page: &Page<'_>, heading: Option<u32>, site: Option<&str>) -> Marked {
    let texts = Texts::of(page);
    let mut best: Option<(u32, Marked)> = None;
    let mut at = 0;
    let mut read = 0;
    while let Some(elem) = page.elems.get(at)
        && read < MARKED_MAX
    {
        let index = at;
        at += 1;
        if !says_author(elem) || !is_allowed(page, elem, heading) {
            continue;
        }
        read += 1;
        let lines = texts.lines(index);
        if lines.iter().map(|l| l.chars().count()).sum::<usize>() > BYLINE_MAX {
            continue;
        }
        at = (elem.end as usize).max(at);
        let found = inside(page, &texts, index, &lines, site);
        let cost = cost(elem, heading, &found.names);
        if !found.names.is_empty() && best.as_ref().is_none_or(|(c, _)| cost < *c) {
            best = Some((cost, found));
        }
    }
    best.map(|(_, found)| found).unwrap_or_default()
}

/// Where the text of each element begins among the page's pieces.
struct Texts<'p, 'a> {
    page: &'p Page<'a>,
    opens: Vec<usize>,
}

impl<'p, 'a> Texts<'p, 'a> {
    fn of(page: &'p Page<'a>) -> Self {
        let mut opens = vec![usize::MAX; page.elems.len()];
        for (at, piece) in page.pieces.iter().enumerate() {
            if let Piece::Open(elem) = piece
                && let Some(slot) = opens.get_mut(*elem as usize)
            {
                *slot = at;
            }
        }
        Self { page, opens }
    }

    /// The text inside an element by blocks; a space between the texts of two elements.
    fn lines(&self, index: usize) -> Vec<String> {
        let start = self.opens.get(index).copied().unwrap_or(usize::MAX);
        let pieces = self.page.pieces.iter().skip(start).take(PIECES_MAX);
        let closes = |p: &&Piece<'_>| !matches!(p, Piece::Close(i) if *i as usize == index);
        let mut out: Vec<String> = Vec::new();
        let mut last = None;
        for piece in pieces.take_while(closes) {
            let Piece::Text { block, folded, .. } = piece else { continue };
            let text = self.page.text.get(folded.clone()).unwrap_or_default().trim();
            match out.last_mut().filter(|_| last == Some(*block)) {
                Some(line) if !text.is_empty() => {
                    line.push(' ');
                    line.push_str(text);
                }
                Some(_) => {}
                None => out.push(text.to_owned()),
            }
            last = Some(*block);
        }
        out
    }
}

/// Blocks between headline and element; before it counts more, no person and no `rel` as well.
fn cost(elem: &Elem<'_>, heading: Option<u32>, names: &[String]) -> u32 {
    let from = heading.unwrap_or(0);
    let at = elem.blocks.start;
    let distance = if at >= from { at - from } else { (from - at) * 4 };
    let doubt = if names.iter().any(|n| is_person(n)) { 0 } else { 40 };
    let aside = if elem.zone.has(Zone::ASIDE) || elem.zone.has(Zone::FOOTER) { 20 } else { 0 };
    distance + doubt + aside
}

/// True for an element whose attributes say it names an author.
fn says_author(elem: &Elem<'_>) -> bool {
    if matches!(elem.tag, Tag::Body | Tag::Article | Tag::Main) {
        return false;
    }
    let by_name = elem.words.has(Word::Author);
    if !by_name && !elem.hinted {
        return false;
    }
    elem.node.attrs().any(|(key, value)| match key {
        "rel" => value.split_ascii_whitespace().any(|r| r == "author"),
        "itemprop" => value.contains("author"),
        "class" | "id" => by_name && value.split([' ', '-', '_']).any(is_author_word),
        "data-testid" | "data-component" | "data-qa" | "data-type" | "data-name" => {
            by_name && value.to_ascii_lowercase().contains("author")
                || value.to_ascii_lowercase().contains("byline")
        }
        _ => false,
    })
}

/// `author`, `authorName`, `entry-byline`, `autor` and the like.
fn is_author_word(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    [
        "author",
        "byline",
        "autor",
        "auteur",
        "writer",
        "vcard",
        "reporter",
        "redakteur",
        "forfatter",
        "skribent",
    ]
    .iter()
    .any(|w| lower.starts_with(w) || lower.ends_with(w))
        || matches!(lower.as_str(), "authors" | "bylines" | "bylinename" | "contributor")
}

/// False for authors of comments, teasers, pictures and forms.
fn is_allowed(page: &Page<'_>, elem: &Elem<'_>, heading: Option<u32>) -> bool {
    let strange = [Zone::NAV, Zone::FORM, Zone::FIGURE, Zone::CAPTION];
    if strange.iter().any(|z| elem.zone.has(*z)) {
        return false;
    }
    let own = [Word::Credit, Word::Caption];
    if own.iter().any(|w| elem.words.has(*w)) && elem.node.attr("rel").is_none() {
        return false;
    }
    !is_foreign(page, elem, heading)
}

/// True inside menus, comments and teasers of other articles; what holds the headline as well is
/// none of these.
pub(super) fn is_foreign(page: &Page<'_>, elem: &Elem<'_>, heading: Option<u32>) -> bool {
    if elem.zone.has(Zone::NAV) || elem.zone.has(Zone::FORM) && elem.words.has(Word::Comment) {
        return true;
    }
    let is_box = |e: &Elem<'_>| {
        let foreign = e.words.has(Word::Comment) || e.words.has(Word::Related);
        let of_article = heading.is_some_and(|h| e.blocks.contains(&h))
            || matches!(e.tag, Tag::Body | Tag::Main)
            || e.words.has(Word::Body)
            || e.tag == Tag::Article && e.words.has(Word::Article);
        foreign && !of_article
    };
    is_box(elem) || page.around(elem.parent).take(6).any(is_box)
}

/// The names in a marked element: of the parts that hold a name only, where those are all.
fn inside(
    page: &Page<'_>,
    texts: &Texts<'_, '_>,
    index: usize,
    lines: &[String],
    site: Option<&str>,
) -> Marked {
    let mut named =
        lines.iter().map(|l| clean(std::slice::from_ref(l), site)).filter(|n| !n.is_empty());
    let line = named.next().unwrap_or_default();
    let end = page.elems.get(index).map_or(index, |e| e.end as usize).min(index + 40);
    let parts = page.elems.get(index..end).unwrap_or_default().iter().zip(index..);
    let is_part = |e: &Elem<'_>| {
        e.tag == Tag::A
            || e.node.attr("itemprop") == Some("name")
            || e.class.split([' ', '-', '_']).any(|w| matches!(w, "name" | "fn"))
    };
    let parts: Vec<String> = parts
        .filter(|(e, _)| is_part(e))
        .map(|(_, i)| texts.lines(i).join(" "))
        .filter(|t| (2..60).contains(&t.chars().count()))
        .collect();
    let parts = clean(&parts, site);
    let whole = line.iter().all(|n| is_person(n)) && parts.iter().all(|n| line.contains(n));
    let use_line = whole || !parts.iter().any(|n| is_person(n));
    Marked { names: if use_line { line.clone() } else { parts }, line }
}

/// The names of the first line near the headline that begins like a byline and holds nothing
/// but names of persons; else of a line near it that holds a date and a name; else of a signature.
pub(super) fn spoken(page: &Page<'_>, heading: Option<u32>, site: Option<&str>) -> Vec<String> {
    let start = heading.map_or(0, |h| (h as usize).saturating_sub(3));
    let near = || {
        let lines = page.blocks.iter().skip(start).take(LINES_AFTER + 3);
        lines.filter(|b| b.chars < 100 && !b.zone.has(Zone::NAV)).map(|b| page.text_of(b).trim())
    };
    let opened = |text: &str| {
        let lower = text.to_lowercase();
        let opens = OPENERS.iter().any(|o| lower.starts_with(o));
        if opens { persons(text, site) } else { None }
    };
    near()
        .find_map(opened)
        .or_else(|| near().find_map(dated))
        .or_else(|| signed(page, heading, site))
        .or_else(|| name_at_end(page, heading))
        .unwrap_or_default()
}

/// The names in a text that holds nothing but a few names of persons.
fn persons(text: &str, site: Option<&str>) -> Option<Vec<String>> {
    let names = clean(&[text.to_owned()], site);
    let all = names.iter().all(|n| is_person(n) || is_eastern(n));
    (!names.is_empty() && names.len() <= 4 && all).then_some(names)
}

/// The name in a line of nothing else but a date (`3 May 2026 | Ann Example`).
fn dated(text: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> =
        text.split(['|', '•', '·', '–', '—']).flat_map(|p| p.split(" - ")).map(str::trim).collect();
    let (dates, names): (Vec<&str>, Vec<&str>) = parts
        .iter()
        .filter(|p| !p.is_empty())
        .partition(|p| p.contains(|c: char| c.is_ascii_digit()));
    let is_time = |text: &str| text.split_whitespace().count() <= 5;
    let [name] = names.as_slice() else { return None };
    let is_name = is_full_name(name);
    let has_date = dates.iter().any(|d| super::dates::in_words(d).is_some());
    (has_date && is_name && dates.iter().all(|d| is_time(d))).then(|| vec![(*name).to_owned()])
}

/// True for two or three words that are a person's name and nothing else.
fn is_full_name(text: &str) -> bool {
    let letters = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '.' | '’' | '\'');
    is_person(text) && text.split(' ').count() <= 3 && text.chars().all(letters)
}

/// Words that announce the author in a line of their own or at its beginning, in lower case.
const LABELS: [&str; 14] = [
    "text",
    "texte",
    "texto",
    "tekst",
    "autor",
    "autorin",
    "autoren",
    "author",
    "authors",
    "auteur",
    "autore",
    "автор",
    "by",
    "von",
];

/// The names behind a label that announces the author, wherever it stands behind the headline.
fn signed(page: &Page<'_>, heading: Option<u32>, site: Option<&str>) -> Option<Vec<String>> {
    let behind = page.blocks.iter().skip(heading.unwrap_or(0) as usize);
    let mut short = behind.filter(|b| b.chars < 60 && !b.zone.has(Zone::NAV)).peekable();
    while let Some(block) = short.next() {
        let text = page.text_of(block).trim();
        let (label, rest) = text.split_once(':').unwrap_or((text, ""));
        if !LABELS.contains(&label.trim().to_lowercase().as_str()) {
            continue;
        }
        let next = short.peek().filter(|b| b.text.start <= block.text.end + 1);
        let rest = if rest.is_empty() { next.map(|b| page.text_of(b)) } else { Some(rest) };
        if let Some(names) = rest.and_then(|r| persons(r.trim(), site)) {
            return Some(names);
        }
    }
    None
}

/// Shortest paragraph behind which a name alone is a signature, in characters.
const PARAGRAPH_MIN: u32 = 120;

/// The name in bold that stands alone behind the last paragraph of an element.
fn name_at_end(page: &Page<'_>, heading: Option<u32>) -> Option<Vec<String>> {
    let mut pairs = page.blocks.windows(2).zip(1_u32..).skip(heading.unwrap_or(0) as usize);
    pairs.find_map(|(pair, index)| {
        let [before, block] = pair else { return None };
        let all_bold = block.chars < 40 && block.bold >= block.chars && block.links == 0;
        if !all_bold || before.chars < PARAGRAPH_MIN || before.linked * 2 > before.chars {
            return None;
        }
        let around = page.elem(page.elem(block.elem)?.parent)?;
        let is_last = around.blocks.end == index + 1 && around.blocks.start < index;
        let text = page.text_of(block).trim();
        (is_last && is_full_name(text)).then(|| vec![text.to_owned()])
    })
}
