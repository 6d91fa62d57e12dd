//! Names of authors: from evidence and bylines to clean names, each once.

use super::jsonld::Ld;
use super::meta::Metas;
use super::page::{Block, Page, Zone};
use super::tag::Tag;
use super::title::{plain, squash};
use super::words::Word;

/// Most names of one article.
const AUTHORS_MAX: usize = 20;

/// Longest byline that is read, in characters.
const BYLINE_MAX: u32 = 200;

/// Words before a name, in many languages; compared in lower case.
const PREFIXES: [&str; 34] = [
    "written by",
    "posted by",
    "published by",
    "reported by",
    "reporting by",
    "story by",
    "article by",
    "author:",
    "authors:",
    "autor:",
    "autorin:",
    "autore:",
    "auteur:",
    "text:",
    "texte:",
    "texto:",
    "by:",
    "by",
    "von",
    "par",
    "por",
    "door",
    "di",
    "af",
    "av",
    "od",
    "przez",
    "szerző:",
    "автор:",
    "автор",
    "yazar:",
    "от",
    "ved",
    "de",
];

/// Marks and words between two names.
const BETWEEN: [&str; 13] =
    [",", ";", "|", "/", "&", " and ", " und ", " et ", " y ", " e ", " og ", " och ", " en "];

/// Words that stand after a name, not in it.
const AFTER: [&str; 12] =
    ["published", "updated", "last", "posted", "at", "on", "am", "um", "le", "the", "in", "md"];

/// The authors of a page.
pub(super) fn read(
    page: &Page<'_>,
    metas: &Metas<'_>,
    ld: Option<&Ld>,
    site: Option<&str>,
) -> Vec<String> {
    let from_ld = ld.map(|l| l.authors.clone()).unwrap_or_default();
    let from_ld = clean(&from_ld, site);
    // The publisher as its own author says nothing where the page names a person.
    let is_site = |n: &String| site.is_some_and(|s| squash(s) == squash(n));
    if from_ld.iter().any(|n| !is_site(n)) {
        return from_ld;
    }
    let names = clean(&from_metas(metas), site);
    if names.iter().any(|n| !is_site(n)) {
        return names;
    }
    let shown = clean(&from_page(page), site);
    [shown, names, from_ld].into_iter().find(|n| !n.is_empty()).unwrap_or_default()
}

fn from_metas(metas: &Metas<'_>) -> Vec<String> {
    [
        "author",
        "article:author",
        "og:article:author",
        "dc.creator",
        "dcterms.creator",
        "parsely-author",
        "sailthru.author",
        "byl",
        "cxenseparse:author",
        "twitter:creator",
    ]
    .iter()
    .map(|name| {
        metas
            .values(name)
            .filter(|v| !v.contains("://") && !v.starts_with('@'))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    })
    .find(|values| !values.is_empty())
    .unwrap_or_default()
}

/// Elements that say they hold an author, then lines that begin like a byline.
fn from_page(page: &Page<'_>) -> Vec<String> {
    let marked = |e: &&super::page::Elem<'_>| {
        e.node.attrs().any(|(k, v)| {
            (k == "rel" && v.contains("author"))
                || (k == "itemprop" && v == "author")
                || (k == "class"
                    && v.split([' ', '-', '_'])
                        .any(|w| matches!(w, "author" | "byline" | "autor" | "auteur")))
        })
    };
    let listed = (0_u32..).zip(&page.elems);
    let found = listed.filter(|(_, e)| marked(e)).map(|(i, e)| page.text_inside(i, e)).find(|t| {
        let n = t.chars().count();
        n > 2 && n < 80
    });
    if let Some(found) = found {
        return vec![found];
    }
    let byline = page.blocks.iter().filter(|b| b.chars < BYLINE_MAX).find_map(|b| byline(page, b));
    byline.into_iter().collect()
}

/// The names of a block that reads like a byline.
fn byline(page: &Page<'_>, block: &Block) -> Option<String> {
    let text = page.text_of(block);
    let elem = page.elem(block.elem)?;
    let telling = elem.words.with(block.inline).has(Word::Author);
    let plain_by = text.get(..3).is_some_and(|t| t.eq_ignore_ascii_case("by ")) && block.chars < 80;
    if !(telling || plain_by)
        || block.zone.has(Zone::NAV)
        || elem.tag == Tag::P && block.chars > 120
    {
        return None;
    }
    Some(text.to_owned())
}

/// Clean names: divided, without prefixes, dates, addresses and the site's own name.
pub(super) fn clean(raw: &[String], site: Option<&str>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for text in raw {
        for name in split(&plain(text)) {
            let name = trim_name(&name);
            if is_name(&name) && !out.iter().any(|n| squash(n) == squash(&name)) {
                out.push(name);
            }
        }
    }
    if out.len() > 1 {
        out.retain(|n| site.is_none_or(|s| squash(s) != squash(n)));
    }
    out.truncate(AUTHORS_MAX);
    out
}

fn split(text: &str) -> Vec<String> {
    let mut parts = vec![strip_prefix(text).to_owned()];
    for mark in BETWEEN {
        parts = parts
            .iter()
            .flat_map(|p| p.split(mark).map(str::to_owned).collect::<Vec<_>>())
            .collect();
    }
    parts
}

fn strip_prefix(text: &str) -> &str {
    let text = text.trim();
    let lower = text.to_lowercase();
    for prefix in PREFIXES {
        let bare = prefix.ends_with(':');
        if lower.starts_with(prefix)
            && let Some(rest) = text.get(prefix.len()..)
            && (bare || rest.starts_with([' ', ':', '\u{a0}']))
        {
            return rest.trim_start_matches([' ', ':', '\u{a0}']);
        }
    }
    text
}

/// The name without what stands around it: dates, places, roles in brackets, addresses.
fn trim_name(text: &str) -> String {
    let text = strip_prefix(text);
    let cut = text
        .find(|c: char| c.is_ascii_digit() || matches!(c, '(' | '[' | '•' | '·' | '@'))
        .unwrap_or(text.len());
    let mut name = text.get(..cut).unwrap_or_default().trim();
    // A date after the name: the month stands before its first figure.
    if cut < text.len()
        && let Some((before, last)) = name.rsplit_once(' ')
        && super::dates::is_month(last)
    {
        name = before.trim();
    }
    while let Some((before, last)) = name.rsplit_once(' ') {
        if !AFTER.contains(&last.to_lowercase().trim_matches([':', '.', ','])) {
            break;
        }
        name = before.trim();
    }
    name.trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ')').to_owned()
}

fn is_name(name: &str) -> bool {
    let n = name.chars().count();
    (2..=60).contains(&n)
        && name.chars().any(char::is_alphabetic)
        && name.split_whitespace().count() <= 7
        && !super::dates::is_month(name)
        && !matches!(
            name.to_lowercase().as_str(),
            "admin"
                | "editor"
                | "staff"
                | "guest"
                | "follow"
                | "posted"
                | "published"
                | "updated"
                | "welcome"
                | "sponsored"
                | "rd"
                | "rdn"
                | "ms"
                | "md"
                | "m.d"
                | "phd"
                | "ph.d"
                | "no author"
                | "none"
                | "null"
                | "unknown"
                | "undefined"
                | "user"
                | "anonymous"
        )
}
