//! Dates of publication and of the last change: chosen among the page's claims.

use super::byline::is_foreign;
use super::dates::{self, Moment};
use super::jsonld::Ld;
use super::meta::Metas;
use super::page::Page;
use super::tag::Tag;
use super::words::Word;
use crate::model::Link;

/// The dates of a page.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Dates {
    pub published: Option<Moment>,
    pub modified: Option<Moment>,
}

/// Names of `meta` that give the date of publication, most trusted first.
const PUBLISHED: [&str; 38] = [
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "date_published",
    "parsely-pub-date",
    "sailthru.date",
    "publishdate",
    "publish_date",
    "publish-date",
    "pubdate",
    "pub_date",
    "og:pubdate",
    "article:published_date",
    "article:publicationdate",
    "article:post_date",
    "published-date",
    "dcsext.articlefirstpublished",
    "rnews:datepublished",
    "bt:pubdate",
    "firstpublished",
    "dc.issued",
    "publication_date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "cxenseparse:recs:publishtime",
    "article_date_original",
    "originalpublicationdate",
    "displaydate",
    "article.published",
    "published_time",
    "citation_publication_date",
    "citation_date",
    "shareaholic:article_published_time",
    "dc.date",
];

/// Names of `meta` that give a date and leave open of what.
const UNSURE: [&str; 5] = ["dcterms.date", "date", "created", "datecreated", "revised"];

/// Names of `meta` that give the date of the last change.
const MODIFIED: [&str; 9] = [
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "modified",
    "lastmod",
];

/// Blocks before and after the headline in which a page shows its date.
const BEFORE: u32 = 8;
const AFTER: u32 = 16;

/// Most dates that are read near the headline.
const SHOWN_MAX: usize = 12;

/// Words that name a change, in lower case, beside a date.
const CHANGED: [&str; 17] = [
    "updated",
    "update:",
    "modified",
    "aktualisiert",
    "stand:",
    "mis à jour",
    "modifié",
    "actualizado",
    "atualizado",
    "aggiornat",
    "bijgewerkt",
    "opdateret",
    "oppdatert",
    "uppdaterad",
    "aktualizováno",
    "aktualizacja",
    "обновлено",
];

/// The dates of a page: JSON-LD, metadata, marked-up times, then words near the headline, the
/// address, and words elsewhere.
///
/// Where the page shows its readers under the headline only the day of its last change, that day
/// is the date of this publication.
pub(super) fn read(
    page: &Page<'_>,
    metas: &Metas<'_>,
    ld: Option<&Ld>,
    url: Option<&Link>,
    heading: Option<u32>,
) -> Dates {
    let meta = |names: &[&str]| names.iter().find_map(|n| metas.values(n).find_map(dates::parse));
    let ld_date = |text: Option<&String>| text.and_then(|t| dates::parse(t));
    let address = url.and_then(|u| dates::in_address(u.as_str()));
    let shown = near_headline(page, heading);
    let modified = ld_date(ld.and_then(|l| l.modified.as_ref()))
        .or_else(|| meta(&MODIFIED))
        .or_else(|| in_props(page, "dateModified"));
    let published = ld_date(ld.and_then(|l| l.published.as_ref()))
        .or_else(|| meta(&PUBLISHED))
        .or_else(|| in_props(page, "datePublished"))
        .map(|moment| as_shown(moment, address, &shown))
        .map(|moment| republished(moment, modified, &with_named(&shown, meta(&UNSURE))))
        .or_else(|| confirmed(meta(&UNSURE), &shown))
        .or_else(|| confirmed(address, &shown))
        .or_else(|| first_of(&shown))
        .or_else(|| meta(&UNSURE))
        .or_else(|| in_times(page, heading))
        .or(address)
        .or_else(|| in_text(page, heading));
    Dates { published: published.or(modified), modified }
}

/// A date that the page shows near its headline.
#[derive(Debug, Clone, Copy)]
struct Shown {
    moment: Moment,
    /// It stands in an element that says it is a date.
    marked: bool,
    /// It stands beside a word that names a change.
    changed: bool,
    /// A reader sees the date itself, not only how long ago it was.
    in_words: bool,
}

/// The dates shown and the one that the page names without saying of what.
fn with_named(shown: &[Shown], named: Option<Moment>) -> Vec<Shown> {
    let named = named.map(|moment| Shown { moment, marked: false, changed: false, in_words: true });
    shown.iter().copied().chain(named).collect()
}

/// The dates shown near the headline, in the page's order.
fn near_headline(page: &Page<'_>, heading: Option<u32>) -> Vec<Shown> {
    let Some(heading) = heading else { return Vec::new() };
    let region = heading.saturating_sub(BEFORE)..heading + AFTER;
    let mut out = Vec::new();
    let blocks = page.blocks.iter().zip(0_u32..).filter(|(_, i)| region.contains(i));
    for (block, index) in blocks.filter(|(b, i)| b.chars < 160 && *i != heading) {
        let Some(elem) = page.elem(block.elem).filter(|e| !is_foreign(page, e, Some(heading)))
        else {
            continue;
        };
        let text = page.text_of(block);
        let found = dates::all_in_words(text, 3);
        if found.is_empty() {
            continue;
        }
        let label = page.blocks.get((index as usize).wrapping_sub(1)).filter(|b| b.chars < 25);
        let names_change = |text: &str| {
            let lower = text.to_lowercase();
            CHANGED.iter().any(|w| lower.contains(w))
        };
        let changed = names_change(text) || label.is_some_and(|b| names_change(page.text_of(b)));
        let marked = elem.tag == Tag::Time || says_date(page, elem.words.with(block.inline), index);
        out.extend(found.into_iter().map(|moment| Shown {
            moment,
            marked,
            changed,
            in_words: true,
        }));
    }
    for (at, elem) in page.elems.iter().enumerate().filter(|(_, e)| e.tag == Tag::Time) {
        let near = region.contains(&elem.blocks.start) && !is_foreign(page, elem, Some(heading));
        let moment = if near { of_element(page, at, elem) } else { None };
        let changed = elem.node.attr("itemprop").is_some_and(|p| p.contains("odified"));
        out.extend(moment.map(|moment| Shown { moment, marked: true, changed, in_words: false }));
    }
    out.truncate(SHOWN_MAX);
    out
}

/// True where the block's element or one just around it says it is a date.
fn says_date(page: &Page<'_>, own: super::words::Words, block: u32) -> bool {
    own.has(Word::Date)
        || page.blocks.get(block as usize).is_some_and(|b| {
            page.around(b.elem)
                .skip(1)
                .take(1)
                .any(|e| e.words.has(Word::Date) && e.blocks.len() < 4)
        })
}

/// The date of publication among those shown: one that is marked and of no change; of several in
/// one line of both, the earliest.
fn first_of(shown: &[Shown]) -> Option<Moment> {
    let marked = shown.iter().find(|s| s.marked && !s.changed);
    let changed = shown.iter().filter(|s| s.marked && s.changed).min_by_key(|s| s.moment.at);
    let plain = shown.iter().find(|s| !s.changed);
    marked.or(changed).or(plain).or(shown.first()).map(|s| s.moment)
}

/// A date that the page shows as well.
fn confirmed(claim: Option<Moment>, shown: &[Shown]) -> Option<Moment> {
    claim.filter(|c| shown.iter().any(|s| s.moment.day() == c.day()))
}

/// The day of the last change where the page shows that day, without calling it a change, and not the
/// one it names first.
fn republished(moment: Moment, modified: Option<Moment>, shown: &[Shown]) -> Moment {
    let Some(modified) = modified.filter(|m| m.at > moment.at) else { return moment };
    // Changed past midnight is not published again.
    let next = moment.day().tomorrow().is_ok_and(|d| d == modified.day());
    if next && !moment.offset.is_zero() {
        return moment;
    }
    let is_shown = |of: &Moment| shown.iter().find(|s| of.may_be_on(s.moment.day()));
    match is_shown(&modified) {
        Some(found) if found.in_words && !found.changed && is_shown(&moment).is_none() => {
            if found.moment.day() == modified.day() { modified } else { found.moment }
        }
        _ => moment,
    }
}

/// A moment in UTC on the clock of the page's readers, where the page shows them the day before
/// or after in its text or its address.
fn as_shown(moment: Moment, address: Option<Moment>, shown: &[Shown]) -> Moment {
    if !moment.offset.is_zero() {
        return moment;
    }
    let days = address.into_iter().chain(shown.iter().map(|s| s.moment)).map(|m| m.day());
    let near = |day: &jiff::civil::Date| {
        let day_before = moment.day().yesterday().is_ok_and(|d| d == *day);
        day_before || moment.day().tomorrow().is_ok_and(|d| d == *day)
    };
    let mut days = days.take_while(|day| *day != moment.day());
    days.find(near).map_or(moment, |day| moment.on_day(day))
}

/// The date of the first element with this `itemprop`.
fn in_props(page: &Page<'_>, prop: &str) -> Option<Moment> {
    let has = |e: &super::page::Elem<'_>| e.hinted && e.node.attr("itemprop") == Some(prop);
    let mut marked = page.elems.iter().enumerate().filter(|(_, e)| has(e));
    marked.find_map(|(at, e)| of_element(page, at, e))
}

/// The date of the first `time` behind the headline that gives one, else of the first at all.
fn in_times(page: &Page<'_>, heading: Option<u32>) -> Option<Moment> {
    let own = |e: &super::page::Elem<'_>| e.tag == Tag::Time && !is_foreign(page, e, heading);
    let times = || page.elems.iter().enumerate().filter(|(_, e)| own(e));
    let from = heading.unwrap_or(0);
    let mut behind = times().filter(|(_, e)| e.blocks.start >= from);
    behind
        .find_map(|(at, e)| of_element(page, at, e))
        .or_else(|| times().find_map(|(at, e)| of_element(page, at, e)))
}

fn of_element(page: &Page<'_>, at: usize, elem: &super::page::Elem<'_>) -> Option<Moment> {
    let machine = elem.node.attr("datetime").or(elem.node.attr("content")).and_then(dates::parse);
    machine.or_else(|| dates::in_words(&page.text_inside(u32::try_from(at).ok()?, elem)))
}

/// The first date in words in a block that says it is one, else in any short block; behind the
/// headline before others.
fn in_text(page: &Page<'_>, heading: Option<u32>) -> Option<Moment> {
    let from = heading.unwrap_or(0) as usize;
    let short = |skip: usize| {
        let blocks = page.blocks.iter().skip(skip).filter(|b| b.chars < 160);
        blocks.filter(|b| page.elem(b.elem).is_some_and(|e| !is_foreign(page, e, heading)))
    };
    let is_marked = |b: &&super::page::Block| {
        let own = page.elem(b.elem).map(|e| e.words).unwrap_or_default();
        own.with(b.inline).has(Word::Date)
    };
    let date = |b: &super::page::Block| dates::in_words(page.text_of(b));
    [from, 0]
        .into_iter()
        .find_map(|skip| {
            short(skip).filter(is_marked).find_map(date).or_else(|| short(skip).find_map(date))
        })
        .or_else(|| page.blocks.iter().filter(|b| b.chars < 160).find_map(date))
}
