//! The headline: chosen among the page's claims, without the site's name.

use super::heading::{heading_tag, is_path, is_whole, logo, shown};
use super::jsonld::Ld;
use super::meta::Metas;
use super::names::is_eastern_letter;
use super::page::{Block, Page};
use super::tag::Tag;
use super::words::Word;
use crate::model::{Link, text};
use std::collections::HashSet;

/// Longest headline in bytes.
const TITLE_MAX: usize = 1024;

/// Most words in a site's name: some pages give their headline for it.
const NAME_MAX: usize = 10;

/// Marks that part a headline from the site's name.
const SEPARATORS: [&str; 12] =
    [" | ", " - ", " – ", " — ", " :: ", " · ", " • ", " » ", " « ", " / ", "│", ": "];

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
    /// The name in a heading that leads to the site's first page.
    pub logo: Option<String>,
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
            logo: logo(page),
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
        let heading = block.map(|b| self.of_heading(&shown(page, b)));
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

    /// The text of a heading; where no claim says all of it, the part of it that one says: the
    /// rest is a kicker or a subtitle.
    fn of_heading(&self, parts: &[String]) -> String {
        let whole = plain(&parts.concat());
        let bare: Vec<String> = self.bare().collect();
        let claims: Vec<String> = bare.iter().map(|c| squash(c)).collect();
        if let Some(at) = claims.iter().position(|c| *c == squash(&whole)) {
            return bare.into_iter().nth(at).filter(|c| parts_kicker(c, parts)).unwrap_or(whole);
        }
        let ends = (1..parts.len()).map(|at| parts.get(at..));
        let starts = (1..parts.len()).rev().map(|at| parts.get(..at));
        let said = ends.chain(starts).flatten().map(|part| plain(&part.concat()));
        let is_said = |part: &String| part.len() > 12 && claims.contains(&squash(part));
        let part = said.into_iter().find(is_said).or_else(|| {
            // Two kickers for one headline.
            let last = parts.get(1..).map(|p| plain(&p.concat()))?;
            let ends = claims.iter().any(|c| c.ends_with(&squash(&last)));
            (ends && last.split(' ').count() >= 4).then_some(last)
        });
        part.map_or(whole, |part| part.trim_start_matches([':', '|', '–', '-', ' ']).to_owned())
    }

    /// All claims without the site's name.
    fn bare(&self) -> impl Iterator<Item = String> {
        self.claims().map(|claim| self.without_site(claim))
    }

    /// True where the page's heading, not the claim of its head, is the headline: one of the
    /// claims says the same, or they say nearly the same, or the page has one `h1` only. What one
    /// has more at its beginning is a kicker of the heading or a part of the claim; what it has
    /// more at its end is the site or the section, unless all claims have it.
    fn prefers_heading(&self, page: &Page<'_>, heading: &str, claim: &str) -> bool {
        let (h, c) = (squash(heading), squash(claim));
        let says = |own: &Option<String>, key: &str| {
            own.as_deref()
                .is_some_and(|own| squash(own) == key || squash(&self.without_site(own)) == key)
        };
        let others = says(&self.ld, &h) || says(&self.document, &h);
        let section = claim.rsplit_once(" | ").is_some_and(|(_, rest)| squash(rest) == h);
        if says(&self.meta, &h) || others && !h.ends_with(&c) || section {
            return true;
        }
        let unclaimed = self.meta.is_none() && self.ld.is_none();
        let mut h1 = page.blocks.iter().filter(|b| heading_tag(page, b) == Some(Tag::H1));
        let h1_is = |b: &Block| squash(&shown(page, b).concat()) == h;
        if h.ends_with(&c) || c.ends_with(&h) {
            let agreed = says(&self.ld, &c);
            let count = heading.split(' ').count();
            let sure =
                count >= 5 && unclaimed || count >= 3 && h1.any(|b| is_whole(page, b) && h1_is(b));
            return h == c || c.ends_with(&h) && !agreed && sure;
        }
        if c.starts_with(&h) {
            return claim.contains(" | ") || !says(&self.ld, &c) || !says(&self.document, &c);
        }
        let only = h1.next().is_some_and(h1_is) && h1.next().is_none();
        let like = alike(heading, claim);
        like >= 0.5 || (only && (like >= 0.25 || heading.split(' ').count() >= 4 || unclaimed))
    }

    /// The heading that is most like the claims: `h1` before others, those of a path of links
    /// to the page (breadcrumbs) last.
    fn find_heading(&self, page: &Page<'_>) -> Option<u32> {
        let claims: Vec<_> = self.claims().map(words).collect();
        let bare: Vec<_> = self.bare().map(|c| squash(&c)).collect();
        let mut best: Option<(f32, u32)> = None;
        for (block, index) in
            page.blocks.iter().zip(0_u32..).filter(|(b, _)| b.chars > 3 && b.chars < 400)
        {
            let Some(tag) = heading_tag(page, block) else { continue };
            let text = page.text_of(block);
            let own = words(text);
            let like = claims.iter().map(|c| overlap(c, &own)).fold(0.0, f32::max);
            let level = if tag == Tag::H1 { 0.35 } else { 0.0 };
            let score = like + level + self.standing(page, block, &bare, like);
            if score > 0.3 && best.is_none_or(|(s, _)| score > s + 0.01) {
                best = Some((score, index));
            }
        }
        best.map(|(_, index)| index)
    }

    /// What the place and the parts of a heading say beside its likeness to the claims.
    fn standing(&self, page: &Page<'_>, block: &Block, bare: &[String], like: f32) -> f32 {
        // A heading in a menu or a path is the headline only where all claims say so.
        let key = squash(page.text_of(block));
        if is_path(page, block) && !(bare.len() > 1 && bare.iter().all(|c| *c == key)) {
            return -0.6;
        }
        if self.is_site(page.text_of(block).trim()) {
            return -0.5;
        }
        let Some(claim) = self.meta.as_ref().and(bare.first()) else { return 0.0 };
        if key == *claim {
            return 0.1;
        }
        // A kicker above what the page's first claim says stands above the headline alone.
        let is_comment = page.around(block.elem).take(2).any(|e| e.words.has(Word::Comment));
        if is_comment || claim.len() < 20 || !key.ends_with(claim) {
            return 0.0;
        }
        let parts = shown(page, block);
        let ends = |at: usize| parts.get(at..).is_some_and(|p| squash(&p.concat()) == *claim);
        if (1..parts.len()).any(ends) { 1.4 - like } else { 0.0 }
    }

    fn is_site(&self, title: &str) -> bool {
        [&self.site, &self.logo].into_iter().flatten().any(|s| s.eq_ignore_ascii_case(title))
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
                // Before a colon stand topics that sites are named after as well.
                && (separator != ": " || self.is_own_name(head))
                && !tail.trim().is_empty()
            {
                title = without_archive(tail.trim()).to_owned();
            }
        }
        without_eastern_site(&title).to_owned()
    }

    fn is_own_name(&self, part: &str) -> bool {
        let names = [&self.site, &self.host, &self.logo];
        names.into_iter().flatten().any(|name| squash(name) == squash(part))
    }

    fn is_named(&self, part: &str) -> bool {
        [&self.site, &self.host, &self.logo].into_iter().flatten().any(|site| {
            let (a, b) = (squash(site), squash(part));
            !b.is_empty()
                && (a == b
                    || (b.len() > 3 && b.len() * 2 >= a.len() && a.contains(&b))
                    || (a.len() > 3 && b.contains(&a) && b.len() < a.len() * 3))
        })
    }
}

/// True where a claim parts the first element of a heading, its kicker, from the rest by a mark.
fn parts_kicker(claim: &str, parts: &[String]) -> bool {
    let kicker = parts.first().filter(|_| parts.len() > 1);
    let rest = kicker.and_then(|k| claim.strip_prefix(k.trim()));
    rest.is_some_and(|rest| [": ", " - ", " – ", " — ", " | "].iter().any(|m| rest.starts_with(m)))
}

/// The title without what a widespread blog software sets between site and title.
fn without_archive(title: &str) -> &str {
    let rest = title.strip_prefix("Blog Archive").or(title.strip_prefix("Blog Archiv"));
    rest.and_then(|r| r.trim_start().strip_prefix('»')).map_or(title, str::trim_start)
}

/// The title without the names of site and section in Chinese or Japanese, which stand behind it
/// without a space (`标题-新华网`).
fn without_eastern_site(title: &str) -> &str {
    let mut rest = title;
    while let Some((head, tail)) = rest.rsplit_once(['-', '_', '|', '｜']) {
        let is_name = (2..=8).contains(&tail.trim().chars().count());
        let eastern = |text: &str| text.trim().chars().all(is_eastern_letter);
        if !is_name || !eastern(tail) || !head.trim().ends_with(is_eastern_mark) {
            break;
        }
        rest = head.trim_end();
    }
    rest
}

/// True for a letter or a mark of eastern scripts.
fn is_eastern_mark(c: char) -> bool {
    is_eastern_letter(c) || matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
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
    let is_name = |s: &String| !s.is_empty() && s.len() < 200 && s.split(' ').count() <= NAME_MAX;
    Some(plain(given)).filter(is_name)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// `claims` stand in the head, one a line: the document's title, `og:title`, JSON-LD.
    #[track_caller]
    fn check(claims: &str, body: &str, expect: &str) {
        let mut lines = claims.lines().map(|l| Some(l.trim()).filter(|l| !l.is_empty()));
        let title = lines.next().flatten().unwrap_or_default();
        let meta =
            lines.next().flatten().map(|m| format!("<meta property='og:title' content='{m}'>"));
        let headline = lines.next().flatten().map(str::to_owned);
        let source = format!("<title>{title}</title>{}{body}", meta.unwrap_or_default());
        let parsed = scraper::Html::parse_document(&source);
        let page = Page::read(&parsed);
        let ld = headline.map(|headline| Ld { headline: Some(headline), ..Ld::default() });
        let address = Link::parse("https://gazette.example/page", None);
        let titles = Titles::read(&page, &Metas::read(&page), ld.as_ref(), address.as_ref());
        assert_eq!(titles.choose(&page), expect);
    }

    #[test]
    fn the_heading_is_taken_where_claims_say_the_same() {
        check(
            "Town opens bridge | Gazette\nBridge ready at last",
            "<h1>Town opens bridge</h1>",
            "Town opens bridge",
        );
        check(
            "A\nAnn Example: The bridge is ours",
            "<h1>The bridge is ours</h1>",
            "The bridge is ours",
        );
        check(
            "Opinion: The bridge is ours\nOpinion: The bridge is ours\nOpinion: The bridge is ours",
            "<h1>The bridge is ours</h1>",
            "Opinion: The bridge is ours",
        );
    }

    #[test]
    fn a_tail_that_all_claims_have_is_the_headlines_own() {
        let all = "Bridges - the whole list\nBridges - the whole list\nBridges - the whole list";
        check(all, "<h1>Bridges</h1>", "Bridges - the whole list");
        check(
            "Bridges - Gazette\nBridges - Gazette\nBridges - Gazette",
            "<h1>Bridges</h1>",
            "Bridges",
        );
    }

    #[test]
    fn a_kicker_goes_where_a_claim_has_none() {
        check(
            "Bridge prices and where to pay\nBridge prices and where to pay\nThe bridge costs more from May",
            "<h1><span>Bridge prices and where to pay</span> The bridge costs more from May</h1>",
            "The bridge costs more from May",
        );
        check(
            "Bridge price rise explained\nThe bridge costs more from May\nBridge price rise explained",
            "<h1>Bridge price rise explained</h1><h2><span>Traffic</span> <span>The bridge costs more from May</span></h2>",
            "The bridge costs more from May",
        );
    }

    #[test]
    fn a_claim_gives_the_mark_behind_a_kicker() {
        check(
            "Traffic - Town opens bridge\nTraffic - Town opens bridge",
            "<h1><span>Traffic</span><span>Town opens bridge</span></h1>",
            "Traffic - Town opens bridge",
        );
    }

    #[test]
    fn names_of_sites_go_wherever_they_stand() {
        check("桥梁今天正式开通了-新华网", "", "桥梁今天正式开通了");
        check("Gazette » Blog Archive » Town opens bridge", "", "Town opens bridge");
        check("Gazettes: a history\nGazettes: a history", "", "Gazettes: a history");
    }

    #[test]
    fn what_only_screen_readers_say_is_left_out() {
        let unseen = "<h1>Town opens bridge<span class='sr-only'> | Old Gazette</span></h1>";
        check("Town opens bridge", unseen, "Town opens bridge");
        let mark =
            "<h1><b>Traffic</b><i class='visually-hidden'>: </i><b>Town opens bridge</b></h1>";
        check("Traffic: Town opens bridge", mark, "Traffic: Town opens bridge");
    }

    #[test]
    fn the_sites_own_heading_is_no_headline() {
        check(
            "Soup with apples | Love and kitchen",
            "<h1><a href='https://love.example/'>Love and kitchen</a></h1><h2>Soup with apples</h2>",
            "Soup with apples",
        );
    }
}
