//! Who the page itself shows as its author: elements that say they hold one, near the headline,
//! then lines that begin like a byline. Authors of comments, teasers and pictures are left out.

use super::names::{clean, is_person};
use super::page::{Elem, Page, Piece, Zone};
use super::tag::Tag;
use super::words::Word;

/// Longest text of an element that is read as a byline, in characters.
const BYLINE_MAX: usize = 200;

/// Most pieces of an element that are read.
const PIECES_MAX: usize = 200;

/// Most marked elements that are read.
const MARKED_MAX: usize = 24;

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
    if is_named(elem) || elem.tag == Tag::A && elem.node.attr("href").is_some_and(leads_to_author) {
        return true;
    }
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

/// True for elements that a site made up for its authors.
fn is_named(elem: &Elem<'_>) -> bool {
    elem.tag == Tag::Other && matches!(elem.node.name(), "byline" | "author" | "author-name")
}

/// Parts of addresses under which sites keep the pages of their authors.
const AUTHORS: [&str; 14] = [
    "author",
    "authors",
    "autor",
    "autoren",
    "autores",
    "auteur",
    "auteurs",
    "contributor",
    "contributors",
    "profile",
    "profil",
    "people",
    "staff",
    "reporter",
];

/// True for an address of the page of one author (`/author/ann-example`).
fn leads_to_author(href: &str) -> bool {
    let path = href.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let mut parts = path.split('/');
    parts.next_back().is_some_and(|last| !last.is_empty())
        && parts.any(|part| AUTHORS.contains(&part))
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
    // What holds the headline as well says nothing against the author.
    let headline = heading.and_then(|h| page.blocks.get(h as usize)).map(|b| b.zone);
    let is_shared = |z: Zone| headline.is_some_and(|own| own.has(z));
    if strange.iter().any(|z| elem.zone.has(*z) && !is_shared(*z)) {
        return false;
    }
    let own = [Word::Credit, Word::Caption];
    let licence = ["license", "licence"].iter().any(|w| elem.class.contains(w));
    if licence || own.iter().any(|w| elem.words.has(*w)) && elem.node.attr("rel").is_none() {
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
    let within = || page.elems.get(index..end).unwrap_or_default().iter().zip(index..);
    let names_of = |is_part: fn(&Elem<'_>) -> bool| {
        let texts = within().filter(|(e, _)| is_part(e)).map(|(_, i)| texts.lines(i).join(" "));
        let short: Vec<String> = texts.filter(|t| (2..60).contains(&t.chars().count())).collect();
        clean(&short, site)
    };
    let told = names_of(is_name);
    let parts = if told.is_empty() { names_of(|e| e.tag == Tag::A) } else { told.clone() };
    let whole = line.iter().all(|n| is_person(n)) && parts.iter().all(|n| line.contains(n));
    let sure = !told.is_empty() || parts.iter().any(|n| is_person(n));
    let use_line = whole || !sure;
    Marked { names: if use_line { line.clone() } else { parts }, line }
}

/// True for an element that is there for a name alone.
fn is_name(elem: &Elem<'_>) -> bool {
    elem.node.attr("itemprop") == Some("name")
        || elem.class.split([' ', '-', '_']).any(|w| matches!(w, "name" | "fn"))
        || elem.tag == Tag::A && elem.node.attr("href").is_some_and(leads_to_author)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(marked_up: &str, expect: &[&str]) {
        let html = format!("<h1>Town opens its bridge</h1>{marked_up}");
        let parsed = scraper::Html::parse_document(&html);
        assert_eq!(marked(&Page::read(&parsed), Some(0), None).names, expect, "{marked_up}");
    }

    #[test]
    fn elements_and_addresses_tell_of_authors() {
        check("<p><a href='/people/ann-example?x=1'>Ann Example</a> 9 min</p>", &["Ann Example"]);
        check("<p><a href='/people/'>Ann Example</a></p>", &[]);
        check("<byline>Von Ann Example</byline>", &["Ann Example"]);
        check("<p class='license-author'>Bob Sample</p>", &[]);
    }

    #[test]
    fn the_part_that_holds_the_name_alone_is_taken() {
        let account = "<a class='author-account' href='https://social.example/x'>rivermouse</a>";
        let name = "<a href='https://gazette.example/author/ann'>Ann</a>";
        check(&format!("<div class='entry-author'>{name} {account}</div>"), &["Ann"]);
    }

    #[test]
    fn a_box_that_holds_the_headline_as_well_says_nothing() {
        let html =
            "<div class='caption'><h1>Town opens</h1><ul class='author'><li>Ann Example</ul></div>";
        let parsed = scraper::Html::parse_document(html);
        assert_eq!(marked(&Page::read(&parsed), Some(0), None).names, ["Ann Example"]);
    }
}
