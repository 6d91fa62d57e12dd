//! Dates that a page shows its readers: near its headline, in words that say what happened on the
//! day, in marked-up times, at the beginning of its text.

use super::byline;
use super::dates::{self, Moment, Order};
use super::page::{Block, Elem, Page, Zone};
use super::spoken::OPENERS;
use super::tag::Tag;
use super::words::{Word, Words};
use crate::model::text::head;

/// Blocks before and after the headline in which a page shows its date.
const BEFORE: u32 = 8;
const AFTER: u32 = 18;

/// Most dates that are read near the headline.
const SHOWN_MAX: usize = 12;

/// Blocks directly behind the headline: whatever their class names say, they are of its article.
const BESIDE: u32 = 2;

/// A longer block is a paragraph, in characters.
const SHORT: u32 = 160;

/// A longer block is no line of particulars but a sentence, in characters.
const LINE: u32 = 60;

/// A longer block that names a publication or a change tells of another one, unless it begins by
/// speaking of itself, in characters.
const NOTE: u32 = 120;

/// The longest note about a page, in characters.
const NOTE_MAX: u32 = 300;

/// Beginnings of words that name a change, in lower case, beside a date.
const CHANGED: [&str; 40] = [
    "updated",
    "update:",
    "modified",
    "edited",
    "revised",
    "reviewed",
    "aktualisiert",
    "geändert",
    "bearbeitet",
    "überarbeitet",
    "stand:",
    "akt.:",
    "mis à jour",
    "mise à jour",
    "modifié",
    "actualizad",
    "actualización",
    "modificad",
    "modificat",
    "atualizad",
    "atualização",
    "aggiornat",
    "bijgewerkt",
    "gewijzigd",
    "opdateret",
    "oppdatert",
    "endret",
    "uppdaterad",
    "ändrad",
    "päivitetty",
    "muokattu",
    "aktualizov",
    "aktualizacj",
    "aktualizowan",
    "frissít",
    "actualizat",
    "ενημερ",
    "обновлен",
    "оновлен",
    "güncelle",
];

/// Words that name a change behind a date, as in East Asia.
const CHANGED_BEHIND: [&str; 2] = ["更新", "수정"];

/// Words before the day on which something ends, in lower case.
const UNTIL: [&str; 7] = [
    "verfügbar bis",
    "abrufbar bis",
    "available until",
    "expires",
    "disponible jusqu",
    "disponible hasta",
    "disponibile fino",
];

/// Beginnings of words that name a publication, in lower case, beside a date.
const MADE: [&str; 44] = [
    "published",
    "posted",
    "created on",
    "submitted",
    "written on",
    "first appeared",
    "veröffentlicht",
    "publiziert",
    "geschrieben",
    "erstellt",
    "eingestellt",
    "gepostet",
    "gespeichert",
    "erschienen",
    "publié",
    "posté",
    "mis en ligne",
    "mise en ligne",
    "publicad",
    "publicat",
    "postado",
    "pubblicat",
    "gepubliceerd",
    "geplaatst",
    "opublikowan",
    "zveřejn",
    "publikován",
    "publicerad",
    "publisert",
    "udgivet",
    "offentliggjort",
    "julkaistu",
    "közzétéve",
    "megjelent",
    "objavljen",
    "yayın",
    "δημοσιε",
    "опубликован",
    "опубліковано",
    "публикуван",
    "発行",
    "公開",
    "发布",
    "發布",
];

/// How a note about the page itself begins, in lower case.
const THIS: [&str; 15] = [
    "this ",
    "dieser ",
    "diese ",
    "dieses ",
    "cet ",
    "cette ",
    "este ",
    "esta ",
    "questo ",
    "questa ",
    "dit ",
    "deze ",
    "denne ",
    "den här ",
    "ten ",
];

/// A date that the page shows near its headline.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    pub moment: Moment,
    /// It stands in an element that says it is a date.
    pub marked: bool,
    /// It stands beside a word that names a change.
    pub changed: bool,
    /// A reader sees the date itself, not only how long ago it was.
    pub in_words: bool,
    /// Characters of the block that it stands in.
    pub chars: u32,
    /// Blocks between it and the headline before it; `None` where it stands before the headline.
    pub behind: Option<u32>,
    /// Blocks between it and the headline.
    pub apart: u32,
}

/// The dates shown near the headline: those in words, then those of marked-up times, each in the
/// page's order.
pub(super) fn near_headline(page: &Page<'_>, heading: Option<u32>) -> Vec<Shown> {
    let Some(heading) = heading else { return Vec::new() };
    let region = heading.saturating_sub(BEFORE)..heading + AFTER;
    let blocks = page.blocks.iter().zip(0_u32..).filter(|(_, i)| region.contains(i));
    let own = blocks.filter(|(b, i)| {
        let other = b.zone.has(Zone::QUOTE) || b.zone.has(Zone::CAPTION);
        b.chars < SHORT && !other && *i != heading && is_own(page, b, heading)
    });
    let words: Vec<Shown> = own.flat_map(|(b, index)| in_block(page, heading, index, b)).collect();
    let times = page.elems.iter().enumerate().filter(|(_, e)| {
        let near = region.contains(&e.blocks.start);
        near && e.tag == Tag::Time
            && !e.zone.has(Zone::QUOTE)
            && !is_strange(page, e, Some(heading))
    });
    let times: Vec<Shown> =
        times.filter_map(|(at, elem)| in_time(page, heading, at, elem, &words)).collect();
    words.into_iter().chain(times).take(SHOWN_MAX).collect()
}

fn is_own(page: &Page<'_>, block: &Block, heading: u32) -> bool {
    page.elem(block.elem).is_some_and(|e| !is_strange(page, e, Some(heading)))
}

/// True inside menus, comments and teasers of other articles. A page of opinions has `comment` in
/// all its class names, and in a forum the article itself is a post: what stands directly behind
/// the headline is its own.
fn is_strange(page: &Page<'_>, elem: &Elem<'_>, heading: Option<u32>) -> bool {
    let start = elem.blocks.start;
    let beside = heading.is_some_and(|h| (h + 1..=h + BESIDE).contains(&start));
    (!beside || elem.zone.has(Zone::NAV)) && byline::is_foreign(page, elem, heading)
}

/// The dates in the words of a block.
fn in_block(page: &Page<'_>, heading: u32, index: u32, block: &Block) -> Vec<Shown> {
    let text = page.joined_text_of(index, block, ' ');
    let found = dates::all_with_ends(&text, 3);
    if found.is_empty() {
        return Vec::new();
    }
    // What a word says of a date it says before it, perhaps in a line of its own.
    let label = page.blocks.get((index as usize).wrapping_sub(1)).filter(|b| b.chars < 25);
    let label = label.map(|b| page.text_of(b)).filter(|text| dates::in_words(text).is_none());
    let label = label.is_some_and(|text| names(text, &CHANGED));
    let elem = page.elem(block.elem);
    let words = elem.map(|e| e.words).unwrap_or_default().with(block.inline);
    let marked = elem.is_some_and(|e| e.tag == Tag::Time) || says_date(page, words, index);
    let ends = [0].into_iter().chain(found.iter().map(|(_, end)| *end));
    let shown = |(from, (moment, end)): (usize, &(Moment, usize))| {
        let before = text.get(from..*end).unwrap_or_default().to_lowercase();
        let behind = text.get(*end..).unwrap_or_default().trim_start();
        let named = CHANGED.iter().any(|w| before.contains(w));
        let shown = Shown {
            moment: *moment,
            marked,
            changed: label || named || CHANGED_BEHIND.iter().any(|w| behind.starts_with(w)),
            in_words: true,
            chars: block.chars,
            behind: index.checked_sub(heading),
            apart: index.abs_diff(heading),
        };
        (!UNTIL.iter().any(|w| before.contains(w))).then_some(shown)
    };
    ends.zip(&found).filter_map(shown).collect()
}

/// The date of a marked-up time.
fn in_time(
    page: &Page<'_>,
    heading: u32,
    at: usize,
    elem: &Elem<'_>,
    words: &[Shown],
) -> Option<Shown> {
    let moment = of_element(page, at, elem)?;
    // What it is a date of, the words around it say.
    let mut same = words.iter().filter(|s| s.moment.day() == moment.day()).peekable();
    let called = same.peek().is_some() && same.all(|s| s.changed);
    let changed = called || elem.node.attr("itemprop").is_some_and(|p| p.contains("odified"));
    let start = elem.blocks.start;
    let (behind, apart) = (start.checked_sub(heading), start.abs_diff(heading));
    Some(Shown { moment, marked: true, changed, in_words: false, chars: 0, behind, apart })
}

/// True where a text has one of these words.
fn names(text: &str, words: &[&str]) -> bool {
    has_any(&text.to_lowercase(), words)
}

fn has_any(lower: &str, words: &[&str]) -> bool {
    words.iter().any(|w| lower.contains(w))
}

/// True where the block's element or one just around it says it is a date.
fn says_date(page: &Page<'_>, own: Words, block: u32) -> bool {
    own.has(Word::Date)
        || page.blocks.get(block as usize).is_some_and(|b| {
            page.around(b.elem)
                .skip(1)
                .take(1)
                .any(|e| e.words.has(Word::Date) && e.blocks.len() < 4)
        })
}

/// The date nearest to the headline that is marked and of no change; of several in one line of
/// both, the earliest. Above the headline many pages show the day of today.
pub(super) fn marked(near: &[Shown]) -> Option<Moment> {
    let first = near.iter().filter(|s| s.marked && !s.changed).min_by_key(|s| s.apart);
    let changed = || near.iter().filter(|s| s.marked && s.changed).min_by_key(|s| s.moment.at);
    first.or_else(changed).map(|s| s.moment)
}

/// Blocks by which a date of no change may be further from the headline than one of a change.
const BEFORE_CHANGE: u32 = 4;

/// The date nearest to the headline in a line that is no sentence.
pub(super) fn in_line(near: &[Shown]) -> Option<Moment> {
    let apart = |s: &&Shown| s.apart + if s.changed { BEFORE_CHANGE } else { 0 };
    near.iter().filter(|s| s.chars <= LINE).min_by_key(apart).map(|s| s.moment)
}

/// The first date of no change, else the first.
pub(super) fn first(near: &[Shown]) -> Option<Moment> {
    near.iter().find(|s| !s.changed).or(near.first()).map(|s| s.moment)
}

/// The date of a note that says when the page was published.
pub(super) fn in_note(page: &Page<'_>, heading: Option<u32>) -> Option<Moment> {
    let is_byline =
        |text: &str| text.chars().count() < 100 && OPENERS.iter().any(|o| text.starts_with(o));
    in_notes(page, heading, |text| has_any(text, &MADE) || is_byline(text))
}

/// The date of a note that says when the page was changed.
pub(super) fn in_note_of_change(page: &Page<'_>, heading: Option<u32>) -> Option<Moment> {
    in_notes(page, heading, |text| has_any(text, &CHANGED) || has_any(text, &CHANGED_BEHIND))
}

/// The date of the first note behind the headline whose text in lower case is of this kind; one
/// that is marked as a date before others.
fn in_notes(
    page: &Page<'_>,
    heading: Option<u32>,
    is_kind: impl Fn(&str) -> bool,
) -> Option<Moment> {
    let begins = |b: &Block| {
        let begin = head(page.text_of(b).trim_start(), 24).to_lowercase();
        THIS.iter().any(|w| begin.starts_with(w))
    };
    let of_itself = |b: &Block| b.chars <= NOTE || b.chars <= NOTE_MAX && begins(b);
    let from = heading.unwrap_or(0) as usize;
    let notes = page.blocks.iter().skip(from).filter(|b| of_itself(b)).filter(|b| {
        let elem = page.elem(b.elem).filter(|e| !is_strange(page, e, heading));
        !b.zone.has(Zone::QUOTE) && elem.is_some()
    });
    let of_kind = |b: &Block| is_kind(&page.text_of(b).trim_start().to_lowercase());
    let date = |b: &Block| dates::in_words(page.text_of(b)).filter(|_| of_kind(b));
    let mut found = notes.filter_map(|b| Some((date(b)?, is_marked(page, b)))).peekable();
    let first = found.peek().map(|(date, _)| *date);
    found.find(|(_, marked)| *marked).map(|(date, _)| date).or(first)
}

fn is_marked(page: &Page<'_>, block: &Block) -> bool {
    let own = page.elem(block.elem).map(|e| e.words).unwrap_or_default();
    own.with(block.inline).has(Word::Date)
}

/// The date of the first `time` behind block `from` that gives one.
pub(super) fn in_times(page: &Page<'_>, heading: Option<u32>, from: u32) -> Option<Moment> {
    // What is quoted has dates of its own.
    let own = |e: &Elem<'_>| {
        e.tag == Tag::Time
            && e.blocks.start >= from
            && !e.zone.has(Zone::QUOTE)
            && !is_strange(page, e, heading)
    };
    let mut times = page.elems.iter().enumerate().filter(|(_, e)| own(e));
    times.find_map(|(at, e)| of_element(page, at, e))
}

/// The date of an element: as its attributes give it, else as it shows it.
pub(super) fn of_element(page: &Page<'_>, at: usize, elem: &Elem<'_>) -> Option<Moment> {
    let machine = elem.node.attr("datetime").or(elem.node.attr("content")).and_then(dates::parse);
    machine.or_else(|| dates::in_words(&page.text_inside(u32::try_from(at).ok()?, elem)))
}

/// Bytes of a paragraph in which a dateline stands, surely and perhaps.
const DATELINE: usize = 40;
const DATELINE_MAX: usize = 80;

/// The date with which one of the first paragraphs behind the headline begins
/// (`Berlin, 3 May 2026 –`).
pub(super) fn in_dateline(page: &Page<'_>, heading: Option<u32>) -> Option<Moment> {
    paragraphs(page, heading?).take(3).find_map(|text| dates::in_words(head(text, DATELINE)))
}

/// The date near the beginning of a paragraph behind the headline.
pub(super) fn in_paragraph(page: &Page<'_>, heading: Option<u32>) -> Option<Moment> {
    paragraphs(page, heading?).find_map(|text| dates::in_words(head(text, DATELINE_MAX)))
}

fn paragraphs<'p>(page: &'p Page<'_>, heading: u32) -> impl Iterator<Item = &'p str> {
    let behind = page.blocks.iter().skip(heading as usize).take(AFTER as usize);
    behind.filter(|b| b.chars >= SHORT).map(|b| page.text_of(b))
}

/// The first date in words in a block that says it is one, else in any short block; behind the
/// headline before others.
pub(super) fn in_text(page: &Page<'_>, heading: Option<u32>) -> Option<Moment> {
    let from = heading.unwrap_or(0) as usize;
    let short = |skip: usize| {
        let blocks = page.blocks.iter().skip(skip).filter(|b| b.chars < SHORT);
        blocks.filter(|b| page.elem(b.elem).is_some_and(|e| !is_strange(page, e, heading)))
    };
    let date = |b: &Block| dates::in_words(page.text_of(b));
    [from, 0]
        .into_iter()
        .find_map(|skip| {
            let mut marked = short(skip).filter(|b| is_marked(page, b));
            marked.find_map(date).or_else(|| short(skip).find_map(date))
        })
        .or_else(|| page.blocks.iter().filter(|b| b.chars < SHORT).find_map(date))
}

/// True where the page's dates in figures can only be read month first.
pub(super) fn is_month_first(page: &Page<'_>) -> bool {
    let short = page.blocks.iter().filter(|b| b.chars < SHORT);
    let orders = || short.clone().flat_map(|b| dates::all_in_words(page.text_of(b), 3));
    orders().any(|m| m.order == Order::MonthFirst) && !orders().any(|m| m.order == Order::DayFirst)
}
