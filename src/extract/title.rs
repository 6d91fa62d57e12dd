//! The headline: chosen among the page's claims, without the site's name.

use super::jsonld::Ld;
use super::meta::Metas;
use super::page::{Block, Page};
use crate::model::{Link, text};
use std::collections::HashSet;

/// Longest headline in bytes.
const TITLE_MAX: usize = 1024;

/// Marks that part a headline from the site's name.
const SEPARATORS: [&str; 11] =
    [" | ", " - ", " – ", " — ", " :: ", " · ", " • ", " » ", " « ", " / ", ": "];

/// A claim to be the headline.
pub(super) struct Titles {
    /// `og:title` and the like, cleaned.
    pub meta: Option<String>,
    pub ld: Option<String>,
    /// Text of the `title` element.
    pub document: Option<String>,
    pub site: Option<String>,
    /// The site's name in its address (`example` of `www.example.co.uk`).
    pub host: Option<String>,
    /// The block of the page's heading that is most like these claims.
    pub heading: Option<u32>,
}

impl Titles {
    /// The claims of a page's head.
    pub(super) fn read(
        page: &Page<'_>,
        metas: &Metas<'_>,
        ld: Option<&Ld>,
        address: Option<&Link>,
    ) -> Self {
        let clean = |t: &str| Some(plain(t)).filter(|t| !t.is_empty());
        let mut titles = Self {
            meta: metas
                .first(&[
                    "og:title",
                    "twitter:title",
                    "dc.title",
                    "dcterms.title",
                    "parsely-title",
                    "sailthru.title",
                    "title",
                ])
                .and_then(clean),
            ld: ld.and_then(|l| l.headline.as_deref()).and_then(clean),
            document: page.title.and_then(clean),
            site: site_name(metas, ld),
            host: address.and_then(|a| a.site().split('.').next().map(str::to_owned)),
            heading: None,
        };
        titles.heading = titles.find_heading(page);
        titles
    }

    /// All claims, best known first.
    pub(super) fn claims(&self) -> impl Iterator<Item = &str> {
        [&self.meta, &self.ld, &self.document].into_iter().flatten().map(String::as_str)
    }

    /// The headline of the page; empty where nothing claims to be one.
    pub(super) fn choose(&self, page: &Page<'_>) -> String {
        let block = self.heading.and_then(|h| page.blocks.get(h as usize));
        let heading = block.map(|b| plain(page.text_of(b)));
        let heading = heading.filter(|h| !h.is_empty() && !self.is_site(h));
        let claim = self.claims().next().map(|c| self.without_site(c));
        let title = match (heading, claim.filter(|c| !c.is_empty())) {
            (Some(heading), Some(claim)) => {
                if self.prefers_heading(page, &heading, &claim) {
                    heading
                } else {
                    claim
                }
            }
            (heading, claim) => claim.or(heading).unwrap_or_default(),
        };
        text::head(&self.without_section(title), TITLE_MAX).to_owned()
    }

    /// The title without the section's name, where the page says in its JSON-LD how much of
    /// `Section | Headline` is the headline.
    fn without_section(&self, title: String) -> String {
        let (Some(meta), Some(ld)) = (&self.meta, &self.ld) else { return title };
        let (whole, tail) = (squash(&title), squash(ld));
        let divided = meta.split_once(" | ").is_some_and(|(_, rest)| squash(rest) == tail);
        if divided && tail.len() > 12 && whole.ends_with(&tail) { ld.clone() } else { title }
    }

    /// True where the page's heading, not the claim of its head, is the headline: one of the
    /// claims says the same, or they say nearly the same, or the page has one `h1` only. What one
    /// has more at its beginning is a kicker of the heading or a part of the claim; what it has
    /// more at its end is the site or the section.
    fn prefers_heading(&self, page: &Page<'_>, heading: &str, claim: &str) -> bool {
        let (h, c) = (squash(heading), squash(claim));
        let is_own = |own: &Option<String>| own.as_deref().is_some_and(|own| squash(own) == h);
        let said = is_own(&self.meta) || is_own(&self.ld) && !h.ends_with(&c);
        let section = claim.rsplit_once(" | ").is_some_and(|(_, rest)| squash(rest) == h);
        if said || section {
            return true;
        }
        if h.ends_with(&c) || c.ends_with(&h) {
            return h == c;
        }
        let is_h1 = |b: &&Block| page.elem(b.elem).is_some_and(|e| e.tag == super::tag::Tag::H1);
        let mut h1 = page.blocks.iter().filter(is_h1);
        let only = h1.next().is_some_and(|b| squash(page.text_of(b)) == h) && h1.next().is_none();
        let like = alike(heading, claim);
        let unclaimed = self.meta.is_none() && self.ld.is_none();
        c.starts_with(&h)
            || like >= 0.5
            || (only && (like >= 0.25 || heading.split(' ').count() >= 4 || unclaimed))
    }

    /// The heading that is most like the claims: `h1` before others, those of a path of links
    /// to the page (breadcrumbs) last.
    fn find_heading(&self, page: &Page<'_>) -> Option<u32> {
        let claims: Vec<_> = self.claims().map(words).collect();
        let mut best: Option<(f32, u32)> = None;
        for (block, index) in
            page.blocks.iter().zip(0_u32..).filter(|(b, _)| b.chars > 3 && b.chars < 400)
        {
            let Some(elem) = page.elem(block.elem) else { continue };
            if !elem.tag.is_heading() {
                continue;
            }
            let own = words(page.text_of(block));
            let like = claims.iter().map(|c| overlap(c, &own)).fold(0.0, f32::max);
            let level = if elem.tag == super::tag::Tag::H1 { 0.35 } else { 0.0 };
            let path = if is_path(page, block) { 0.6 } else { 0.0 };
            let score = like + level - path;
            if score > 0.3 && best.is_none_or(|(s, _)| score > s + 0.01) {
                best = Some((score, index));
            }
        }
        best.map(|(_, index)| index)
    }

    fn is_site(&self, title: &str) -> bool {
        self.site.as_deref().is_some_and(|s| s.eq_ignore_ascii_case(title))
    }

    /// The title without the site's name at its end or beginning.
    fn without_site(&self, title: &str) -> String {
        let mut title = title.to_owned();
        for separator in SEPARATORS {
            while let Some((head, tail)) = title.rsplit_once(separator) {
                if !self.is_named(tail) || head.trim().is_empty() {
                    break;
                }
                title = head.trim().to_owned();
            }
            if let Some((head, tail)) = title.split_once(separator)
                && self.is_named(head)
                && !tail.trim().is_empty()
            {
                title = tail.trim().to_owned();
            }
        }
        title
    }

    fn is_named(&self, part: &str) -> bool {
        [&self.site, &self.host].into_iter().flatten().any(|site| {
            let (a, b) = (squash(site), squash(part));
            !b.is_empty()
                && (a == b
                    || (b.len() > 3 && b.len() * 2 >= a.len() && a.contains(&b))
                    || (a.len() > 3 && b.contains(&a) && b.len() < a.len() * 3))
        })
    }
}

/// True for a heading among the links that lead to the page.
fn is_path(page: &Page<'_>, block: &Block) -> bool {
    block.zone.has(super::page::Zone::NAV)
        || page.around(block.elem).take(4).any(|e| {
            e.class.to_ascii_lowercase().contains("breadcrumb")
                || e.node
                    .attr("aria-label")
                    .is_some_and(|l| l.to_ascii_lowercase().contains("breadcrumb"))
        })
}

/// The site's name as the page gives it.
pub(super) fn site_name(metas: &Metas<'_>, ld: Option<&Ld>) -> Option<String> {
    let given = metas
        .first(&[
            "og:site_name",
            "application-name",
            "apple-mobile-web-app-title",
            "dc.publisher",
            "twitter:app:name:iphone",
        ])
        .or_else(|| ld.and_then(|l| l.publisher.as_deref()))?;
    Some(plain(given)).filter(|s| !s.is_empty() && s.len() < 200)
}

/// Text of an attribute or a JSON string: entities that were escaped twice, tags gone.
pub(super) fn plain(raw: &str) -> String {
    if !raw.contains(['&', '<']) {
        return text::line(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        let is_tag = tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        if let Some((_, after)) = tag.split_once('>').filter(|_| is_tag) {
            rest = after;
        } else {
            out.push('<');
            rest = tag;
        }
    }
    out.push_str(rest);
    text::line(&unescape(&out))
}

fn unescape(text: &str) -> String {
    quick_xml::escape::unescape(text).map_or_else(|_| unescape_html(text), Into::into)
}

/// The text without references by HTML's own names (`&oacute;`), by HTML's own parser: JSON and
/// attributes escaped twice hold them.
fn unescape_html(text: &str) -> String {
    let safe = text.replace('<', "&lt;");
    scraper::Html::parse_fragment(&safe).root_element().text().collect()
}

/// The words of a text in lower case.
pub(super) fn words(text: &str) -> HashSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Share of the words that two sets have in common (Dice).
pub(super) fn overlap(a: &HashSet<String>, b: &HashSet<String>) -> f32 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of words of a line")]
    let share = 2.0 * a.intersection(b).count() as f32 / (a.len() + b.len()) as f32;
    share
}

fn alike(a: &str, b: &str) -> f32 {
    overlap(&words(a), &words(b))
}

/// Letters and digits only, lower case.
pub(super) fn squash(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
