//! One article's journey: from an entry in the inbox, by its page, to the writer.
//!
//! An entry is never lost: a page that does not come is tried a few times with growing pauses,
//! then the feed's own text is filed instead.

use super::draft::Draft;
use super::filing::{Leaving, NotFiled, Work};
use super::page::{self, Miss, Page};
use super::{Desk, Source, known, spans};
use crate::extract;
use crate::model::Timestamp;
use crate::observe;
use crate::store::InboxItem;
use std::sync::Arc;
use std::time::Duration;
use tracing::Instrument;

/// How often a page is asked for before the feed's own text has to do.
const TRIES: u32 = 4;

/// First pause after a page that did not come; it doubles with each try. A feed polled more often
/// than that sets the pace itself.
const PAUSE: Duration = Duration::from_mins(1);

/// Longest pause that a server may ask for before a page is tried again.
const PAUSE_MAX: Duration = Duration::from_hours(6);

/// How a journey ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The entry has left the inbox.
    Done,
    /// The page did not come; the entry waits until then.
    Again(Timestamp),
}

/// Takes the entry `key` of the feed out of the inbox, by way of its page.
///
/// # Errors
/// The writer did not take the result; the entry still waits.
pub async fn journey(desk: &Desk, source: &Arc<Source>, key: &str) -> Result<Next, NotFiled> {
    let known = desk.store.inbox_item(&source.id, key).map_err(NotFiled::new)?;
    let Some(item) = known else { return Ok(Next::Done) };
    let span = spans::article(&source.id, item.attempts + 1);
    let ended = travel(desk, source, key, item).instrument(span.clone()).await;
    span.record(
        "outcome",
        match &ended {
            Ok(Next::Done) => "filed",
            Ok(Next::Again(_)) => "again later",
            Err(_) => "not filed",
        },
    );
    if ended.is_err() {
        span.record("otel.status_code", "ERROR");
    }
    ended
}

/// The journey itself, within its span.
async fn travel(
    desk: &Desk,
    source: &Arc<Source>,
    key: &str,
    item: InboxItem,
) -> Result<Next, NotFiled> {
    let Some(link) = item.entry.link.clone() else {
        return file(desk, source, item, None).await;
    };
    let known = known::elsewhere(desk, source, &item, &link, observe::now());
    if let Some(page) = known.map_err(NotFiled::new)? {
        return file(desk, source, item, Some(page)).await;
    }
    let before = known::before(desk, source, &item, &link).map_err(NotFiled::new)?;
    match page::bring(desk, source, &item, link, before).await {
        Ok(page) => file(desk, source, item, Some(page)).await,
        Err(miss) if miss.permanent || miss.asked && item.attempts + 1 >= TRIES => {
            let from =
                if miss.came.is_some() { "the parts that came" } else { "the feed's own text" };
            tracing::info!(feed = %source.id, entry = key, reason = miss.reason, "filed from {from}");
            file(desk, source, item, miss.came.map(|page| *page)).await
        }
        Err(miss) => again(desk, source, item, miss).await,
    }
}

/// Files the article: from its page, or from the feed's own text.
async fn file(
    desk: &Desk,
    source: &Arc<Source>,
    item: InboxItem,
    page: Option<Page>,
) -> Result<Next, NotFiled> {
    let (now, due) = (observe::now(), item.not_before);
    let source = Arc::clone(source);
    let work = move || {
        if let Some(page) = page {
            let draft = Draft::new(&source, item, Some(&page.at), page.read, now);
            return Draft { page: page.mark, ..draft };
        }
        let read = extract::from_entry(&item.entry, item.entry.link.as_ref(), &source.extract);
        Draft::new(&source, item, None, read, now)
    };
    let draft = desk.cpu.run(work).await.map_err(NotFiled::new)?;
    let leaving = Box::new(Leaving { draft, due });
    desk.clerk.file(Work::Article(leaving)).instrument(spans::file()).await?;
    Ok(Next::Done)
}

async fn again(
    desk: &Desk,
    source: &Source,
    mut item: InboxItem,
    miss: Miss,
) -> Result<Next, NotFiled> {
    let pause = source.schedule.every.get().min(PAUSE) * 2_u32.pow(item.attempts.min(16));
    let wait = miss.retry_after.unwrap_or_default().max(pause).min(PAUSE_MAX);
    let at = observe::now().saturating_add(wait).unwrap_or(Timestamp::MAX);
    tracing::debug!(feed = %source.id, entry = item.entry.key, reason = miss.reason, "the page is tried again");
    let due = item.not_before;
    item.attempts += u32::from(miss.asked);
    item.not_before = at;
    item.last_error = Some(miss.reason);
    desk.clerk.file(Work::Retry { item: Box::new(item), due }).await?;
    Ok(Next::Again(at))
}
