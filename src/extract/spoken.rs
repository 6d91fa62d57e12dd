//! Who wrote a page by its own words, where no element says that it holds an author: lines that
//! begin like a byline, names beside a date, signatures.

use super::names::{clean, is_agency, is_eastern, is_eastern_letter, is_person};
use super::page::{Page, Zone};
use super::title::squash;

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

/// Words that stand before an author in a line of its own, in lower case; those with a colon need
/// no date beside them.
const MARKS: [&str; 16] = [
    " by ",
    " von ",
    " par ",
    " por ",
    " door ",
    " av ",
    " af ",
    " by: ",
    " von: ",
    " author: ",
    " autor: ",
    " autorin: ",
    " auteur: ",
    " autore: ",
    " autoren ",
    " автор: ",
];

/// First words of a line that says who posted something and when, in lower case.
const SAID: &str = "text texte texto blogbeitrag beitrag posted published written submitted created reporting story words geschrieben gespeichert erstellt \
eingestellt verfasst veröffentlicht publié écrit rédigé publicado escrito pubblicato scritto skrevet skriven dodany opublikowano";

/// Where the names in such a line end.
const ENDS: [&str; 21] = [
    "\n",
    " | ",
    " • ",
    " · ",
    " ⋅ ",
    " ∙ ",
    " - ",
    " – ",
    " — ",
    " // ",
    " @ ",
    " on ",
    " in ",
    " under ",
    " at ",
    " am ",
    " um ",
    " Illustration",
    " Foto",
    " Photo",
    " Übersetzung",
];

/// The names of the first line near the headline that begins like a byline and holds nothing
/// but names of persons; else of a line that says who posted it or has a date beside a name; else
/// of a signature.
pub(super) fn spoken(page: &Page<'_>, heading: Option<u32>, site: Option<&str>) -> Vec<String> {
    let near = near(page, heading);
    near.iter()
        .find_map(|parts| opened(&parts.join(" "), site))
        .or_else(|| near.iter().find_map(|parts| posted(parts, site)))
        .or_else(|| near.iter().find_map(|parts| dated(parts)))
        .or_else(|| signed(page, heading, site))
        .or_else(|| name_at_end(page, heading))
        .unwrap_or_default()
}

/// The name that stands alone in the line beside a date near the headline: the weakest sign of
/// all, for the name of a section looks the same.
pub(super) fn beside_date(page: &Page<'_>, heading: Option<u32>) -> Vec<String> {
    let title = heading.and_then(|h| page.blocks.get(h as usize)).map(|b| page.text_of(b));
    let title = squash(title.unwrap_or_default()) + &squash(page.title.unwrap_or_default());
    let alone = |line: &[String]| match line {
        [name] => is_full_name(name) && !title.contains(&squash(name)),
        _ => false,
    };
    let lines = near(page, heading);
    let found = lines.windows(2).find_map(|pair| {
        let [first, second] = pair else { return None };
        let (name, date) = if alone(first) { (first, second) } else { (second, first) };
        (alone(name) && is_date(&date.join(" "))).then(|| name.clone())
    });
    found.unwrap_or_default()
}

/// The short lines near the headline, each as the texts of its elements.
fn near(page: &Page<'_>, heading: Option<u32>) -> Vec<Vec<String>> {
    let start = heading.map_or(0, |h| h.saturating_sub(3));
    let lines = page.blocks.iter().zip(0_u32..).skip(start as usize).take(LINES_AFTER + 3);
    lines
        .filter(|(b, index)| b.chars < 100 && !b.zone.has(Zone::NAV) && Some(*index) != heading)
        .map(|(block, index)| {
            let text = page.joined_text_of(index, block, '\n');
            text.lines().map(|part| part.trim().to_owned()).filter(|p| !p.is_empty()).collect()
        })
        .collect()
}

/// The names in a line that begins like a byline and holds nothing else.
fn opened(text: &str, site: Option<&str>) -> Option<Vec<String>> {
    let lower = text.to_lowercase();
    let opens = OPENERS.iter().any(|o| lower.starts_with(o));
    if opens { persons(text, site) } else { None }
}

/// The names in a text that holds nothing but a few names of persons.
fn persons(text: &str, site: Option<&str>) -> Option<Vec<String>> {
    let mut names = clean(&[text.to_owned()], site);
    if names.iter().any(|n| is_person(n)) {
        names.retain(|n| !is_code(n));
    }
    let all = names.iter().all(|n| is_person(n) || is_eastern(n) || is_agency(n));
    (!names.is_empty() && names.len() <= 4 && all).then_some(names)
}

/// True for the short name of an office (`SP-X`).
fn is_code(name: &str) -> bool {
    name.len() <= 8 && name.chars().all(|c| c.is_uppercase() || c == '-')
}

/// The character in lower case where that takes as many bytes, so that places stay the same; a
/// space for the end of a line.
fn lower_in_place(c: char) -> char {
    let lower = c.to_lowercase().next().filter(|lower| lower.len_utf8() == c.len_utf8());
    if c == '\n' { ' ' } else { lower.unwrap_or(c) }
}

/// The names in a line that says by whom something was posted and when; pen names as well.
fn posted(parts: &[String], site: Option<&str>) -> Option<Vec<String>> {
    let text = format!(" {} ", parts.join("\n"));
    let lower: String = text.chars().map(lower_in_place).collect();
    let found = MARKS.iter().filter_map(|m| Some((lower.find(m)?, *m)));
    let (at, mark) = found.min_by_key(|(at, _)| *at)?;
    let (before, rest) = (text.get(..at)?.trim(), text.get(at + mark.len()..)?);
    let first = before.split_whitespace().next().unwrap_or_default().to_lowercase();
    let has_date = |part: &str| super::dates::in_words(part).is_some();
    let is_said = mark.ends_with(": ") || SAID.split(' ').any(|w| w == first);
    let is_dated = has_date(before) && before.split_whitespace().count() <= 8;
    if !(is_said || is_dated || before.is_empty() && has_date(rest)) {
        return None;
    }
    let rest = rest.trim_start();
    let end = ENDS.iter().filter_map(|e| rest.find(e)).min().unwrap_or(rest.len());
    let mut names = clean(&[rest.get(..end)?.to_owned()], site);
    if names.iter().any(|n| is_person(n)) {
        names.retain(|n| is_person(n));
    }
    let short = names.iter().all(|n| n.split(' ').count() <= 4);
    (!names.is_empty() && names.len() <= 4 && short).then_some(names)
}

/// The name in a line of nothing else but a date and figures (`3 May 2026 | Ann Example`).
fn dated(parts: &[String]) -> Option<Vec<String>> {
    let parts: Vec<&str> = parts
        .iter()
        .flat_map(|p| p.split(['|', '•', '·', '⋅', '–', '—']))
        .flat_map(|p| p.split(" - "))
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .collect();
    let (figures, names): (Vec<&str>, Vec<&str>) =
        parts.iter().partition(|p| p.contains(|c: char| c.is_ascii_digit()));
    let [name] = names.as_slice() else { return None };
    let is_short = figures.iter().all(|f| f.split_whitespace().count() <= 6);
    let has_date = figures.iter().any(|f| is_date(f));
    (has_date && is_short && is_full_name(name)).then(|| vec![(*name).to_owned()])
}

/// True for a short text that is a date.
fn is_date(text: &str) -> bool {
    text.split_whitespace().count() <= 6 && super::dates::in_words(text).is_some()
}

/// Small words within a name.
const PARTICLES: [&str; 17] = [
    "van", "von", "de", "der", "den", "del", "della", "di", "da", "dos", "du", "la", "le", "bin",
    "al", "el", "ter",
];

/// True for a few words that are a person's name and nothing else.
fn is_full_name(text: &str) -> bool {
    let letters = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '.' | '’' | '\'');
    let capital = |w: &str| w.starts_with(|c: char| !c.is_lowercase()) || PARTICLES.contains(&w);
    is_person(text)
        && text.split(' ').count() <= 4
        && text.split(' ').all(capital)
        && text.chars().all(letters)
}

/// Words that announce the author in a line of their own or at its beginning, in lower case.
const LABELS: [&str; 22] = [
    "text",
    "texte",
    "texto",
    "tekst",
    "autor",
    "autorin",
    "autoren",
    "auteurs",
    "autores",
    "reporting",
    "author",
    "authors",
    "auteur",
    "autore",
    "автор",
    "by",
    "von",
    "作者",
    "记者",
    "記者",
    "编辑",
    "责任编辑",
];

/// The names behind a label that announces the author, wherever it stands behind the headline.
fn signed(page: &Page<'_>, heading: Option<u32>, site: Option<&str>) -> Option<Vec<String>> {
    let behind = page.blocks.iter().skip(heading.unwrap_or(0) as usize);
    let mut short = behind.filter(|b| b.chars < 60 && !b.zone.has(Zone::NAV)).peekable();
    while let Some(block) = short.next() {
        let text = page.text_of(block).trim();
        let (label, rest) =
            text.split_once([':', '：']).or_else(|| labelled(text)).unwrap_or((text, ""));
        let last = label.split_whitespace().next_back().unwrap_or_default();
        let eastern = last.chars().all(is_eastern_letter);
        let label = if eastern { last } else { label.trim() };
        if !LABELS.contains(&label.to_lowercase().as_str()) {
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

/// The label and the rest of a line such as `Autoren Ann Example und Bob Sample`.
fn labelled(text: &str) -> Option<(&str, &str)> {
    let (label, rest) = text.split_once(' ')?;
    let lower = label.to_lowercase();
    let is_noun = ["autor", "author", "auteur"].iter().any(|noun| lower.starts_with(noun));
    is_noun.then_some((label, rest))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &str, expect: &[&str]) {
        let html = format!("<h1>Town opens its bridge</h1>{lines}");
        let parsed = scraper::Html::parse_document(&html);
        let page = Page::read(&parsed);
        assert_eq!(spoken(&page, Some(0), None), expect, "{lines}");
    }

    #[test]
    fn lines_that_say_who_posted_are_read() {
        check("<p>Submitted by <b>rivermouse</b> on 3 May 2026 - 18:55</p>", &["rivermouse"]);
        check("<p>06.11.2026 13:30 von Olga</p>", &["Olga"]);
        check("<p>İİİ 3 May 2026 by Ann Example</p>", &["Ann Example"]);
        check("<p>Posted in <a>Bridges</a> by rivermouse on May 3, 2026</p>", &["rivermouse"]);
        check("<p>Updated: May 3, 2026 <b>Written by:</b> Ann Example</p>", &["Ann Example"]);
        check("<p>By Ann Example ⋅ Senior Analyst ⋅ Updated May 6, 2026</p>", &["Ann Example"]);
        check("<p>By Associated Press</p>", &["Associated Press"]);
        check("<p>Text von Ann Example Illustration von Bob Sample</p>", &["Ann Example"]);
        check("<p>The bridge was built by 1990 and opened on 3 May 1991</p>", &[]);
    }

    #[test]
    fn signatures_with_a_label_are_read() {
        check("<p>Autoren Ann Example und Bob Sample</p>", &["Ann Example", "Bob Sample"]);
        check("<p>Autor: Ann Example/SP-X</p>", &["Ann Example"]);
        check("<p><span>【纠错】</span> 责任编辑： 王小明</p>", &["王小明"]);
    }

    #[test]
    fn a_name_beside_a_date_is_read() {
        check("<p><b>Ann Example</b> <i>May 3, 2026</i> <i>2 Shares</i></p>", &["Ann Example"]);
        check("<p>Share on Pinterest | May 3, 2026</p>", &[]);
    }

    #[test]
    fn a_line_that_is_a_name_counts_beside_one_that_is_a_date() {
        let check = |lines: &str, expect: &[&str]| {
            let html = format!("<title>Bridge Prices</title><h1>Prices rise</h1>{lines}");
            let parsed = scraper::Html::parse_document(&html);
            assert_eq!(beside_date(&Page::read(&parsed), Some(0)), expect, "{lines}");
        };
        check("<ul><li>Ann Example<li>02-12-2026</ul>", &["Ann Example"]);
        check("<ul><li>Bridge Prices<li>02-12-2026</ul>", &[]);
        check("<ul><li>No comments<li>02-12-2026</ul>", &[]);
    }
}
