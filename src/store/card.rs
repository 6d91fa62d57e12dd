//! [`Card`]: what is indexed of an article. Lists look at cards alone, and with a card the
//! article's index entries can be removed again without computing them anew.

use super::apply::Keys;
use super::keys;
use crate::model::{Article, ArticleId};
use serde::{Deserialize, Serialize};

/// Texts of an article that stay known: a page that flips between two is no news, one that
/// changes at every poll must not grow.
const TEXTS_MAX: usize = 8;

/// What is indexed of an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Card {
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
            published: article.published.map(crate::model::Timestamp::as_millisecond),
            copy: article.duplicate_of.is_some(),
            urls: unique(keys.urls.clone()),
            texts: keys.text.into_iter().collect(),
            guids: unique(guids),
            story: *article.story.as_bytes(),
        }
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
