//! Dates of publication and of the last change: chosen among the page's claims.

use super::byline::is_foreign;
use super::dates::{self, Moment};
use super::jsonld::Ld;
use super::meta::Metas;
use super::page::{Page, Zone};
use super::slim::Script;
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
    scripts: &[Script<'_>],
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
        .or_else(|| in_text(page, heading))
        .or_else(|| in_dateline(page, heading));
    let published = published.or(modified).or_else(|| in_scripts(scripts));
    Dates { published, modified }
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
    let own = |block: &super::page::Block| block.chars < 160 && !block.zone.has(Zone::QUOTE);
    let blocks = page.blocks.iter().zip(0_u32..).filter(|(_, i)| region.contains(i));
    for (block, index) in blocks.filter(|(b, i)| own(b) && *i != heading) {
        let Some(elem) = page.elem(block.elem).filter(|e| !is_foreign(page, e, Some(heading)))
        else {
            continue;
        };
        let text = page.spaced_text_of(index, block);
        let found = dates::all_in_words(&text, 3);
        let label = page.blocks.get((index as usize).wrapping_sub(1)).filter(|b| b.chars < 25);
        let changed = !found.is_empty()
            && (names_change(&text) || label.is_some_and(|b| names_change(page.text_of(b))));
        let marked = elem.tag == Tag::Time || says_date(page, elem.words.with(block.inline), index);
        out.extend(found.into_iter().map(|moment| Shown {
            moment,
            marked,
            changed,
            in_words: true,
        }));
    }
    let times = page.elems.iter().enumerate().filter(|(_, e)| e.tag == Tag::Time);
    for (at, elem) in times.filter(|(_, e)| !e.zone.has(Zone::QUOTE)) {
        let near = region.contains(&elem.blocks.start) && !is_foreign(page, elem, Some(heading));
        let moment = if near { of_element(page, at, elem) } else { None };
        let changed = elem.node.attr("itemprop").is_some_and(|p| p.contains("odified"));
        out.extend(moment.map(|moment| Shown { moment, marked: true, changed, in_words: false }));
    }
    out.truncate(SHOWN_MAX);
    out
}

/// True where a text calls a date one of a change.
fn names_change(text: &str) -> bool {
    let lower = text.to_lowercase();
    CHANGED.iter().any(|w| lower.contains(w))
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
    let is_shown = |of: &Moment| shown.iter().find(|s| of.may_be_on(s.moment.day()));
    if is_shown(&moment).is_some() {
        return moment;
    }
    let modified = modified.filter(|m| m.at > moment.at);
    // Changed past midnight is not published again.
    let is_next = |day: jiff::civil::Date| {
        !moment.offset.is_zero() && moment.day().tomorrow().is_ok_and(|next| next == day)
    };
    if let Some(modified) = modified.filter(|m| !is_next(m.day()))
        && let Some(found) = is_shown(&modified).filter(|s| s.in_words && !s.changed)
    {
        return if found.moment.day() == modified.day() { modified } else { found.moment };
    }
    let until = modified.map(|m| m.day());
    let fits = |day: jiff::civil::Date| day > moment.day() && until.is_none_or(|u| day <= u);
    only_shown(shown).filter(|m| fits(m.day()) && !is_next(m.day())).unwrap_or(moment)
}

/// The one day that the page shows near its headline, where it shows it twice or marks it as its
/// date, and calls it no change.
fn only_shown(shown: &[Shown]) -> Option<Moment> {
    let first = shown.iter().find(|s| s.in_words)?;
    let alone = shown.iter().all(|s| s.moment.day() == first.moment.day() && !s.changed);
    let meant = shown.len() > 1 || first.marked;
    (alone && meant).then_some(first.moment)
}
/// A moment in UTC on the clock of the page's readers, where the page shows them the day before
/// or after in its text or its address; of several such days the first, for a change comes later.
fn as_shown(moment: Moment, address: Option<Moment>, shown: &[Shown]) -> Moment {
    if !moment.offset.is_zero() {
        return moment;
    }
    let near = |day: &jiff::civil::Date| {
        let one_day = jiff::Span::new().days(1);
        let apart =
            |day: jiff::civil::Date, other| day.checked_add(one_day).is_ok_and(|d| d == other);
        *day == moment.day() || apart(*day, moment.day()) || apart(moment.day(), *day)
    };
    let read = shown.iter().filter(|s| s.in_words).map(|s| s.moment);
    let read = address.into_iter().chain(read).map(|m| m.day()).filter(near).min();
    let marked = || shown.iter().map(|s| s.moment.day()).find(near);
    read.or_else(marked).filter(|day| *day != moment.day()).map_or(moment, |day| moment.on_day(day))
}

/// The date of the first element with this `itemprop`.
fn in_props(page: &Page<'_>, prop: &str) -> Option<Moment> {
    let has = |e: &super::page::Elem<'_>| e.hinted && e.node.attr("itemprop") == Some(prop);
    let mut marked = page.elems.iter().enumerate().filter(|(_, e)| has(e));
    marked.find_map(|(at, e)| of_element(page, at, e))
}

/// The date of the first `time` behind the headline that gives one, else of the first at all.
fn in_times(page: &Page<'_>, heading: Option<u32>) -> Option<Moment> {
    // What is quoted has dates of its own.
    let own = |e: &super::page::Elem<'_>| {
        e.tag == Tag::Time && !e.zone.has(Zone::QUOTE) && !is_foreign(page, e, heading)
    };
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

/// Bytes of a paragraph in which a dateline stands.
const DATELINE: usize = 80;

/// The date at the beginning of a paragraph behind the headline (`Berlin, 3 May 2026 –`).
fn in_dateline(page: &Page<'_>, heading: Option<u32>) -> Option<Moment> {
    let behind = page.blocks.iter().skip(heading? as usize).take(AFTER as usize);
    let mut long = behind.filter(|b| b.chars >= 160);
    long.find_map(|b| dates::in_words(crate::model::text::head(page.text_of(b), DATELINE)))
}

/// Names under which the data of a script gives a date of publication.
const KEYS: [&str; 6] = [
    "\"datePublished\"",
    "\"publishedAt\"",
    "\"published_at\"",
    "\"publishedDate\"",
    "\"publicationDate\"",
    "\"publishDate\"",
];

/// The first date of publication in the data of scripts: where the page itself names none.
fn in_scripts(scripts: &[Script<'_>]) -> Option<Moment> {
    let in_script = |script: &Script<'_>| {
        KEYS.iter().find_map(|key| {
            let at = memchr::memmem::find(script.body.as_bytes(), key.as_bytes())? + key.len();
            let rest = script.body.get(at..)?.trim_start().strip_prefix(':')?;
            let value = rest.trim_start().strip_prefix('"')?;
            dates::parse(crate::model::text::head(value.split('"').next()?, 40))
        })
    };
    scripts.iter().find_map(in_script)
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
