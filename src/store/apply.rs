//! [`Txn::apply`]: one change of the archive goes into the index.
//!
//! What it does follows from the change, its keys and the index alone, so that reading the
//! archive again gives the same index.

use super::card::Card;
use super::error::WriteError;
use super::keys;
use super::record::Codec;
use super::view::damaged;
use super::write::Txn;
use crate::model::{Article, ArticleId, Change, Seq};

/// What a change is found by beside its id; computed from the change by `dedupe`. GUIDs come from
/// the article's sightings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keys {
    /// Keys of the addresses under which the article is known.
    pub urls: Vec<[u8; 16]>,
    /// Key of its normalised text; `None` where the text is too short to tell articles apart.
    pub text: Option<[u8; 16]>,
}

impl Txn<'_> {
    /// Brings the index up to date with the change that follows the last one applied.
    ///
    /// # Errors
    /// The change does not follow, or what it changes cannot be read.
    pub fn apply(&mut self, change: &Change, keys: &Keys) -> Result<(), WriteError> {
        if change.seq != self.head.applied + 1 {
            return Err(WriteError::Sequence { applied: self.head.applied, got: change.seq });
        }
        match &change.article {
            Some(article) => self.put_article(article, keys, change.seq)?,
            None => self.delete_article(&change.id)?,
        }
        self.head.applied = change.seq;
        Ok(())
    }

    /// Goes on behind changes that the archive no longer has: the next one to apply is that
    /// after `seq`.
    ///
    /// # Errors
    /// `seq` lies before the last change applied.
    pub fn skip_to(&mut self, seq: Seq) -> Result<(), WriteError> {
        if seq < self.head.applied {
            return Err(WriteError::Sequence { applied: self.head.applied, got: seq });
        }
        self.head.applied = seq;
        Ok(())
    }

    fn put_article(&mut self, article: &Article, keys: &Keys, seq: Seq) -> Result<(), WriteError> {
        let place = keys::article(&article.id);
        match self.view().number(&place)? {
            Some(number) => self.update_article(article, keys, number),
            None => self.add_article(article, keys, seq),
        }
    }

    fn add_article(
        &mut self,
        article: &Article,
        keys: &Keys,
        number: Seq,
    ) -> Result<(), WriteError> {
        let card = Card::new(article, keys);
        let place = keys::article(&article.id);
        self.put_raw(place, Some(number.to_be_bytes().to_vec()));
        self.head.articles += 1;
        self.post(&card, number);
        self.add(keys::card(number), Codec::Postcard, &card)?;
        self.add(keys::revision(number, article.revision), Codec::ZstdJson, article)
    }

    fn update_article(
        &mut self,
        article: &Article,
        keys: &Keys,
        number: Seq,
    ) -> Result<(), WriteError> {
        self.writer.gists.remove(number);
        let mut card = Card::new(article, keys);
        let old = self.card(number)?;
        card.remember(&old);
        let stays = card.postings(number);
        let gone = old.postings(number).into_iter().filter(|key| !stays.contains(key));
        gone.for_each(|key| self.put_raw(key, None));
        self.prune(number, article.revision)?;
        self.post(&card, number);
        self.put(keys::card(number), Codec::Postcard, &card)?;
        self.put(keys::revision(number, article.revision), Codec::ZstdJson, article)
    }

    fn post(&mut self, card: &Card, number: Seq) {
        for key in card.postings(number) {
            self.put_raw(key, Some(Vec::new()));
        }
    }

    fn delete_article(&mut self, id: &ArticleId) -> Result<(), WriteError> {
        let place = keys::article(id);
        let Some(number) = self.view().number(&place)? else { return Ok(()) };
        self.writer.gists.remove(number);
        for key in self.card(number)?.postings(number) {
            self.put_raw(key, None);
        }
        for key in self.view().keys(&keys::revision(number, 0), &keys::revision(number + 1, 0))? {
            self.remove(&key)?;
        }
        self.remove(&keys::card(number))?;
        self.put_raw(place, None);
        self.head.articles = self.head.articles.saturating_sub(1);
        Ok(())
    }

    fn card(&self, number: u64) -> Result<Card, WriteError> {
        let card = self.view().read(&keys::card(number))?;
        Ok(card.ok_or_else(|| damaged("an article has no card"))?)
    }

    /// Removes revisions that are too many once `newest` is there.
    fn prune(&mut self, number: u64, newest: u32) -> Result<(), WriteError> {
        let kept_from = (newest + 1).saturating_sub(self.writer.settings.revisions.max(1));
        for key in
            self.view().keys(&keys::revision(number, 0), &keys::revision(number, kept_from))?
        {
            self.remove(&key)?;
        }
        Ok(())
    }
}
