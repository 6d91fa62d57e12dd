//! What a feed's own rules find in a page: selectors that overrule what extraction finds.

use super::authors;
use super::dates::{self, Moment};
use super::page::Page;
use super::settings::{Css, Rules};
use std::collections::HashSet;

/// What configured selectors find in a page.
#[derive(Default)]
pub(super) struct Ruled {
    pub title: Option<String>,
    pub authors: Vec<String>,
    pub published: Option<Moment>,
    pub removed: HashSet<u32>,
    pub chosen: HashSet<u32>,
}

impl Ruled {
    /// What the selectors find.
    pub(super) fn read(parsed: &scraper::Html, page: &Page<'_>, rules: &Rules) -> Self {
        if *rules == Rules::default() {
            return Self::default();
        }
        let find = |css: &Css| -> Vec<u32> {
            let Some(selector) = css.selector() else { return Vec::new() };
            let nodes: HashSet<*const scraper::node::Element> =
                parsed.select(&selector).map(|e| std::ptr::from_ref(e.value())).collect();
            let listed = page.elems.iter().enumerate();
            listed
                .filter(|(_, e)| nodes.contains(&std::ptr::from_ref(e.node)))
                .filter_map(|(at, _)| u32::try_from(at).ok())
                .collect()
        };
        let texts = |css: &Css| -> Vec<String> {
            let elems = find(css).into_iter().filter_map(|i| page.elem(i).map(|e| (i, e)));
            elems
                .map(|(i, e)| crate::model::text::line(&page.text_inside(i, e)))
                .filter(|t| !t.is_empty())
                .collect()
        };
        let date = find(&rules.date).into_iter().next().and_then(|i| {
            let elem = page.elem(i)?;
            let machine = elem.node.attr("datetime").or(elem.node.attr("content"));
            machine.and_then(dates::parse).or_else(|| dates::parse(&page.text_inside(i, elem)))
        });
        Self {
            title: texts(&rules.title).into_iter().next(),
            authors: authors::clean(&texts(&rules.author), None),
            published: date,
            removed: find(&rules.remove).into_iter().collect(),
            chosen: find(&rules.content).into_iter().collect(),
        }
    }
}
