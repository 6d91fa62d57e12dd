//! Candidate and what is known → verdict, in the order of cost and certainty: exact checks first,
//! near copies only where those found nothing.

use super::compare::{Likeness, Profile, Setting, compare};
use super::features::{Candidate, Features, own_words, text_key};
use super::furniture::Furniture;
use super::settings::Settings;
use super::url_key::{UrlKey, url_key};
use super::words;
use crate::model::{Article, ArticleId, Gist, Relation};

/// Words from which the same text under another title or address is one story: a shorter one may
/// be a notice that stands in place of many articles.
const TELLING_WORDS: usize = 40;

/// Words from which the same title says that two texts may be one: a shorter one is a rubric.
const TELLING_TITLE: usize = 4;

/// What the store knows that concerns a candidate; filled by the pipeline.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The article with this GUID in this feed.
    pub by_guid: Option<&'a Article>,
    /// The article with this canonical or source address.
    pub by_url: Option<&'a Article>,
    /// The article that has, or in an earlier revision had, this text.
    pub by_text: Option<&'a Article>,
}

/// An article that shares anchors with a candidate.
#[derive(Debug, Clone, Copy)]
pub struct Near<'a> {
    /// The article in its present revision.
    pub article: &'a Gist,
    /// What is left out of it.
    pub furniture: Furniture<'a>,
}

/// What a candidate is.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// An article of its own.
    New,
    /// A known article, seen again with a known text.
    Sighting {
        /// The known article.
        of: ArticleId,
    },
    /// A known article with another text.
    Revision {
        /// The known article.
        of: ArticleId,
    },
    /// Another article that copies a known one.
    Duplicate {
        /// The likest known article.
        of: ArticleId,
        /// How it copies it.
        relation: Relation,
        /// How alike they are, 0 to 1.
        similarity: f32,
        /// All known articles that it copies, likest first; `of` is the first.
        matches: Vec<Match>,
    },
}

/// A known article that a candidate copies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// The known article.
    pub id: ArticleId,
    /// The story it belongs to.
    pub story: ArticleId,
    /// How it is copied.
    pub relation: Relation,
    /// How alike they are, 0 to 1.
    pub similarity: f32,
    /// Alike enough to join two stories that both exist.
    pub strong: bool,
    /// One text holds the other and is half as long again, or longer: it may be a digest ([`super::Suspect`]).
    pub suspect: bool,
}

/// The verdict where identity or an equal text settles it, else `None`.
pub fn decide_exact(
    candidate: &Candidate<'_>,
    features: &Features,
    known: &Known<'_>,
) -> Option<Verdict> {
    let same = known_article(candidate, features, known);
    match (same, known.by_text) {
        (Some(same), Some(twin)) if same.id == twin.id => Some(Verdict::Sighting { of: same.id }),
        (Some(same), _) if adds_nothing(features, same) => Some(Verdict::Sighting { of: same.id }),
        (Some(same), _) => Some(Verdict::Revision { of: same.id }),
        (None, Some(twin)) if tells_a_story(candidate, features, twin) => {
            let exact = Match {
                id: twin.id,
                story: twin.story,
                relation: Relation::Exact,
                similarity: 1.0,
                strong: true,
                suspect: false,
            };
            Some(Verdict::of_matches(vec![exact]))
        }
        (None, _) => None,
    }
}

/// The verdict from the articles that share most anchors with the candidate.
pub fn decide_near(
    candidate: &Candidate<'_>,
    features: &Features,
    near: &[Near<'_>],
    settings: &Settings,
) -> Verdict {
    let templated = || settings.templated_feeds.iter().any(|f| f == candidate.feed.as_str());
    if near.is_empty() || templated() {
        return Verdict::New;
    }
    let own = Profile::of(&features.own);
    let sieve = own.sieve();
    let title = words::read(candidate.title);
    let telling_title = title.all.len() >= TELLING_TITLE;
    let mut matches: Vec<_> = near
        .iter()
        .filter_map(|near| {
            let article = near.article;
            let theirs = own_words(article, &article.text, near.furniture);
            let setting = Setting {
                same_site: candidate.site == article.site,
                same_title: telling_title && title.folded == words::read(&article.title).folded,
            };
            if !sieve.lets_pass(&theirs, setting) {
                return None;
            }
            let likeness = compare(&own, &Profile::of(&theirs), setting, &settings.alike)?;
            Some(Match::of(article, likeness, settings))
        })
        .collect();
    matches.sort_by(|a, b| b.similarity.total_cmp(&a.similarity));
    Verdict::of_matches(matches)
}

/// The id of an article that is not known: from its address, else from feed and GUID where it has
/// no address or the address is taken by another article.
pub fn identity(candidate: &Candidate<'_>, features: &Features, known: &Known<'_>) -> ArticleId {
    match &features.url {
        Some(key) if known.by_url.is_none() => ArticleId::of(key.as_str()),
        _ => ArticleId::of(&format!("{}\n{}", candidate.feed, candidate.guid)),
    }
}

impl Match {
    fn of(article: &Gist, likeness: Likeness, settings: &Settings) -> Self {
        Self {
            id: article.id,
            story: article.story,
            relation: likeness.relation,
            similarity: likeness.similarity,
            strong: likeness.resemblance >= settings.alike.merge_resemblance,
            suspect: likeness.like_digest,
        }
    }
}

impl Verdict {
    /// The verdict where these are the articles that the candidate copies, likest first.
    pub fn of_matches(matches: Vec<Match>) -> Self {
        duplicate(matches).unwrap_or(Self::New)
    }
}

fn duplicate(matches: Vec<Match>) -> Option<Verdict> {
    let &Match { id, relation, similarity, .. } = matches.first()?;
    Some(Verdict::Duplicate { of: id, relation, similarity, matches })
}

/// The known article that the candidate is, by GUID or address.
fn known_article<'a>(
    candidate: &Candidate<'_>,
    features: &Features,
    known: &Known<'a>,
) -> Option<&'a Article> {
    let by_guid = known.by_guid.filter(|article| keeps_its_guid(candidate, features, article));
    by_guid.or_else(|| known.by_url.filter(|article| keeps_its_address(candidate, article)))
}

/// False where a feed gave an old GUID to another article: another address and another title.
fn keeps_its_guid(candidate: &Candidate<'_>, features: &Features, article: &Article) -> bool {
    let key: Option<UrlKey> = article.url.as_ref().map(url_key);
    let moved = features.url.is_some() && key.is_some() && features.url != key;
    !moved || same_title(candidate.title, &article.title)
}

/// False where one feed has several articles under one address: another GUID and another title.
fn keeps_its_address(candidate: &Candidate<'_>, article: &Article) -> bool {
    let mut of_feed = article.sightings.iter().filter(|s| s.feed == *candidate.feed).peekable();
    let named = !candidate.guid.is_empty() && !is_address(candidate.guid);
    let other_guid = named
        && of_feed.peek().is_some()
        && of_feed.all(|s| s.guid != candidate.guid && !is_address(&s.guid));
    !other_guid || same_title(candidate.title, &article.title)
}

fn is_address(guid: &str) -> bool {
    guid.starts_with("http://") || guid.starts_with("https://")
}

/// True where the candidate brings no text, or the one the article has.
fn adds_nothing(features: &Features, article: &Article) -> bool {
    features.own.is_empty() || features.text.is_some() && features.text == text_key(&article.text)
}

/// False for a notice that a site shows in place of many articles.
fn tells_a_story(candidate: &Candidate<'_>, features: &Features, twin: &Article) -> bool {
    features.own_words() >= TELLING_WORDS || same_title(candidate.title, &twin.title)
}

fn same_title(a: &str, b: &str) -> bool {
    words::read(a).folded == words::read(b).folded
}
