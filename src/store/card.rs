//! [`Card`]: what is indexed of an article. Lists look at cards alone, and with a card the
//! article's index entries can be removed again without computing them anew.

use super::apply::Keys;
use super::keys;
use crate::model::{Article, ArticleId, Member, Relation, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};

/// Texts of an article that stay known: a page that flips between two is no news, one that
/// changes at every poll must not grow.
const TEXTS_MAX: usize = 8;

/// What is indexed of an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Card {
    // As in [`Top`].
    id: [u8; 16],
    /// The present revision.
    pub(super) revision: u32,
    /// Feeds that carried it.
    pub(super) feeds: Vec<String>,
    /// Tags in lower case.
    pub(super) tags: Vec<String>,
    /// Language tag as in the article.
    pub(super) language: Option<String>,
    /// Site as in the article.
    pub(super) site: String,
    /// Date of publication, milliseconds since 1970.
    pub(super) published: Option<i64>,
    /// True for a copy of another article.
    pub(super) copy: bool,
    urls: Vec<[u8; 16]>,
    /// Of the present text first, then of earlier revisions: a text that comes back is known.
    texts: Vec<[u8; 16]>,
    guids: Vec<[u8; 16]>,
    story: [u8; 16],
    /// Stands behind the rest: earlier versions read over it, and what they wrote has none.
    #[serde(deserialize_with = "if_there")]
    place: Option<Place>,
}

/// The beginning of a [`Card`]: all that leads from an article's number to its text.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Top {
    id: [u8; 16],
    /// The present revision.
    pub(super) revision: u32,
}

impl Top {
    /// The article's id.
    pub(super) fn id(&self) -> ArticleId {
        ArticleId::from_bytes(self.id)
    }
}

/// The rest of [`Member`]: whom an article copies, and how. A story is looked at for each copy of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    duplicate_of: Option<[u8; 16]>,
    relation: Option<Relation>,
    /// The bits of the number.
    similarity: Option<u32>,
    words: u32,
    /// Seconds since 1970, and nanoseconds.
    first_seen: (i64, i32),
}

#[expect(clippy::unnecessary_wraps, reason = "the shape that serde wants")]
fn if_there<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Place>, D::Error> {
    Ok(Option::deserialize(from).unwrap_or_default())
}

impl Place {
    fn of(article: &Article) -> Self {
        Self {
            duplicate_of: article.duplicate_of.map(|id| *id.as_bytes()),
            relation: article.relation,
            similarity: article.similarity.map(f32::to_bits),
            words: article.words,
            first_seen: (article.first_seen.as_second(), article.first_seen.subsec_nanosecond()),
        }
    }
}

impl Card {
    /// The card of an article with these keys.
    pub(super) fn new(article: &Article, keys: &Keys) -> Self {
        let mut feeds: Vec<_> =
            article.sightings.iter().map(|s| s.feed.as_str().to_owned()).collect();
        feeds.sort_unstable();
        feeds.dedup();
        let guids = article.sightings.iter().map(|s| keys::guid(&s.feed, &s.guid)).collect();
        Self {
            id: *article.id.as_bytes(),
            revision: article.revision,
            feeds,
            tags: article.tags.iter().map(|tag| tag.to_lowercase()).collect(),
            language: article.language.clone(),
            site: article.site.clone(),
            published: article.published.map(Timestamp::as_millisecond),
            copy: article.duplicate_of.is_some(),
            urls: unique(keys.urls.clone()),
            texts: keys.text.into_iter().collect(),
            guids: unique(guids),
            story: *article.story.as_bytes(),
            place: Some(Place::of(article)),
        }
    }

    /// The article's place in its story; `None` where an earlier version wrote the card.
    pub(super) fn member(&self) -> Option<Member> {
        let place = self.place.as_ref()?;
        let (second, nanosecond) = place.first_seen;
        Some(Member {
            id: self.id(),
            story: ArticleId::from_bytes(self.story),
            duplicate_of: place.duplicate_of.map(ArticleId::from_bytes),
            relation: place.relation,
            similarity: place.similarity.map(f32::from_bits),
            words: place.words,
            first_seen: Timestamp::new(second, nanosecond).ok()?,
        })
    }

    /// Takes over the texts of the card that this one replaces.
    pub(super) fn remember(&mut self, old: &Self) {
        for text in &old.texts {
            if self.texts.len() < TEXTS_MAX && !self.texts.contains(text) {
                self.texts.push(*text);
            }
        }
    }

    /// The article's id.
    pub(super) fn id(&self) -> ArticleId {
        ArticleId::from_bytes(self.id)
    }

    /// True where the article belongs to this story.
    pub(super) fn is_of(&self, story: &ArticleId) -> bool {
        &self.story == story.as_bytes()
    }

    /// The keys of the article's index entries. The article that a story is named after needs
    /// none for it.
    pub(super) fn postings(&self, number: u64) -> Vec<Vec<u8>> {
        let urls = self.urls.iter().map(|hash| (keys::URL, hash));
        let texts = self.texts.iter().map(|hash| (keys::TEXT, hash));
        let guids = self.guids.iter().map(|hash| (keys::GUID, hash));
        let story = (self.story != self.id).then_some((keys::STORY, &self.story));
        let all = urls.chain(texts).chain(guids).chain(story);
        all.map(|(kind, hash)| keys::posting(kind, hash, number)).collect()
    }
}

fn unique(mut hashes: Vec<[u8; 16]>) -> Vec<[u8; 16]> {
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}
