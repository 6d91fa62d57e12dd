//! The older pages of a feed (RFC 5005: `prev-archive`, else `next`): fetched one after the other
//! and taken in as if they had been polled.
//!
//! By itself a poll reads a few of them where none of a document's entries is known any more; a
//! person may ask for all. Both end at a page that was met before, that fails, or that is the last
//! one, and after so many pages in any case: a chain without an end is one link away.

use super::filing::{NotFiled, Work};
use super::intake::{self, Intake, Miss, Waiting};
use super::{Desk, Source};
use crate::feed::{Media, Paging};
use crate::fetch::{Kind, Outcome, Request};
use crate::model::Link;
use crate::observe;
use std::collections::HashSet;
use std::sync::Arc;

/// Pages that a poll reads by itself.
pub(super) const AFTER_A_GAP: usize = 8;
/// Pages that a person gets at once: with ten entries each, what a busy site writes in a year.
const ON_REQUEST: usize = 500;

/// What a walk through older pages brought.
#[derive(Debug, Default)]
pub struct Backfilled {
    /// Pages read.
    pub pages: usize,
    /// Entries that were not known.
    pub entries: u32,
    /// Those that now wait for their page.
    pub waiting: Vec<Waiting>,
}

/// Reads all that a feed still offers, from its first document on.
///
/// # Errors
/// The writer did not take a page.
pub async fn backfill(desk: &Desk, source: &Arc<Source>) -> Result<Backfilled, NotFiled> {
    walk(desk, source, Some(source.url.clone()), ON_REQUEST, true).await
}

/// The page before a document, where there is one.
pub(super) fn older(paging: &Paging) -> Option<&Link> {
    paging.prev_archive.as_ref().or(paging.next.as_ref())
}

/// Reads at most `most` pages from `next` on; those behind one that brings nothing new only where
/// `through` is set.
pub(super) async fn walk(
    desk: &Desk,
    source: &Arc<Source>,
    mut next: Option<Link>,
    most: usize,
    through: bool,
) -> Result<Backfilled, NotFiled> {
    let (mut done, mut met) = (Backfilled::default(), HashSet::new());
    while let Some(at) = next.take() {
        if done.pages == most || !met.insert(at.clone()) {
            break;
        }
        let Some(mut page) = read(desk, source, at).await? else { break };
        done.pages += 1;
        done.entries = done.entries.saturating_add(page.lesson.new);
        done.waiting.extend(page.waiting());
        let fruitless = page.lesson.new == 0;
        let (feed, arrivals) = (source.id.clone(), page.arrivals);
        desk.clerk.file(Work::Arrivals { feed, arrivals }).await?;
        next = older(&page.parsed.paging).filter(|_| through || !fruitless).cloned();
    }
    tracing::info!(feed = %source.id, pages = done.pages, entries = done.entries, "older pages read");
    Ok(done)
}

/// One page; `None` where it did not come or is no feed.
async fn read(desk: &Desk, source: &Arc<Source>, at: Link) -> Result<Option<Intake>, NotFiled> {
    let request = Request {
        access: Arc::clone(&source.access),
        settings: Some(Arc::clone(&source.fetch)),
        ..Request::new(at, Kind::Feed)
    };
    let started = observe::steady();
    let answer = desk.fetcher.get(&request).await;
    super::count(&desk.metrics, &answer, started.elapsed());
    let Outcome::Fetched(answer) = answer else { return Ok(None) };
    let media = Media {
        content_type: answer.content_type,
        url: Some(answer.final_url),
        ..Media::default()
    };
    match intake::take_in(desk, source, answer.body, media, false).await {
        Ok(intake) => Ok(Some(intake)),
        Err(Miss::Document(..)) => Ok(None),
        Err(Miss::Writer(error)) => Err(error),
    }
}
