//! Evidence in the head of a page: `meta` and `link` of all dialects (OpenGraph, Twitter, Dublin
//! Core, parse.ly, sailthru, news keywords), as published.

use super::page::Page;

/// All `meta` of a page by lower-case name, in the page's order.
pub(super) struct Metas<'a> {
    all: Vec<(String, &'a str)>,
    links: Vec<(&'a str, &'a str)>,
}

impl<'a> Metas<'a> {
    /// The evidence of a page.
    pub(super) fn read(page: &Page<'a>) -> Self {
        let all = page.metas.iter().filter_map(|element| {
            let mut name = None;
            let mut content = None;
            for (key, value) in element.attrs() {
                match key {
                    "content" => content = Some(value.trim()),
                    "property" => name = Some(value),
                    "name" | "itemprop" | "http-equiv" => name = name.or(Some(value)),
                    _ => {}
                }
            }
            let content = content.filter(|c| !c.is_empty())?;
            let mut name = name?.trim().to_ascii_lowercase();
            // Dublin Core is written with a colon as well.
            if let Some(rest) = name.strip_prefix("dc:").or(name.strip_prefix("dcterms:")) {
                name = format!("dc.{rest}");
            }
            Some((name, content))
        });
        let links = page.links.iter().filter_map(|element| {
            let mut rel = None;
            let mut href = None;
            for (key, value) in element.attrs() {
                match key {
                    "rel" => rel = Some(value),
                    "href" => href = Some(value.trim()),
                    _ => {}
                }
            }
            Some((rel?, href.filter(|h| !h.is_empty())?))
        });
        Self { all: all.collect(), links: links.collect() }
    }

    /// The content of the first name of `names` that the page gives.
    pub(super) fn first(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.values(name).next())
    }

    /// All names with their contents.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.all.iter().map(|(name, content)| (name.as_str(), *content))
    }

    /// All contents of a name.
    pub(super) fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a str> + 's {
        self.all.iter().filter(move |(n, _)| n == name).map(|(_, content)| *content)
    }

    /// The address of the first `link` with this relation.
    pub(super) fn link(&self, relation: &str) -> Option<&'a str> {
        let found = self.links.iter().find(|(rel, _)| {
            rel.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case(relation))
        });
        found.map(|(_, href)| *href)
    }
}
