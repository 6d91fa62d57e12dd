//! Dates that a page gives to machines: JSON-LD, `meta` of all dialects, microdata, the address,
//! and, where it gives none of these, the data of scripts and the address of its picture.

use super::byline::is_foreign;
use super::dates::{self, Moment};
use super::jsonld::Ld;
use super::meta::Metas;
use super::page::{Elem, Page, Zone};
use super::shown;
use super::slim::Script;
use crate::model::Link;
use crate::model::text::head;

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

/// Parts of names of `meta` whose dates are those of something else than the text.
const OTHER: [&str; 12] = [
    "expir",
    "unpub",
    "valid",
    "copyright",
    "verif",
    "build",
    "version",
    "birth",
    "event",
    "title",
    "descr",
    "keyw",
];

/// What a page claims.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Claimed {
    pub published: Option<Moment>,
    pub modified: Option<Moment>,
    /// A date of which it says not what happened on it.
    pub unsure: Option<Moment>,
    /// The date in its address.
    pub address: Option<Moment>,
}

/// The claims of a page in JSON-LD, metadata and microdata, in this order, and in its address.
pub(super) fn read(
    page: &Page<'_>,
    metas: &Metas<'_>,
    ld: Option<&Ld>,
    url: Option<&Link>,
) -> Claimed {
    let meta = |names: &[&str]| names.iter().find_map(|n| metas.values(n).find_map(dates::parse));
    let in_ld = |text: Option<&String>| text.and_then(|t| dates::parse(t));
    Claimed {
        published: in_ld(ld.and_then(|l| l.published.as_ref()))
            .or_else(|| meta(&PUBLISHED))
            .or_else(|| in_props(page, "datePublished")),
        modified: in_ld(ld.and_then(|l| l.modified.as_ref()))
            .or_else(|| meta(&MODIFIED))
            .or_else(|| in_props(page, "dateModified")),
        unsure: meta(&UNSURE),
        address: url.and_then(|u| dates::in_address(u.as_str())),
    }
}

/// The date of the first element with this `itemprop`; comments and quoted posts have their own.
fn in_props(page: &Page<'_>, prop: &str) -> Option<Moment> {
    let has = |e: &Elem<'_>| e.hinted && e.node.attr("itemprop") == Some(prop);
    let own = |e: &Elem<'_>| !e.zone.has(Zone::QUOTE) && !is_foreign(page, e, None);
    let mut marked = page.elems.iter().enumerate().filter(|(_, e)| has(e) && own(e));
    marked.find_map(|(at, e)| shown::of_element(page, at, e))
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

/// The first date of publication in the data of scripts.
pub(super) fn in_scripts(scripts: &[Script<'_>]) -> Option<Moment> {
    let in_script = |script: &Script<'_>| {
        KEYS.iter().find_map(|key| {
            let at = memchr::memmem::find(script.body.as_bytes(), key.as_bytes())? + key.len();
            let rest = script.body.get(at..)?.trim_start().strip_prefix(':')?;
            let value = rest.trim_start().strip_prefix('"')?;
            dates::parse(head(value.split('"').next()?, 40))
        })
    };
    scripts.iter().find_map(in_script)
}

/// The first `meta` of any name that gives a day and a time of day: sites make up names of their
/// own. A day alone may be anything.
pub(super) fn in_any_meta(metas: &Metas<'_>) -> Option<Moment> {
    metas.all().find_map(|(name, value)| {
        let is_other = OTHER.iter().any(|part| name.contains(part));
        let has_time = value.len() < 40 && value.contains(':');
        if is_other || !has_time { None } else { dates::iso(value) }
    })
}

/// The date in the address of the picture that stands for the page: pictures are put into a folder
/// of the day.
pub(super) fn in_picture(metas: &Metas<'_>, ld: Option<&Ld>) -> Option<Moment> {
    let named = ["og:image", "twitter:image"].iter().flat_map(|name| metas.values(name));
    let in_ld = ld.into_iter().flat_map(|l| &l.images).map(String::as_str);
    named.chain(in_ld).find_map(dates::in_address)
}
