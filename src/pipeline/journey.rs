//! One article's journey: from an entry in the inbox, by its page, to the writer.
//!
//! An entry is never lost: a page that does not come is tried a few times with growing pauses,
//! then the feed's own text is filed instead.

use super::draft::Draft;
use super::filing::{NotFiled, Work};
use super::{Desk, Source};
use crate::extract::{self, Extracted, Hints, Refused};
use crate::fetch::{FailureKind, Fetched, Kind, Outcome, Reason, Request};
use crate::model::{Link, Timestamp};
use crate::observe;
use crate::store::InboxItem;
use std::sync::Arc;
use std::time::Duration;

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
    let Some(link) = item.entry.link.clone() else {
        return file(desk, source, item, None).await;
    };
    let started = observe::steady();
    let request = Request {
        access: Arc::clone(&source.access),
        settings: Some(Arc::clone(&source.fetch)),
        ..Request::new(link, Kind::Page)
    };
    let answer = desk.fetcher.get(&request).await;
    super::count(&desk.metrics, &answer, started.elapsed());
    match page(desk, source, &item, answer).await {
        Ok(page) => file(desk, source, item, Some(page)).await,
        Err(miss) if miss.permanent || miss.asked && item.attempts + 1 >= TRIES => {
            tracing::info!(feed = %source.id, entry = key, reason = miss.reason, "filed from the feed's own text");
            file(desk, source, item, None).await
        }
        Err(miss) => again(desk, source, item, miss).await,
    }
}

/// A page that was read.
struct Page {
    at: Link,
    read: Extracted,
}

/// Why there is no page.
struct Miss {
    reason: String,
    /// Asking again will not help.
    permanent: bool,
    /// Somebody was asked: the try counts.
    asked: bool,
    retry_after: Option<Duration>,
}

impl Miss {
    fn new(reason: impl Into<String>, permanent: bool) -> Self {
        Self { reason: reason.into(), permanent, asked: true, retry_after: None }
    }
}

async fn page(
    desk: &Desk,
    source: &Arc<Source>,
    item: &InboxItem,
    answer: Outcome,
) -> Result<Page, Miss> {
    match answer {
        Outcome::Fetched(answer) if is_html(&answer) => read(desk, source, item, *answer).await,
        Outcome::Fetched(answer) => {
            let kind = answer.content_type.unwrap_or_default();
            Err(Miss::new(format!("the page is {kind}, not HTML"), true))
        }
        Outcome::Unchanged(_) => {
            Err(Miss::new("\"not modified\" although nothing was asked", false))
        }
        Outcome::Gone => Err(Miss::new("the page is gone", true)),
        Outcome::Refused(reason) => {
            let (permanent, retry_after) = match reason {
                Reason::HostPaused(rest) => (false, Some(rest)),
                Reason::Offline => (false, None),
                Reason::PrivateAddress(_) | Reason::Robots(_) => (true, None),
            };
            let reason = reason.to_string();
            Err(Miss { permanent, asked: false, retry_after, reason })
        }
        Outcome::Failed(failure) => Err(Miss {
            permanent: is_final(failure.kind),
            asked: true,
            retry_after: failure.freshness.retry_after,
            reason: failure.message,
        }),
    }
}

/// Failures that the same request will meet again.
fn is_final(kind: FailureKind) -> bool {
    match kind {
        FailureKind::Status(status) => {
            (400..500).contains(&status) && !matches!(status, 403 | 408 | 425 | 429)
        }
        FailureKind::TooBig | FailureKind::Redirect | FailureKind::SetUp => true,
        _ => false,
    }
}

fn is_html(answer: &Fetched) -> bool {
    let kind = answer.content_type.as_deref().unwrap_or("text/html").to_ascii_lowercase();
    ["html", "xml", "text/plain", "octet-stream"].iter().any(|k| kind.contains(k))
}

async fn read(
    desk: &Desk,
    source: &Arc<Source>,
    item: &InboxItem,
    answer: Fetched,
) -> Result<Page, Miss> {
    let at = answer.final_url.clone();
    let (base, entry, source) = (at.clone(), item.entry.clone(), Arc::clone(source));
    let work = move || {
        let html = extract::decode(&answer.body, answer.content_type.as_deref());
        let hints = Hints { url: Some(base), entry: Some(&entry), ..Hints::default() };
        extract::extract(&html, &hints, &source.extract)
    };
    match desk.cpu.run(work).await {
        Ok(Ok(read)) => Ok(Page { at, read }),
        Ok(Err(refused)) => Err(refusal(refused)),
        Err(lost) => Err(Miss::new(lost.to_string(), true)),
    }
}

fn refusal(refused: Refused) -> Miss {
    Miss::new(refused.to_string(), !refused.is_passing())
}

/// Files the article: from its page, or from the feed's own text.
async fn file(
    desk: &Desk,
    source: &Arc<Source>,
    item: InboxItem,
    page: Option<Page>,
) -> Result<Next, NotFiled> {
    let now = observe::now();
    let source = Arc::clone(source);
    let work = move || {
        if let Some(page) = page {
            return Draft::new(&source, item, Some(&page.at), page.read, now);
        }
        let read = extract::from_entry(&item.entry, item.entry.link.as_ref(), &source.extract);
        Draft::new(&source, item, None, read, now)
    };
    let draft = desk.cpu.run(work).await.map_err(NotFiled::new)?;
    desk.clerk.file(Work::Article(Box::new(draft))).await?;
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
    item.attempts += u32::from(miss.asked);
    item.not_before = at;
    item.last_error = Some(miss.reason);
    desk.clerk.file(Work::Retry(Box::new(item))).await?;
    Ok(Next::Again(at))
}
