//! [`Store`]: what readers can look up. A cheap handle; clone it freely.

use super::backend::Backend;
use super::card::{Card, Top};
use super::error::ReadError;
use super::head::Head;
use super::inbox::PageMark;
use super::view::{View, damaged};
use super::{keys, polled};
use crate::model::{Article, ArticleId, FeedId, FeedState, Health, Member, Seq, Timestamp, Turned};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::Arc;

/// Members of a story that are looked at: a wire story has dozens; more is a template.
const STORY_MAX: usize = 256;

/// How often a lookup starts anew when a commit changed what it was following.
const RACES: usize = 8;

/// The index, for reading. What it returns is the state after some commit, never between two.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) backend: Arc<dyn Backend>,
}

/// Figures about the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// The last change of the archive that is in the index.
    pub applied_seq: Seq,
    /// Articles.
    pub articles: u64,
    /// Entries whose page is yet to be fetched.
    pub inbox: u64,
    /// Bytes of all records as encoded, without the engine's overhead.
    pub payload_bytes: u64,
    /// Bytes on the disk.
    pub disk_bytes: u64,
}

/// sled's file was measured at 1.1 to 2.5 times its live payload; at this much, something holds
/// on to what was deleted, and computing the store again pays.
const BLOATED: u64 = 4;

/// A smaller store is not worth a word.
const SMALL_STORE: u64 = 256 << 20;

impl Stats {
    /// True where the store is much larger than what is in it.
    pub fn is_bloated(&self) -> bool {
        self.disk_bytes > SMALL_STORE
            && self.disk_bytes > self.payload_bytes.saturating_mul(BLOATED)
    }
}

impl Store {
    pub(super) fn view(&self) -> View<'_> {
        View { backend: self.backend.as_ref(), pending: None }
    }

    /// The last change of the archive that is in the index; 0 for none.
    ///
    /// # Errors
    /// As for every function here: the engine cannot read, or a record is damaged.
    pub fn applied_seq(&self) -> Result<Seq, ReadError> {
        Ok(Head::of(self.view())?.applied)
    }

    /// Counts and sizes.
    ///
    /// # Errors
    /// See [`Store::applied_seq`].
    pub fn stats(&self) -> Result<Stats, ReadError> {
        let head = Head::of(self.view())?;
        Ok(Stats {
            applied_seq: head.applied,
            articles: head.articles,
            inbox: head.inbox,
            payload_bytes: head.payload,
            disk_bytes: self.backend.bytes(),
        })
    }

    /// True once the engine has refused to read; opened again it may read.
    pub fn stumbled(&self) -> bool {
        self.backend.stumbled()
    }

    /// An article in its present revision.
    ///
    /// # Errors
    /// See [`Store::applied_seq`].
    pub fn article(&self, id: &ArticleId) -> Result<Option<Article>, ReadError> {
        steady(|| article(self.view(), id))
    }

    /// An article in one of the revisions that are kept.
    ///
    /// # Errors
    /// See [`Store::applied_seq`].
    pub fn revision(&self, id: &ArticleId, revision: u32) -> Result<Option<Article>, ReadError> {
        match self.view().number(&keys::article(id))? {
            Some(number) => self.view().read(&keys::revision(number, revision)),
            None => Ok(None),
        }
    }

    /// The revisions of an article that are kept, oldest first.
    ///
    /// # Errors
    /// See [`Store::applied_seq`].
    pub fn revisions(&self, id: &ArticleId) -> Result<Vec<Article>, ReadError> {
        let view = self.view();
        let Some(number) = view.number(&keys::article(id))? else { return Ok(Vec::new()) };
        let range = view.keys(&keys::revision(number, 0), &keys::revision(number + 1, 0))?;
        range.iter().filter_map(|key| view.read(key).transpose()).collect()
    }

    /// The articles of a story in their present revisions, the earliest first, at most 256.
    ///
    /// # Errors
    /// See [`Store::applied_seq`].
    pub fn story(&self, story: &ArticleId) -> Result<Vec<Article>, ReadError> {
        steady(|| {
            let members = self::story(self.view(), story)?;
            members.iter().filter_map(|id| article(self.view(), id).transpose()).collect()
        })
    }

    /// What is remembered of a feed.
    ///
    /// # Errors
    /// See [`Store::applied_seq`].
    pub fn feed_state(&self, feed: &FeedId) -> Result<Option<FeedState>, ReadError> {
        feed_state(self.view(), feed)
    }

    /// What is remembered of each feed, in the order of their ids.
    ///
    /// # Errors
    /// See [`Store::applied_seq`].
    pub fn feed_states(&self) -> Result<Vec<(FeedId, FeedState)>, ReadError> {
        let times = |pair: Result<(FeedId, FeedState), _>| {
            let (id, state) = pair?;
            let state = with_times(self.view(), &id, state)?;
            Ok((id, state))
        };
        feeds(self.view()).map(times).collect()
    }

    /// How each feed was at its last poll: of its state this alone is read.
    ///
    /// # Errors
    /// See [`Store::applied_seq`].
    pub fn feed_healths(&self) -> Result<HashMap<FeedId, Health>, ReadError> {
        let health = |(id, outline): (FeedId, Outline)| (id, outline.health);
        feeds(self.view()).map(|pair| pair.map(health)).collect()
    }

    /// How a feed is and when it is due, in a state that is otherwise a new one's: all that a start
    /// needs to know of most feeds, in a third of the time.
    ///
    /// # Errors
    /// See [`Store::applied_seq`].
    pub fn feed_outline(&self, feed: &FeedId) -> Result<Option<FeedState>, ReadError> {
        let outline: Option<Outline> = self.view().read(&keys::feed(feed))?;
        outline.map(|outline| with_times(self.view(), feed, outline.into())).transpose()
    }

    /// The fingerprint of an entry when it was last read; `None` for one never read.
    ///
    /// # Errors
    /// See [`Store::applied_seq`].
    pub fn seen(&self, feed: &FeedId, key: &str) -> Result<Option<u64>, ReadError> {
        self.view().number(&keys::seen(&keys::slot(feed, key)))
    }

    /// The earliest article with this address key.
    ///
    /// # Errors
    /// See [`Store::applied_seq`].
    pub fn by_url(&self, key: &[u8; 16]) -> Result<Option<Article>, ReadError> {
        steady(|| match earliest(self.view(), keys::URL, key)? {
            Some(id) => article(self.view(), &id),
            None => Ok(None),
        })
    }

    /// What the page of an entry gave when it was last read; `None` for nothing.
    ///
    /// # Errors
    /// See [`Store::applied_seq`].
    pub fn page(&self, feed: &FeedId, key: &str) -> Result<Option<PageMark>, ReadError> {
        self.view().read(&keys::page(&keys::slot(feed, key)))
    }

    /// A value of the near-duplicate index.
    ///
    /// # Errors
    /// See [`Store::applied_seq`].
    pub fn near(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        self.view().get(&keys::near(key))
    }

    /// The position of a consumer; `None` for one that never said.
    ///
    /// # Errors
    /// See [`Store::applied_seq`].
    pub fn consumer(&self, name: &str) -> Result<Option<Seq>, ReadError> {
        self.view().number(&keys::consumer(name))
    }
}

/// The part of a feed's state that says how it is and when it is due.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Outline {
    health: Health,
    next_due: Option<Timestamp>,
    not_before: Option<Timestamp>,
    last_polled: Option<Timestamp>,
    turned: Option<Turned>,
}

impl From<Outline> for FeedState {
    fn from(outline: Outline) -> Self {
        let Outline { health, next_due, not_before, last_polled, turned } = outline;
        Self { health, next_due, not_before, last_polled, turned, ..Self::default() }
    }
}

/// What is remembered of a feed.
pub(super) fn feed_state(view: View<'_>, feed: &FeedId) -> Result<Option<FeedState>, ReadError> {
    let state = view.read(&keys::feed(feed))?;
    state.map(|state| with_times(view, feed, state)).transpose()
}

/// What stands of each feed in its record.
fn feeds<T: DeserializeOwned>(
    view: View<'_>,
) -> impl Iterator<Item = Result<(FeedId, T), ReadError>> {
    view.all(keys::FEED).map(move |pair| {
        let (key, value) = pair?;
        let record = super::record::decode(&view.join(&key, value)?)?;
        let id = key.get(1..).and_then(|id| std::str::from_utf8(id).ok());
        let id = id.and_then(|id| FeedId::new(id).ok());
        Ok((id.ok_or_else(|| damaged("a feed state has no feed id"))?, record))
    })
}

/// A state with the times of the polls since it was written.
fn with_times(view: View<'_>, feed: &FeedId, mut state: FeedState) -> Result<FeedState, ReadError> {
    if let Some(times) = view.get(&keys::polled(feed))? {
        polled::apply(&times, &mut state)?;
    }
    Ok(state)
}

/// The articles of a story, the earliest first.
fn story(view: View<'_>, story: &ArticleId) -> Result<Vec<ArticleId>, ReadError> {
    Ok(cards(view, story)?.iter().map(|(_, card)| card.id()).collect())
}

/// The same with their places in it.
pub(super) fn members(view: View<'_>, story: &ArticleId) -> Result<Vec<Member>, ReadError> {
    let mut members = Vec::new();
    for (number, card) in cards(view, story)? {
        let member = card.member();
        // What earlier versions wrote has it in the record alone.
        members.extend(if member.is_none() { present(view, number)? } else { member });
    }
    Ok(members)
}

/// The numbers and cards of a story's articles, the earliest first, at most [`STORY_MAX`] beside the
/// one that it is named after.
fn cards(view: View<'_>, story: &ArticleId) -> Result<Vec<(u64, Card)>, ReadError> {
    let mut prefix = vec![keys::STORY];
    prefix.extend_from_slice(story.as_bytes());
    let end = keys::end(&prefix);
    let mut numbers: Vec<_> = view.number(&keys::article(story))?.into_iter().collect();
    for pair in view.scan(&prefix, &end, false, STORY_MAX).take(STORY_MAX) {
        numbers.extend(keys::number(&pair?.0));
    }
    numbers.sort_unstable();
    let mut cards = Vec::new();
    for number in numbers {
        let card: Option<Card> = view.read(&keys::card(number))?;
        cards.extend(card.filter(|card| card.is_of(story)).map(|card| (number, card)));
    }
    Ok(cards)
}

/// The earliest article that a posting of this kind leads to.
pub(super) fn earliest(
    view: View<'_>,
    kind: u8,
    hash: &[u8; 16],
) -> Result<Option<ArticleId>, ReadError> {
    let mut prefix = vec![kind];
    prefix.extend_from_slice(hash);
    let Some(key) = view.first(&prefix)? else { return Ok(None) };
    let number = keys::number(&key).unwrap_or_default();
    let card: Option<Top> = view.read(&keys::card(number))?;
    let card = card.ok_or_else(|| damaged("an index entry points to no article"))?;
    Ok(Some(card.id()))
}

/// An article in its present revision.
pub(super) fn article(view: View<'_>, id: &ArticleId) -> Result<Option<Article>, ReadError> {
    let Some(number) = view.number(&keys::article(id))? else { return Ok(None) };
    by_number(view, number).map(Some)
}

/// The article with this number.
pub(super) fn by_number(view: View<'_>, number: u64) -> Result<Article, ReadError> {
    present(view, number)?.ok_or_else(|| damaged("an article has no card"))
}

/// The present revision of the article with this number, or a part of it; `None` where it was
/// deleted.
pub(super) fn present<T: DeserializeOwned>(
    view: View<'_>,
    number: u64,
) -> Result<Option<T>, ReadError> {
    let card: Option<Top> = view.read(&keys::card(number))?;
    let Some(card) = card else { return Ok(None) };
    let article = view.read(&keys::revision(number, card.revision))?;
    article.map(Some).ok_or_else(|| damaged("an article has no text"))
}

/// True where the article with this number is of this story.
pub(super) fn belongs(view: View<'_>, number: u64, story: &ArticleId) -> Result<bool, ReadError> {
    let card: Option<Card> = view.read(&keys::card(number))?;
    Ok(card.is_some_and(|card| card.is_of(story)))
}

/// A lookup that follows several records, begun anew while commits change them underneath.
pub(super) fn steady<T>(mut lookup: impl FnMut() -> Result<T, ReadError>) -> Result<T, ReadError> {
    for _ in 1..RACES {
        match lookup() {
            Err(ReadError::Damaged(_)) => {}
            done => return done,
        }
    }
    lookup()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(disk_mib: u64, payload_mib: u64, expect: bool) {
        let (disk_bytes, payload_bytes) = (disk_mib << 20, payload_mib << 20);
        let stats = Stats { payload_bytes, disk_bytes, ..Stats::default() };
        assert_eq!(stats.is_bloated(), expect, "{disk_mib} {payload_mib}");
    }

    #[test]
    fn only_a_large_store_with_little_in_it_is_bloated() {
        check(250, 1, false);
        check(1000, 500, false);
        check(1000, 200, true);
    }
}
