//! [`verify`]: reads every record and follows every index entry, in both directions.

use super::bundles::BundleId;
use super::card::Card;
use super::error::ReadError;
use super::head::Head;
use super::inbox::{InboxItem, PageMark};
use super::read::Store;
use super::view::View;
use super::{keys, record};
use crate::model::{Article, FeedState};
use serde::de::DeserializeOwned;

/// Problems listed at most: more say nothing new.
const PROBLEMS_MAX: usize = 100;

/// What [`verify`] found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Articles.
    pub articles: u64,
    /// Records read, of every kind.
    pub records: u64,
    /// Index entries followed.
    pub entries: u64,
    /// What is wrong, the first hundred; empty where all is well.
    pub problems: Vec<String>,
}

/// Reads the whole store. Calls `progress` with articles done and articles in all. While a writer
/// commits, what it changes may be reported as a problem.
///
/// # Errors
/// The engine cannot read; damaged records are problems in the report.
pub fn verify(store: &Store, mut progress: impl FnMut(u64, u64)) -> Result<Verified, ReadError> {
    let view = store.view();
    let head = Head::of(view)?;
    let mut check = Check { view, found: Verified::default() };
    for pair in view.all(keys::CARD) {
        let (key, value) = pair?;
        check.card(&key, value)?;
        check.found.articles += 1;
        progress(check.found.articles, head.articles);
    }
    check.ids()?;
    check.revisions()?;
    for kind in [keys::URL, keys::TEXT, keys::GUID, keys::STORY] {
        check.postings(kind)?;
    }
    let inbox = check.inbox()?;
    check.all_decode::<FeedState>(keys::FEED)?;
    check.all_decode::<PageMark>(keys::PAGE)?;
    check.parts()?;
    check.equal("articles", check.found.articles, head.articles);
    check.equal("inbox items", inbox, head.inbox);
    Ok(check.found)
}

struct Check<'a> {
    view: View<'a>,
    found: Verified,
}

impl Check<'_> {
    fn problem(&mut self, text: String) {
        if self.found.problems.len() < PROBLEMS_MAX {
            self.found.problems.push(text);
        }
    }

    fn equal(&mut self, what: &str, is: u64, said: u64) {
        if is != said {
            self.problem(format!("{is} {what} where the head says {said}"));
        }
    }

    /// The value of a record; a damaged one is a problem.
    fn decode<T: DeserializeOwned>(
        &mut self,
        key: &[u8],
        value: Vec<u8>,
    ) -> Result<Option<T>, ReadError> {
        self.found.records += 1;
        match self.view.join(key, value).and_then(|whole| record::decode(&whole)) {
            Ok(value) => Ok(Some(value)),
            Err(ReadError::Damaged(why)) => {
                self.problem(format!("{}: {why}", show(key)));
                Ok(None)
            }
            Err(e) => Err(e),
        }
    }

    /// A card's article, id and index entries are there.
    fn card(&mut self, key: &[u8], value: Vec<u8>) -> Result<(), ReadError> {
        let Some(card) = self.decode::<Card>(key, value)? else { return Ok(()) };
        let number = keys::number(key).unwrap_or_default();
        if self.view.number(&keys::article(&card.id()))? != Some(number) {
            self.problem(format!("{} is not found by its id", card.id()));
        }
        if self.view.get(&keys::revision(number, card.revision))?.is_none() {
            self.problem(format!("{} has no text", card.id()));
        }
        for posting in card.postings(number) {
            self.found.entries += 1;
            if self.view.get(&posting)?.is_none() {
                self.problem(format!("{} is not found by {}", card.id(), show(&posting)));
            }
        }
        Ok(())
    }

    /// Every id leads to a card with that id.
    fn ids(&mut self) -> Result<(), ReadError> {
        for pair in self.view.all(keys::ARTICLE) {
            let (key, _) = pair?;
            self.found.entries += 1;
            let number = self.view.number(&key)?.unwrap_or_default();
            let card = self.look_up(number)?;
            if card.is_none_or(|card| keys::article(&card.id()) != key) {
                self.problem(format!("{} leads to another article", show(&key)));
            }
        }
        Ok(())
    }

    /// Every text can be read and belongs to a card.
    fn revisions(&mut self) -> Result<(), ReadError> {
        for pair in self.view.all(keys::REVISION) {
            let (key, value) = pair?;
            let Some(article) = self.decode::<Article>(&key, value)? else { continue };
            let number = self.view.number(&keys::article(&article.id))?;
            if number.map(|n| keys::revision(n, article.revision)).as_ref() != Some(&key) {
                self.problem(format!("{} belongs to no article", show(&key)));
            }
        }
        Ok(())
    }

    /// Every index entry leads to a card that names it.
    fn postings(&mut self, kind: u8) -> Result<(), ReadError> {
        for pair in self.view.all(kind) {
            let (key, _) = pair?;
            self.found.entries += 1;
            let number = keys::number(&key).unwrap_or_default();
            let named = self.look_up(number)?.is_some_and(|c| c.postings(number).contains(&key));
            if !named {
                self.problem(format!("{} leads to no article", show(&key)));
            }
        }
        Ok(())
    }

    /// Every inbox item is due once, every bundle has its name; returns how many entries there are.
    fn inbox(&mut self) -> Result<u64, ReadError> {
        let mut items = 0;
        for pair in self.view.all(keys::INBOX) {
            let (key, value) = pair?;
            items += 1;
            let Some(item) = self.decode::<InboxItem>(&key, value)? else { continue };
            let slot = keys::slot(&item.feed, &item.entry.key);
            let due = self.view.get(&keys::due(item.not_before, &slot))?;
            if due.is_none() || keys::inbox(&slot) != key {
                self.problem(format!("the inbox item {} is never due", show(&key)));
            }
        }
        let due = self.view.all(keys::DUE).count() as u64;
        self.equal("due times", due, items);
        for pair in self.view.all(keys::BUNDLE) {
            let (key, value) = pair?;
            let Some(bundle) = self.decode::<Vec<InboxItem>>(&key, value)? else { continue };
            items += bundle.len() as u64;
            if BundleId::of(&bundle).is_none_or(|id| id.key() != key) {
                self.problem(format!("the bundle {} has another name", show(&key)));
            }
        }
        Ok(items)
    }

    fn all_decode<T: DeserializeOwned>(&mut self, kind: u8) -> Result<(), ReadError> {
        for pair in self.view.all(kind) {
            let (key, value) = pair?;
            self.decode::<T>(&key, value)?;
        }
        Ok(())
    }

    /// Every further part belongs to a record that has so many.
    fn parts(&mut self) -> Result<(), ReadError> {
        for pair in self.view.all(keys::PART) {
            let (key, _) = pair?;
            let owner = key.get(1..key.len() - 2).unwrap_or_default();
            let part = key.last_chunk().copied().map_or(0, u16::from_be_bytes);
            let parts = self.view.get(owner)?.map_or(0, |value| record::parts(&value));
            if part == 0 || part > parts {
                self.problem(format!("{} belongs to no record", show(&key)));
            }
        }
        Ok(())
    }

    fn look_up(&self, number: u64) -> Result<Option<Card>, ReadError> {
        match self.view.read(&keys::card(number)) {
            // Reported where cards are read.
            Err(ReadError::Damaged(_)) => Ok(None),
            read => read,
        }
    }
}

/// A key for a person: its kind, the rest in hexadecimal.
fn show(key: &[u8]) -> String {
    let (kind, rest) = key.split_first().map_or((b'?', key), |(kind, rest)| (*kind, rest));
    format!("{} {rest:02x?}", char::from(kind))
}
