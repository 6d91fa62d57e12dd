//! Brings a store that an earlier version wrote to the layout of this one, in place.
//!
//! A step reads what is there and commits in small batches; the head names the new layout only in
//! the last one. A step that was cut off starts again and finds less to do.

use super::backend::{Backend, Batch};
use super::card::Card;
use super::error::ReadError;
use super::head::{Head, SCHEMA};
use super::keys;
use super::record::{self, Codec};
use super::view::View;
use crate::model::ArticleId;

/// Keys written or removed in one batch.
const BATCH: usize = 1024;

/// The head of the store once it has the layout of this version.
///
/// # Errors
/// The engine cannot read or write, or a record is damaged.
pub(super) fn migrate(backend: &dyn Backend, mut head: Head) -> Result<Head, ReadError> {
    if head.schema == SCHEMA {
        return Ok(head);
    }
    tracing::info!(from = head.schema, to = SCHEMA, "the store gets the layout of this version");
    if head.schema < 2 {
        drop_own_stories(backend)?;
    }
    // Layout 3: a card also says its article's place in the story. One without is read as before.
    if head.schema < 5 {
        forget_near(backend)?;
    }
    head.schema = SCHEMA;
    let record = record::encode(Codec::Json, &head).map_err(ReadError::Damaged)?;
    backend.commit(&Batch::from([(keys::HEAD.to_vec(), Some(record))]))?;
    Ok(head)
}

/// Layout 2: the article that a story is named after has no index entry for it.
fn drop_own_stories(backend: &dyn Backend) -> Result<(), ReadError> {
    let view = View { backend, pending: None };
    let mut gone = Batch::new();
    for pair in view.all(keys::STORY) {
        let (key, _) = pair?;
        let number = keys::number(&key).unwrap_or_default();
        let card: Option<Card> = view.read(&keys::card(number))?;
        let story = key.get(1..17).and_then(|id| id.try_into().ok()).map(ArticleId::from_bytes);
        if card.is_some_and(|card| Some(card.id()) == story) {
            gone.insert(key, None);
        }
        if gone.len() >= BATCH {
            backend.commit(&std::mem::take(&mut gone))?;
        }
    }
    Ok(backend.commit(&gone)?)
}

/// Layout 4: the near-duplicate index keeps less of each line of a site. Layout 5: it spreads anchors
/// over all its buckets. What it had is learnt again from the archive, as after a crash.
fn forget_near(backend: &dyn Backend) -> Result<(), ReadError> {
    let from = keys::near(&[]);
    let to = keys::end(&from);
    loop {
        let some = backend.page(&from, &to, false, BATCH)?;
        if some.is_empty() {
            return Ok(());
        }
        backend.commit(&some.into_iter().map(|(key, _)| (key, None)).collect())?;
    }
}
