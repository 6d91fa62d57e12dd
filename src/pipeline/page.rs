//! One page: asked for, conditionally where it was read before, and read on the pool.

use super::known::Before;
use super::{Desk, Source, known, parts, spans};
use crate::extract::{self, Extracted, Hints, ON_SITE, OnSite, Refused};
use crate::fetch::{FailureKind, Fetched, Kind, Outcome, Reason, Request};
use crate::model::{Entry, Link, Validators};
use crate::store::{InboxItem, PageMark};
use std::sync::Arc;
use std::time::Duration;
use tracing::Instrument;

/// A page that was read.
pub(super) struct Page {
    /// Where it came from, after redirects.
    pub(super) at: Link,
    pub(super) read: Extracted,
    /// What to remember for asking again; `None` leaves what is known.
    pub(super) mark: Option<PageMark>,
}

/// Why there is no page, or not all of it.
pub(super) struct Miss {
    pub(super) reason: String,
    /// Asking again will not help.
    pub(super) permanent: bool,
    /// Somebody was asked: the try counts.
    pub(super) asked: bool,
    pub(super) retry_after: Option<Duration>,
    /// The first parts, where a later one did not come.
    pub(super) came: Option<Box<Page>>,
}

impl Miss {
    fn new(reason: impl Into<String>, permanent: bool) -> Self {
        let reason = reason.into();
        Self { reason, permanent, asked: true, retry_after: None, came: None }
    }
}

/// The page of an entry with all its parts; `before` is what is known of it from an earlier
/// reading.
///
/// # Errors
/// It did not come, is of no use, or breaks off.
pub(super) async fn bring(
    desk: &Desk,
    source: &Arc<Source>,
    item: &InboxItem,
    link: Link,
    before: Option<Before>,
) -> Result<Page, Miss> {
    let mark = before.as_ref().map(|before| before.mark.clone());
    match ask(desk, source, link, mark.as_ref()).await {
        Outcome::Unchanged(_) => match before {
            Some(before) => Ok(known::again(before, &item.entry)),
            None => Err(Miss::new("\"not modified\" although nothing was asked", false)),
        },
        outcome => {
            let first = understand(desk, source, Some(&item.entry), outcome).await?;
            // A page that brings no validators any more makes the old ones worthless.
            let told = first.mark.as_ref().is_some_and(|mark| !mark.validators.is_empty());
            let worth = told || mark.is_some();
            let first = Page { mark: first.mark.filter(|_| worth), ..first };
            parts::follow(desk, source, first).await
        }
    }
}

/// A further part of a page.
///
/// # Errors
/// As [`bring`].
pub(super) async fn part(desk: &Desk, source: &Arc<Source>, link: Link) -> Result<Page, Miss> {
    let outcome = ask(desk, source, link, None).await;
    understand(desk, source, None, outcome).await
}

async fn ask(desk: &Desk, source: &Arc<Source>, link: Link, mark: Option<&PageMark>) -> Outcome {
    let request = Request {
        validators: mark.map_or_else(Validators::default, |mark| mark.validators.clone()),
        validators_for: mark.map(|mark| mark.at.clone()),
        access: Arc::clone(&source.access),
        settings: Some(Arc::clone(&source.fetch)),
        ..Request::new(link, Kind::Page)
    };
    super::fetch(desk, &request).await
}

async fn understand(
    desk: &Desk,
    source: &Arc<Source>,
    entry: Option<&Entry>,
    answer: Outcome,
) -> Result<Page, Miss> {
    match answer {
        Outcome::Fetched(answer) if is_html(&answer) => read(desk, source, entry, *answer).await,
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
            Err(Miss { asked: false, retry_after, ..Miss::new(reason.to_string(), permanent) })
        }
        Outcome::Failed(failure) => Err(Miss {
            retry_after: failure.freshness.retry_after,
            ..Miss::new(failure.message, is_final(failure.kind))
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
    entry: Option<&Entry>,
    answer: Fetched,
) -> Result<Page, Miss> {
    let at = answer.final_url.clone();
    let mark = PageMark { at: at.clone(), validators: answer.validators.clone() };
    let elsewhere = desk.repeats.of(&at, |key| desk.store.near(key));
    let elsewhere = elsewhere.map_err(|error| Miss::new(error.to_string(), false))?;
    let (base, entry, source) = (at.clone(), entry.cloned(), Arc::clone(source));
    let work = move || {
        let html = extract::decode(&answer.body, answer.content_type.as_deref());
        let repeats = |text: &str| elsewhere.holds(text);
        let on_site = (!elsewhere.is_empty()).then_some(OnSite(&repeats));
        let hints = Hints { url: Some(base), entry: entry.as_ref(), on_site };
        let read = extract::extract(&html, &hints, &source.extract)?;
        elsewhere.met(read.dropped.iter().filter(|d| d.why == ON_SITE).map(|d| &*d.text));
        Ok(read)
    };
    let span = spans::extract();
    match desk.cpu.run(work).instrument(span.clone()).await {
        Ok(Ok(read)) => Ok(Page { at, read, mark: Some(mark) }),
        Ok(Err(refused)) => {
            span.record("outcome", "refused");
            Err(refusal(&refused))
        }
        Err(lost) => Err(Miss::new(lost.to_string(), true)),
    }
}

fn refusal(refused: &Refused) -> Miss {
    Miss::new(refused.to_string(), !refused.is_passing())
}
