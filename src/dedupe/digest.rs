//! Digests: a text that holds the beginnings of several stories is a copy of none of them.
//!
//! News is written from the top: what a digest has of a story is the story's first sentences. So a
//! text half as long again as the one it holds, or longer, is asked for the first sentences of yet
//! another story.

use super::anchors::{anchors, compared_runs};
use super::compare::{HEAD, common};
use super::features::{Features, own_words};
use super::furniture::Furniture;
use super::words::Word;
use crate::model::{Gist, text};

/// Runs of words below which the beginning of an article says nothing: a notice, a caption.
const HEAD_MIN: usize = 20;

/// Bytes of a text that are sure to hold its beginning.
const HEAD_BYTES: usize = 2048;

/// Two texts of which the longer one may be a digest.
#[derive(Debug)]
pub struct Suspect {
    /// Runs that only the longer one has.
    rest: Vec<u64>,
    /// Anchors that only the longer one has: whatever else it holds shares some of them.
    anchors: Vec<u64>,
}

impl Suspect {
    /// A candidate and a known article, one of which is half as long again or longer.
    pub fn of(features: &Features, article: &Gist, furniture: Furniture<'_>) -> Self {
        let theirs = own_words(article, &article.text, furniture);
        let (short, long) = if features.own.len() < theirs.len() {
            (&features.own, &theirs)
        } else {
            (&theirs, &features.own)
        };
        let (known, mut rest) = (compared_runs(short), compared_runs(long));
        rest.retain(|run| known.binary_search(run).is_err());
        let (known, mut own) = (anchors(short, ""), anchors(long, ""));
        own.retain(|anchor| known.binary_search(anchor).is_err());
        Self { rest, anchors: own }
    }

    /// What [`super::Index::holding`] finds other stories by.
    pub fn anchors(&self) -> &[u64] {
        &self.anchors
    }

    /// True where the longer text also holds half of the beginning of this article, which belongs
    /// to another story.
    pub fn opens_with(&self, article: &Gist, furniture: Furniture<'_>) -> bool {
        // Lines that are furniture may stand above the beginning.
        let text = text::head(&article.text, HEAD_BYTES);
        let words: Vec<Word> = own_words(article, text, furniture);
        let head = compared_runs(words.get(..HEAD).unwrap_or(&words));
        head.len() >= HEAD_MIN && common(&self.rest, &head) * 2 >= head.len()
    }
}
