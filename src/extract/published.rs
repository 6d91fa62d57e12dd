//! Dates of publication and of the last change: chosen among the page's claims.

use super::dates::{self, Moment};
use super::jsonld::Ld;
use super::meta::Metas;
use super::page::Page;
use super::words::Word;
use crate::model::Link;

/// The dates of a page.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Dates {
    pub published: Option<Moment>,
    pub modified: Option<Moment>,
}

/// Names of `meta` that give the date of publication, most trusted first.
const PUBLISHED: [&str; 30] = [
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
    "publication_date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dc.date",
    "dcterms.date",
    "cxenseparse:recs:publishtime",
    "article_date_original",
    "originalpublicationdate",
    "displaydate",
    "article.published",
    "published_time",
    "date",
    "created",
    "citation_publication_date",
    "citation_date",
    "shareaholic:article_published_time",
];

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

/// The dates of a page: metadata, JSON-LD, marked-up times, then words near the headline and the
/// address.
pub(super) fn read(
    page: &Page<'_>,
    metas: &Metas<'_>,
    ld: Option<&Ld>,
    url: Option<&Link>,
) -> Dates {
    let meta = |names: &[&str]| names.iter().find_map(|n| metas.values(n).find_map(dates::parse));
    let ld_date = |text: Option<&String>| text.and_then(|t| dates::parse(t));
    let address = url.and_then(|u| dates::in_address(u.as_str()));
    let published = ld_date(ld.and_then(|l| l.published.as_ref()))
        .or_else(|| meta(&PUBLISHED))
        .or_else(|| in_props(page, "datePublished"))
        .map(|moment| as_shown(page, moment, address))
        .or_else(|| in_times(page))
        .or(address)
        .or_else(|| in_text(page));
    let modified = ld_date(ld.and_then(|l| l.modified.as_ref()))
        .or_else(|| meta(&MODIFIED))
        .or_else(|| in_props(page, "dateModified"));
    Dates { published: published.or(modified), modified }
}

/// A moment in UTC on the clock of the page's readers, where the page shows them the day before
/// or after in its text or its address.
fn as_shown(page: &Page<'_>, moment: Moment, address: Option<Moment>) -> Moment {
    if !moment.offset.is_zero() {
        return moment;
    }
    let shown = [address, in_text(page)].into_iter().flatten().map(|m| m.day());
    let near = |day: &jiff::civil::Date| {
        let day_before = moment.day().yesterday().is_ok_and(|d| d == *day);
        day_before || moment.day().tomorrow().is_ok_and(|d| d == *day)
    };
    let mut days = shown.take_while(|day| *day != moment.day());
    days.find(near).map_or(moment, |day| moment.on_day(day))
}

/// The date of the first element with this `itemprop`.
fn in_props(page: &Page<'_>, prop: &str) -> Option<Moment> {
    let mut marked =
        page.elems.iter().enumerate().filter(|(_, e)| e.node.attr("itemprop") == Some(prop));
    marked.find_map(|(at, e)| of_element(page, at, e))
}

/// The date of the first `time` that gives one.
fn in_times(page: &Page<'_>) -> Option<Moment> {
    let mut times = page.elems.iter().enumerate().filter(|(_, e)| e.tag == super::tag::Tag::Time);
    times.find_map(|(at, e)| of_element(page, at, e))
}

fn of_element(page: &Page<'_>, at: usize, elem: &super::page::Elem<'_>) -> Option<Moment> {
    let machine = elem.node.attr("datetime").or(elem.node.attr("content")).and_then(dates::parse);
    machine.or_else(|| dates::in_words(&page.text_inside(u32::try_from(at).ok()?, elem)))
}

/// The first date in words in a block that says it is one, else in any short block.
fn in_text(page: &Page<'_>) -> Option<Moment> {
    let short = || page.blocks.iter().filter(|b| b.chars < 160);
    let mut marked = short().filter(|b| {
        let own = page.elem(b.elem).map(|e| e.words).unwrap_or_default();
        own.with(b.inline).has(Word::Date)
    });
    marked
        .find_map(|b| dates::in_words(page.text_of(b)))
        .or_else(|| short().find_map(|b| dates::in_words(page.text_of(b))))
}
