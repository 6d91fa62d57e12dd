//! HTML → title, byline, dates, body, images, and what was dropped and why.
//!
//! One parse, then passes over flat lists: [`slim`] bounds the source, `page` walks the tree once,
//! `meta` and `jsonld` collect what the page says of itself, `body` decides about each block of
//! text, `render` writes the kept ones as text and as safe HTML. Nothing here knows a clock or a
//! network: whether a canonical address is to be trusted, and what to fetch next, others decide.

mod attribute;
mod authors;
mod body;
mod byline;
mod claimed;
mod dates;
mod decode;
mod elsewhere;
mod entry;
mod features;
mod forest;
mod heading;
mod images;
mod jsonld;
mod language;
mod lines;
mod markdown;
mod meta;
mod names;
mod page;
mod phrases;
mod published;
mod refuse;
mod render;
mod ruled;
mod settings;
mod shown;
mod slim;
mod spoken;
mod stats;
mod survey;
mod tag;
mod terms;
mod title;
mod tokens;
mod words;
mod zone;

use crate::model::{Entry, Extraction, Image, Link, TextSource, Timestamp};
use body::Verdict;
pub use body::{ON_SITE, OnSite};
pub use decode::decode;
pub use entry::from_entry;
pub use markdown::markdown;
use page::Page;
pub use refuse::Refused;
use ruled::Ruled;
pub use settings::{Css, FullText, Rules, Settings};
use std::collections::HashSet;

/// What is known of a page before it is read.
#[derive(Debug, Clone, Default)]
pub struct Hints<'a> {
    /// The address it was fetched from: relative links are resolved against it.
    pub url: Option<Link>,
    /// The feed's entry that led here: its title, dates and texts are evidence.
    pub entry: Option<&'a Entry>,
    /// What stands on other pages of the same site; `None` where nobody knows.
    pub on_site: Option<OnSite<'a>>,
}

/// An article as its page shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Extracted {
    /// Headline without the site's name, one line; may be empty.
    pub title: String,
    /// Clean names in the page's order.
    pub authors: Vec<String>,
    /// Date of publication as the page gives it; never checked against a clock here.
    pub published: Option<Timestamp>,
    /// Seconds east of Greenwich of the clock on which the page gives that date.
    pub published_offset: i32,
    /// Date of the last change as the page gives it.
    pub modified: Option<Timestamp>,
    /// BCP 47 tag, declared or detected.
    pub language: Option<String>,
    /// The page's own claim to its address (`rel=canonical`, else `og:url`).
    pub canonical: Option<Link>,
    /// The publisher's name as the page gives it.
    pub site_name: Option<String>,
    /// Teaser, plain text.
    pub summary: Option<String>,
    /// Body: paragraphs separated by one empty line.
    pub text: String,
    /// Body as a safe subset of HTML.
    pub html: String,
    /// Pictures of the body with caption and credit.
    pub images: Vec<Image>,
    /// Keywords of the page.
    pub tags: Vec<String>,
    /// How the text was obtained.
    pub extraction: Extraction,
    /// The next page of an article in several parts.
    pub next_page: Option<Link>,
    /// Blocks that were left out, for a person who asks why.
    pub dropped: Vec<Dropped>,
}

impl Default for Extracted {
    fn default() -> Self {
        Self {
            title: String::new(),
            authors: Vec::new(),
            published: None,
            published_offset: 0,
            modified: None,
            language: None,
            canonical: None,
            site_name: None,
            summary: None,
            text: String::new(),
            html: String::new(),
            images: Vec::new(),
            tags: Vec::new(),
            extraction: Extraction {
                from: TextSource::Page,
                confidence: 0.0,
                paywalled: false,
                dropped: Vec::new(),
            },
            next_page: None,
            dropped: Vec::new(),
        }
    }
}

/// A block that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// What it was taken for (`related`, `cookie-notice`, …).
    pub why: &'static str,
    /// Its text.
    pub text: String,
}

/// What the model sees of each block of a page, for training: its text, its row of features, and
/// why a rule leaves it out before the model is asked, if one does.
pub fn block_rows(
    html: &str,
    settings: &Settings,
) -> Vec<(String, Vec<f32>, Option<&'static str>)> {
    let slim = slim::slim(html, bounds(settings));
    let parsed = scraper::Html::parse_document(&slim.html);
    let page = Page::read(&parsed);
    let metas = meta::Metas::read(&page);
    let ld = jsonld::read(&slim.scripts, page.title.unwrap_or_default());
    let address = address(&metas, &Hints::default());
    let titles = title::Titles::read(&page, &metas, ld.as_ref(), address.as_ref());
    let authors = authors::read(&page, &metas, ld.as_ref(), titles.site.as_deref(), titles.heading);
    let captions = images::captions(&page);
    let claims: Vec<String> =
        titles.claims().map(str::to_owned).chain([titles.choose(&page)]).collect();
    let known = features::Known {
        titles: &claims,
        description: description(&metas, ld.as_ref()).unwrap_or_default(),
        ld_body: ld.as_ref().and_then(|l| l.body.as_deref()).unwrap_or_default(),
        authors: &authors,
        captions: &captions,
    };
    let rows = features::rows(&page, &stats::Stats::of(&page), &known);
    let none = HashSet::new();
    let context = body::Context { known, on_site: None, removed: &none, chosen: &none };
    let blocks = page.blocks.iter().zip(0_u32..).zip(rows.values.chunks(rows.width.max(1)));
    blocks
        .map(|((block, index), row)| {
            let why = body::why_left_out(&page, &context, &rows, index, block);
            (page.text_of(block).trim().to_owned(), row.to_vec(), why)
        })
        .collect()
}

/// The page's own teaser.
fn description<'e>(metas: &meta::Metas<'e>, ld: Option<&'e jsonld::Ld>) -> Option<&'e str> {
    metas
        .first(&["og:description", "description", "twitter:description"])
        .or_else(|| ld.and_then(|l| l.description.as_deref()))
}

fn bounds(settings: &Settings) -> slim::Bounds {
    slim::Bounds {
        depth: settings.max_depth,
        elements: settings.max_elements,
        all_attributes: settings.rules != Rules::default(),
    }
}

/// The article of a page.
///
/// # Errors
/// The page is too big, or is no article: a challenge, a consent wall, a login, an error page, or
/// without text.
pub fn extract(html: &str, hints: &Hints<'_>, settings: &Settings) -> Result<Extracted, Refused> {
    if html.len() > settings.max_size.len() {
        return Err(Refused::TooBig(html.len()));
    }
    read(html, hints, settings, |parsed, page, evidence| {
        assemble(parsed, page, evidence, hints, settings)
    })
}

/// What a page says of itself, whether or not it holds an article: title, authors, dates, tags,
/// without a text. A page whose text comes with a script, or stands behind a wall, often tells these
/// rightly; nothing here is checked against what it shows instead.
pub fn claims(html: &str, hints: &Hints<'_>, settings: &Settings) -> Extracted {
    if html.len() > settings.max_size.len() {
        return Extracted::default();
    }
    read(html, hints, settings, |parsed, page, evidence| {
        let titles = titles(page, evidence);
        let rules = Ruled::read(parsed, page, &settings.rules);
        described(page, evidence, &titles, &rules)
    })
}

/// Reads a page, and what `then` makes of it.
fn read<T>(
    html: &str,
    hints: &Hints<'_>,
    settings: &Settings,
    then: impl FnOnce(&scraper::Html, &Page<'_>, &Evidence<'_>) -> T,
) -> T {
    let slim = slim::slim(html, bounds(settings));
    let parsed = scraper::Html::parse_document(&slim.html);
    let page = Page::read(&parsed);
    let metas = meta::Metas::read(&page);
    let ld = jsonld::read(&slim.scripts, page.title.unwrap_or_default());
    let address = address(&metas, hints);
    let base = page.base.and_then(|b| Link::parse(b, address.as_ref())).or(address.clone());
    let scripts = slim.scripts.as_slice();
    then(&parsed, &page, &Evidence { metas, ld, address, base, scripts, cut: slim.cut })
}

/// What the page's head says.
struct Evidence<'a> {
    metas: meta::Metas<'a>,
    ld: Option<jsonld::Ld>,
    /// Where the page stands.
    address: Option<Link>,
    /// What its links are relative to.
    base: Option<Link>,
    /// Scripts that may hold data.
    scripts: &'a [slim::Script<'a>],
    /// Some of the page was beyond a bound and left out.
    cut: bool,
}

/// The address of the page: as fetched, else as the page itself claims.
fn address(metas: &meta::Metas<'_>, hints: &Hints<'_>) -> Option<Link> {
    let own = metas.link("canonical").or_else(|| metas.first(&["og:url"]));
    hints.url.clone().or_else(|| own.and_then(|u| Link::parse(u, None)))
}

fn titles<'a>(page: &Page<'a>, evidence: &Evidence<'a>) -> title::Titles {
    let (metas, ld) = (&evidence.metas, evidence.ld.as_ref());
    title::Titles::read(page, metas, ld, evidence.address.as_ref())
}

fn assemble(
    parsed: &scraper::Html,
    page: &Page<'_>,
    evidence: &Evidence<'_>,
    hints: &Hints<'_>,
    settings: &Settings,
) -> Result<Extracted, Refused> {
    let (metas, ld, base) = (&evidence.metas, evidence.ld.as_ref(), evidence.base.as_ref());
    let titles = titles(page, evidence);
    let rules = Ruled::read(parsed, page, &settings.rules);
    let said = described(page, evidence, &titles, &rules);
    let captions = images::captions(page);
    let claims = claims_of(&titles, &said.title, hints);
    let (verdicts, confidence) =
        judge(page, evidence, hints, &rules, &claims, &said.authors, &captions);
    let kept: Vec<bool> = verdicts.iter().map(|v| *v == Verdict::Keep).collect();
    let text = render::plain_text(page, &kept);
    let other = elsewhere(&text, evidence, hints, settings);
    // The feed's text is no reason to take anything else from a page that is no article.
    let in_page = other.as_ref().is_some_and(|o| o.from == TextSource::JsonLd);
    if let Some(refused) = refuse::refusal(page, &text).filter(|_| !in_page) {
        return Err(refused);
    }
    if text.is_empty() && other.is_none() {
        return Err(Refused::NoText);
    }
    let found = images::body_images(page, region(&kept, &captions), &captions, base);
    let declared = page.lang.or_else(|| metas.first(&["og:locale", "content-language"]));
    let article = Extracted {
        language: language::choose(declared.or(ld.and_then(|l| l.language.as_deref())), &text),
        html: render::safe_html(page, &kept, &found, base),
        text,
        images: pictures(found, metas, ld, base),
        extraction: Extraction {
            from: TextSource::Page,
            confidence,
            paywalled: said.extraction.paywalled,
            dropped: kinds(&verdicts, evidence.cut),
        },
        next_page: next_page(page, metas, base),
        dropped: dropped(page, &verdicts),
        ..said
    };
    Ok(match other {
        Some(other) => with_text(article, other),
        None => article,
    })
}

/// The article without its body: what page and configuration say of it.
fn described(
    page: &Page<'_>,
    evidence: &Evidence<'_>,
    titles: &title::Titles,
    rules: &Ruled,
) -> Extracted {
    let (metas, ld, base) = (&evidence.metas, evidence.ld.as_ref(), evidence.base.as_ref());
    let (site, heading) = (titles.site.as_deref(), titles.heading);
    let authors = if rules.authors.is_empty() {
        authors::read(page, metas, ld, site, heading)
    } else {
        rules.authors.clone()
    };
    let address = evidence.address.as_ref();
    let dates = published::read(page, metas, ld, address, heading, evidence.scripts);
    let published = rules.published.or(dates.published);
    let locked = metas.first(&["article:content_tier"]).is_some_and(|tier| tier == "locked");
    let mut article = Extracted {
        title: rules.title.clone().unwrap_or_else(|| titles.choose(page)),
        authors,
        published: published.map(|m| m.at),
        published_offset: published.map_or(0, |m| m.offset.seconds()),
        modified: dates.modified.map(|m| m.at),
        canonical: metas
            .link("canonical")
            .or_else(|| metas.first(&["og:url"]))
            .or_else(|| ld.and_then(|l| l.url.as_deref()))
            .and_then(|c| Link::parse(c, base)),
        site_name: titles.site.clone(),
        summary: description(metas, ld).map(title::plain).filter(|d| !d.is_empty()),
        tags: tags(metas, ld),
        ..Extracted::default()
    };
    article.extraction.paywalled = locked || ld.is_some_and(|l| l.paywalled);
    article
}

/// All claims to be the headline: the page's, the one chosen, the feed's.
fn claims_of(titles: &title::Titles, chosen: &str, hints: &Hints<'_>) -> Vec<String> {
    let told = hints.entry.map(|entry| title::plain(&entry.title)).filter(|t| !t.is_empty());
    titles.claims().map(str::to_owned).chain([chosen.to_owned()]).chain(told).collect()
}

/// The verdict on each block in the light of what page, feed and configuration say.
fn judge(
    page: &Page<'_>,
    evidence: &Evidence<'_>,
    hints: &Hints<'_>,
    rules: &Ruled,
    claims: &[String],
    authors: &[String],
    captions: &images::Captions,
) -> (Vec<Verdict>, f32) {
    let ld = evidence.ld.as_ref();
    let teaser = hints.entry.and_then(|e| e.summary.as_deref()).map(title::plain);
    let full = hints.entry.and_then(|e| e.content.as_deref()).map(title::plain);
    let description = description(&evidence.metas, ld).or(teaser.as_deref());
    let ld_body = ld.and_then(|l| l.body.as_deref()).or(full.as_deref());
    let known = features::Known {
        titles: claims,
        description: description.unwrap_or_default(),
        ld_body: ld_body.unwrap_or_default(),
        authors,
        captions,
    };
    let context = body::Context {
        known,
        on_site: hints.on_site,
        removed: &rules.removed,
        chosen: &rules.chosen,
    };
    body::judge(page, &context)
}

/// The text where it stands elsewhere than in the page, in data or in the feed.
fn elsewhere(
    shown: &str,
    evidence: &Evidence<'_>,
    hints: &Hints<'_>,
    settings: &Settings,
) -> Option<elsewhere::Elsewhere> {
    if settings.rules.content != Css::default() {
        return None;
    }
    let base = evidence.base.as_ref();
    let sources = elsewhere::Sources { ld: evidence.ld.as_ref(), scripts: evidence.scripts, base };
    elsewhere::in_data(shown, &sources, settings)
        .or_else(|| elsewhere::in_entry(shown, hints.entry, base, settings))
}

/// The article with a text that stands elsewhere than in its page.
fn with_text(mut article: Extracted, other: elsewhere::Elsewhere) -> Extracted {
    article.extraction.from = other.from;
    article.extraction.confidence = 0.8;
    article.text = other.text;
    article.html = other.html;
    if !other.images.is_empty() {
        article.images = other.images;
    }
    article
}

/// The pictures of the body; where it has none, the one that stands for the article elsewhere.
fn pictures(
    found: std::collections::HashMap<u32, Image>,
    metas: &meta::Metas<'_>,
    ld: Option<&jsonld::Ld>,
    base: Option<&Link>,
) -> Vec<Image> {
    let mut images = images::in_order(found);
    if images.is_empty() {
        let named = metas.first(&["og:image", "twitter:image"]);
        let named = named.or_else(|| ld.and_then(|l| l.images.first()).map(String::as_str));
        let url = named.and_then(|u| Link::parse(u, base));
        images.extend(url.map(|url| Image { url, caption: None, credit: None }));
    }
    images
}

/// The blocks from the first kept to the last kept, a few before, and the captions directly behind
/// (of a gallery that closes the article): pictures between them are the article's.
fn region(kept: &[bool], captions: &images::Captions) -> std::ops::Range<u32> {
    let first = kept.iter().position(|k| *k).unwrap_or(0).saturating_sub(6);
    let last = kept.iter().rposition(|k| *k).unwrap_or(0) + 1;
    let last = u32::try_from(last).unwrap_or(u32::MAX);
    let behind = (last..u32::MAX).take_while(|block| captions.contains_key(block)).count();
    let last = last.saturating_add(u32::try_from(behind).unwrap_or(u32::MAX));
    u32::try_from(first).unwrap_or(0)..last.saturating_add(1)
}

fn kinds(verdicts: &[Verdict], cut: bool) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    if cut {
        kinds.push("beyond-bounds".to_owned());
    }
    for verdict in verdicts {
        if let Verdict::Drop(why) = verdict
            && !kinds.iter().any(|k| k == why)
        {
            kinds.push((*why).to_owned());
        }
    }
    kinds
}

fn dropped(page: &Page<'_>, verdicts: &[Verdict]) -> Vec<Dropped> {
    let pairs = page.blocks.iter().zip(verdicts);
    pairs
        .filter_map(|(block, verdict)| match verdict {
            Verdict::Drop(why) => {
                Some(Dropped { why, text: page.text_of(block).trim().to_owned() })
            }
            Verdict::Keep => None,
        })
        .collect()
}

fn tags(metas: &meta::Metas<'_>, ld: Option<&jsonld::Ld>) -> Vec<String> {
    let mut tags: Vec<String> = metas.values("article:tag").map(title::plain).collect();
    if tags.is_empty() {
        let listed = metas.first(&["news_keywords", "keywords", "parsely-tags"]).map(str::to_owned);
        let listed = listed.into_iter().chain(ld.map(|l| l.tags.clone()).unwrap_or_default());
        tags = listed.flat_map(|t| t.split(',').map(title::plain).collect::<Vec<_>>()).collect();
    }
    let mut seen = HashSet::new();
    tags.retain(|t| !t.is_empty() && t.len() < 100 && seen.insert(t.to_lowercase()));
    tags.truncate(50);
    tags
}

fn next_page(page: &Page<'_>, metas: &meta::Metas<'_>, base: Option<&Link>) -> Option<Link> {
    let linked = page.elems.iter().filter(|e| e.tag == tag::Tag::A).find_map(|e| {
        let rel = e.node.attr("rel")?;
        rel.split_ascii_whitespace().any(|r| r == "next").then(|| e.node.attr("href")).flatten()
    });
    let next = Link::parse(metas.link("next").or(linked)?, base)?;
    (Some(&next) != base).then_some(next)
}
