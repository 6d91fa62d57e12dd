//! The feed's own text as an article: what is kept where there is no page or it says less.

use super::page::Page;
use super::slim::{Bounds, slim};
use super::{Extracted, Settings, images, language, render, title};
use crate::model::{Entry, Extraction, Link, TextSource, text};

/// The article as far as the feed tells it: full content, else the teaser; never empty where the
/// entry has any text.
pub fn from_entry(entry: &Entry, base: Option<&Link>, settings: &Settings) -> Extracted {
    let base = entry.link.as_ref().or(base);
    let source = longer(entry.content.as_deref(), entry.summary.as_deref());
    let (text, html, images) = render_fragment(source, base, settings);
    let summary = entry.summary.as_deref().map(|s| render_fragment(s, base, settings).0);
    let authors: Vec<String> = entry.authors.iter().map(|p| p.name.clone()).collect();
    let declared = entry.language.clone();
    Extracted {
        title: title::plain(&entry.title),
        authors: super::authors::clean(&authors, None),
        published: entry.published,
        modified: entry.updated,
        language: declared.or_else(|| language::detect(&text)),
        summary: summary.map(|s| text::line(&s)).filter(|s| !s.is_empty()),
        tags: entry.categories.clone(),
        text,
        html,
        images,
        extraction: Extraction {
            from: TextSource::Feed,
            confidence: if entry.content.is_some() { 0.8 } else { 0.5 },
            paywalled: false,
            dropped: Vec::new(),
        },
        ..Extracted::default()
    }
}

fn longer<'a>(content: Option<&'a str>, summary: Option<&'a str>) -> &'a str {
    let (content, summary) = (content.unwrap_or_default(), summary.unwrap_or_default());
    if content.trim().is_empty() { summary } else { content }
}

/// Text, safe HTML and pictures of a piece of HTML.
pub(super) fn render_fragment(
    html: &str,
    base: Option<&Link>,
    settings: &Settings,
) -> (String, String, Vec<crate::model::Image>) {
    let bounds = Bounds {
        depth: settings.max_depth,
        elements: settings.max_elements,
        all_attributes: false,
    };
    let slim = slim(text::head(html, settings.max_size.len()), bounds);
    let parsed = scraper::Html::parse_document(&slim.html);
    let page = Page::read(&parsed);
    let kept: Vec<bool> =
        page.blocks.iter().map(|b| !b.zone.has(super::page::Zone::HIDDEN)).collect();
    let all = 0..u32::try_from(page.blocks.len()).unwrap_or(u32::MAX).saturating_add(1);
    let captions = images::captions(&page);
    let found = images::body_images(&page, all, &captions, base);
    let body = render::safe_html(&page, &kept, &found, base);
    (render::plain_text(&page, &kept), body, images::in_order(found))
}
