//! The authors of a page: chosen among JSON-LD, `meta`, marked elements and bylines by how much
//! each says.

use super::jsonld::Ld;
use super::meta::Metas;
pub(super) use super::names::clean;
use super::names::{is_agency, is_person, is_site};
use super::page::Page;
use super::title::squash;
use super::{byline, spoken};

/// Names of `meta` that give the authors, most trusted first.
const AUTHORS: [&str; 16] = [
    "author",
    "article:author",
    "og:article:author",
    "authors",
    "article:author_name",
    "citation_author",
    "dc.creator",
    "dcterms.creator",
    "dc.contributor",
    "parsely-author",
    "sailthru.author",
    "byl",
    "cxenseparse:author",
    "article.author",
    "author_name",
    "twitter:creator",
];

/// The authors of a page; `heading` is the block of its headline.
pub(super) fn read(
    page: &Page<'_>,
    metas: &Metas<'_>,
    ld: Option<&Ld>,
    site: Option<&str>,
    heading: Option<u32>,
) -> Vec<String> {
    let from_ld = clean(ld.map(|l| l.authors.as_slice()).unwrap_or_default(), site);
    let houses = ld.map(|l| l.houses.as_slice()).unwrap_or_default();
    let weight = |names: &[String], site| weight(names, site, houses);
    let from_metas = from_metas(metas, site);
    let shown = byline::marked(page, heading, site);
    let said = [from_ld, from_metas];
    let best = said.iter().map(|n| weight(n, site)).max().unwrap_or(0);
    if best >= PERSON {
        let chosen = said.into_iter().find(|n| weight(n, site) == best).unwrap_or_default();
        return if completes(&shown.line, &chosen) { shown.line } else { chosen };
    }
    let shown = shown.names;
    if weight(&shown, site) >= PERSON {
        return shown;
    }
    let spoken = spoken::spoken(page, heading, site);
    let [from_ld, from_metas] = said;
    // A house that names itself as the author in JSON-LD is one where no person is named.
    let own = from_ld.iter().any(|n| is_site(n, site));
    if own && weight(&spoken, site) < 2 {
        return from_ld;
    }
    let all = [spoken, from_ld, from_metas, shown];
    let best = all.iter().map(|n| weight(n, site)).max().unwrap_or(0);
    if best == 0 {
        return spoken::beside_date(page, heading);
    }
    all.into_iter().find(|n| weight(n, site) == best).unwrap_or_default()
}

/// The weight of names among which is a person's.
const PERSON: u8 = 4;

/// How much a list of names says: a person in full, a pen name, an account, an agency, the site.
fn weight(names: &[String], site: Option<&str>, houses: &[String]) -> u8 {
    let of = |name: &String| {
        let one_word = !name.contains(' ');
        if is_site(name, site) {
            1
        } else if houses.contains(name) {
            if is_agency(name) { 2 } else { 1 }
        } else if is_person(name) {
            PERSON
        } else if is_agency(name) || one_word && !name.chars().any(char::is_uppercase) {
            2
        } else {
            3
        }
    };
    names.iter().map(of).max().unwrap_or(0)
}

/// True where the byline shown names all the chosen and more persons.
fn completes(shown: &[String], chosen: &[String]) -> bool {
    let has = |name: &String| shown.iter().any(|s| squash(s) == squash(name));
    shown.len() > chosen.len() && chosen.iter().all(has) && shown.iter().all(|n| is_person(n))
}

/// The names of the first `meta` that gives some.
fn from_metas(metas: &Metas<'_>, site: Option<&str>) -> Vec<String> {
    let lists = AUTHORS.iter().map(|name| {
        let values = metas.values(name).filter(|v| !v.contains("://") && !v.starts_with('@'));
        clean(&values.map(str::to_owned).collect::<Vec<_>>(), site)
    });
    let lists: Vec<_> = lists.filter(|n| !n.is_empty()).collect();
    let best = lists.iter().map(|n| weight(n, site, &[])).max().unwrap_or(0);
    lists.into_iter().find(|n| weight(n, site, &[]) == best).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, expect: &[&str]) {
        assert_eq!(clean(&[raw.to_owned()], Some("The Gazette")), expect, "{raw}");
    }

    #[test]
    fn names_are_divided_and_cleaned() {
        check("By Ann Example and Bob Sample", &["Ann Example", "Bob Sample"]);
        check("Von Ann Example, Berlin 3. Mai", &["Ann Example", "Berlin"]);
        check("Posted on May 3, 2026 by Ann Example", &["Ann Example"]);
        check("Ann Example, The Gazette", &["Ann Example"]);
        check("Ann Example, Northern Times", &["Ann Example"]);
        check("Ann Example, MS, RDN, LD", &["Ann Example"]);
        check("Ann Example, Chief Officer and Head of Bridges", &["Ann Example"]);
        check("Ann Example ⋅ Review Editor", &["Ann Example"]);
        check("Rechtsanwalt Ann Example", &["Ann Example"]);
        check("Redaktion: Ann Example", &["Ann Example"]);
        check(", Northern Daily Reporter", &[]);
        check("Ann Example Fr, 18. Oktober 2026", &["Ann Example"]);
        check("Ann Example Senior Writer", &["Ann Example"]);
        check("Ann Example | ann@gazette.example | The Gazette", &["Ann Example"]);
        check("Text & Fotos: Ann Example", &["Ann Example"]);
        check("Von der Redaktion", &["Von der Redaktion"]);
        check("The Gazette et AFP", &["The Gazette", "AFP"]);
        check("View all posts by Ann Example", &[]);
        check("作者：王小明", &["王小明"]);
    }
}
