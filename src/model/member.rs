//! [`Member`]: an article's place in its story.

use super::{Article, ArticleId, Relation, Timestamp};
use serde::Deserialize;

/// An article's place in its story; a part of the article's record.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Member {
    /// The article.
    pub id: ArticleId,
    /// The story it belongs to.
    pub story: ArticleId,
    /// The article it copies; `None` for the lead.
    pub duplicate_of: Option<ArticleId>,
    /// How it copies it.
    pub relation: Option<Relation>,
    /// How alike they are, 0 to 1.
    pub similarity: Option<f32>,
    /// Length of its body in words.
    pub words: u32,
    /// When it was first seen.
    pub first_seen: Timestamp,
}

impl Member {
    /// The present place of an article.
    pub fn of(article: &Article) -> Self {
        Self {
            id: article.id,
            story: article.story,
            duplicate_of: article.duplicate_of,
            relation: article.relation,
            similarity: article.similarity,
            words: article.words,
            first_seen: article.first_seen,
        }
    }

    /// Writes the place into the article's record.
    pub fn apply_to(&self, article: &mut Article) {
        article.story = self.story;
        article.duplicate_of = self.duplicate_of;
        article.relation = self.relation;
        article.similarity = self.similarity;
    }
}
