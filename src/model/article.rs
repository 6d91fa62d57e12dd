//! [`Article`]: what other programs read. Its JSON form is the public record, version 1.

use super::{ArticleId, FeedId, Link, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A cleaned article. Titles and texts are plain text, `html` is safe to show, links are http(s)
/// only; no control, bidi-override or zero-width characters anywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Article {
    /// Stable for ever; derived from the identity (canonical URL, else feed and GUID).
    pub id: ArticleId,
    /// 1 for the first text, one more for each revision.
    pub revision: u32,
    /// Canonical address; `None` for an entry without any link.
    pub url: Option<Link>,
    /// Address as fetched, with everything a tracker added.
    pub source_url: Option<Link>,
    /// Registrable domain of `url`, else of the feed.
    pub site: String,
    /// The publisher's name as the page gives it.
    pub site_name: Option<String>,
    /// Headline without the site's name, one line; may be empty.
    pub title: String,
    /// Clean names in the page's order.
    pub authors: Vec<String>,
    /// BCP 47 tag, declared or detected.
    pub language: Option<String>,
    /// Date of publication, never later than `fetched`.
    #[schemars(with = "Option<super::Moment>")]
    pub published: Option<Timestamp>,
    /// Where `published` comes from.
    pub published_source: Option<DateSource>,
    /// Date of the last change as the publisher gives it.
    #[schemars(with = "Option<super::Moment>")]
    pub modified: Option<Timestamp>,
    /// When this daemon first read the entry.
    #[schemars(with = "super::Moment")]
    pub first_seen: Timestamp,
    /// When the text of this revision was read.
    #[schemars(with = "super::Moment")]
    pub fetched: Timestamp,
    /// Teaser, plain text.
    pub summary: Option<String>,
    /// Body: paragraphs separated by one empty line.
    pub text: String,
    /// Body as a safe subset of HTML.
    pub html: String,
    /// Words in `text` (characters for scripts without spaces).
    pub words: u32,
    /// Pictures of the body with caption and credit.
    pub images: Vec<Image>,
    /// Categories of the feed and keywords of the page, plain text.
    pub tags: Vec<String>,
    /// How the text was obtained.
    pub extraction: Extraction,
    /// Every place where the article was seen, first first; bounded by `dedup`.
    pub sightings: Vec<Sighting>,
    /// The story: the id of its article that was seen first, the article's own where it stands
    /// alone. The story's lead, the one to show, is the member without `duplicate_of`.
    pub story: ArticleId,
    /// The earlier article that this one copies.
    pub duplicate_of: Option<ArticleId>,
    /// How it copies it.
    pub relation: Option<Relation>,
    /// How alike they are, 0 to 1.
    pub similarity: Option<f32>,
}

/// The part of an [`Article`] by which its copies are recognised: to read it alone costs a fraction.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Gist {
    /// As in the article, like all of this.
    pub id: ArticleId,
    /// The canonical address.
    pub url: Option<String>,
    /// The address as fetched.
    pub source_url: Option<String>,
    /// The registrable domain.
    pub site: String,
    /// The headline.
    pub title: String,
    /// The body.
    pub text: String,
    /// The story.
    pub story: ArticleId,
}

impl From<&Article> for Gist {
    fn from(article: &Article) -> Self {
        let address = |link: &Option<Link>| link.as_ref().map(ToString::to_string);
        Self {
            id: article.id,
            url: address(&article.url),
            source_url: address(&article.source_url),
            site: article.site.clone(),
            title: article.title.clone(),
            text: article.text.clone(),
            story: article.story,
        }
    }
}

/// Where a publication date comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DateSource {
    /// The feed's entry.
    Feed,
    /// The article's page.
    Page,
}

/// A picture of the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Image {
    /// Where it is.
    pub url: Link,
    /// What it shows, plain text.
    pub caption: Option<String>,
    /// Who made it, plain text.
    pub credit: Option<String>,
}

/// How the text was obtained and how sure that is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Extraction {
    /// Which source gave the body.
    pub from: TextSource,
    /// 0 to 1: how sure the extractor is that the body is the article.
    pub confidence: f32,
    /// The page shows only the beginning to strangers.
    pub paywalled: bool,
    /// Kinds of blocks left out, each once (`related`, `cookie-notice`, …).
    pub dropped: Vec<String>,
}

/// Which source gave the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TextSource {
    /// The article's page.
    Page,
    /// The feed's entry.
    Feed,
    /// Structured data in the page.
    JsonLd,
}

/// One place where an article was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sighting {
    /// The feed that carried it.
    pub feed: FeedId,
    /// The entry's GUID as published, else its key.
    pub guid: String,
    /// The entry's link as published.
    pub url: Option<Link>,
    /// When it was read.
    #[schemars(with = "super::Moment")]
    pub at: Timestamp,
}

/// How an article copies an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The same words.
    Exact,
    /// Nearly the same words.
    Near,
    /// A part of it, or it with parts added.
    Partial,
}
