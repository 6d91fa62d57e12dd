//! One feed's poll: ask, read, find what is new, file it together with the feed's next state.
//!
//! Validators and new entries are filed in one batch: a crash in between can only make us ask
//! again. Validators of a body that could not be read are never kept (the next "not modified"
//! would hide its content for ever).

use super::arrivals::{self, Arrivals};
use super::filing::{NotFiled, Work};
use super::{Desk, Source};
use crate::feed::{self, Media, NotAFeed, Parsed};
use crate::fetch::{FailureKind, Fetched, Freshness, Kind, Outcome, Reason, Request};
use crate::model::{FeedState, Health, Link, Timestamp, Validators};
use crate::observe;
use crate::schedule::{self, Answer, Document, Failure, Pace, Redirect, Unchanged};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// What a poll did.
#[derive(Debug)]
pub struct Polled {
    /// The feed's state after it; [`FeedState::next_due`] says when to come back.
    pub state: FeedState,
    /// Entries that now wait in the inbox for their page: key, address, earliest time.
    pub waiting: Vec<(String, Option<Link>, Timestamp)>,
}

/// What an answer means: the feed's state with what it taught, and what has to be written.
struct News {
    state: FeedState,
    outcome: schedule::Outcome,
    arrivals: Arrivals,
}

/// Polls a feed once; `threshold` is that of the daemon's [`schedule::Budget`].
///
/// # Errors
/// The writer did not take the result; the feed's state is as before.
pub async fn poll(
    desk: &Desk,
    source: &Arc<Source>,
    state: FeedState,
    threshold: f64,
) -> Result<Polled, NotFiled> {
    let started = observe::steady();
    let answer = desk.fetcher.get(&request(source, &state)).await;
    super::count(&desk.metrics, &answer, started.elapsed());
    let now = observe::now();
    let before = state.health;
    let News { state, outcome, arrivals } = match answer {
        Outcome::Fetched(answer) => read(desk, source, state, *answer, now).await,
        other => without_document(source, state, other),
    };
    let pace = Pace { jitter: schedule::jitter(&source.id, now), threshold };
    let next = schedule::next(&source.schedule, &state, &outcome, now, pace);
    report(source, before, &next, &arrivals);
    let waiting =
        arrivals.inbox.iter().map(|i| (i.entry.key.clone(), i.entry.link.clone(), i.not_before));
    let polled = Polled { state: next.clone(), waiting: waiting.collect() };
    let feed = source.id.clone();
    desk.clerk.file(Work::Poll { feed, state: Box::new(next), arrivals }).await?;
    Ok(polled)
}

fn request(source: &Source, state: &FeedState) -> Request {
    Request {
        validators: schedule::validators(state),
        validators_for: state.validators_for.clone(),
        access: Arc::clone(&source.access),
        settings: Some(Arc::clone(&source.fetch)),
        ..Request::new(schedule::address(state, &source.url).clone(), Kind::Feed)
    }
}

/// What an answer without a document means.
fn without_document(source: &Source, mut state: FeedState, answer: Outcome) -> News {
    let outcome = match answer {
        Outcome::Unchanged(same) => {
            let Validators { etag, last_modified } = same.validators;
            state.validators.etag = etag.or(state.validators.etag);
            state.validators.last_modified = last_modified.or(state.validators.last_modified);
            let moved = redirect(source, &state, same.permanent_to);
            wishes(Answer::Unchanged(Unchanged::NotModified), same.freshness, moved)
        }
        Outcome::Failed(failure) => {
            let class = class(failure.kind);
            let answer = Answer::Failed { class, message: failure.message };
            wishes(answer, failure.freshness, None)
        }
        Outcome::Gone => schedule::Outcome::new(Answer::Gone),
        Outcome::Refused(reason) => refused(&reason),
        Outcome::Fetched(_) => schedule::Outcome::new(Answer::Unchanged(Unchanged::SameBody)),
    };
    News { state, outcome, arrivals: Arrivals::default() }
}

/// A request that was not made.
fn refused(reason: &Reason) -> schedule::Outcome {
    let rest = match reason {
        Reason::HostPaused(rest) => Some(*rest),
        Reason::PrivateAddress(_) | Reason::Robots(_) => None,
    };
    let answer = Answer::Failed { class: Failure::Refused, message: reason.to_string() };
    schedule::Outcome { retry_after: rest, ..schedule::Outcome::new(answer) }
}

/// Reads the document, on the pool, and sorts out what is new.
async fn read(
    desk: &Desk,
    source: &Arc<Source>,
    mut state: FeedState,
    answer: Fetched,
    now: Timestamp,
) -> News {
    let moved = redirect(source, &state, answer.permanent_to.clone());
    let hash = xxh3_64(&answer.body);
    if state.body_hash == Some(hash) {
        keep_validators(&mut state, &answer);
        let same = Answer::Unchanged(Unchanged::SameBody);
        return News {
            outcome: wishes(same, answer.freshness, moved),
            state,
            arrivals: Arrivals::default(),
        };
    }
    match understand(desk, source, &answer, now).await {
        Ok((parsed, arrivals)) => {
            let outcome =
                wishes(Answer::Document(teach(&parsed, &arrivals)), answer.freshness, moved);
            keep_validators(&mut state, &answer);
            state.body_hash = Some(hash);
            state.title = Some(parsed.info.title).filter(|t| !t.is_empty()).or(state.title);
            state.hints = parsed.hints;
            News { state, outcome, arrivals }
        }
        Err((class, message)) => {
            let outcome = wishes(Answer::Failed { class, message }, answer.freshness, None);
            News { state, outcome, arrivals: Arrivals::default() }
        }
    }
}

/// The document and its arrivals, or why it is none.
async fn understand(
    desk: &Desk,
    source: &Arc<Source>,
    answer: &Fetched,
    now: Timestamp,
) -> Result<(Parsed, Arrivals), (Failure, String)> {
    let media = Media {
        content_type: answer.content_type.clone(),
        url: Some(answer.final_url.clone()),
        ..Media::default()
    };
    let (body, source, store) = (answer.body.clone(), Arc::clone(source), desk.store.clone());
    let work = move || {
        let parsed = feed::parse(&body, &media, &source.feed).map_err(|not| suspicious(&not))?;
        let arrivals = arrivals::sort(&store, &source, &parsed.entries, now)
            .map_err(|e| (Failure::Malformed, format!("the store cannot be read: {e}")))?;
        Ok((parsed, arrivals))
    };
    let fault = |e: super::Lost| (Failure::Malformed, e.to_string());
    desk.cpu.run(work).await.map_err(fault)?
}

fn suspicious(not: &NotAFeed) -> (Failure, String) {
    (Failure::Suspicious, not.to_string())
}

/// What the document teaches the schedule.
fn teach(parsed: &Parsed, arrivals: &Arrivals) -> Document {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Document {
        published: parsed.entries.iter().filter_map(|e| e.published).collect(),
        new: count(arrivals.len()),
        window: count(parsed.entries.len()),
    }
}

fn keep_validators(state: &mut FeedState, answer: &Fetched) {
    state.validators = answer.validators.clone();
    state.validators_for = Some(answer.final_url.clone());
}

fn redirect(source: &Source, state: &FeedState, to: Option<Link>) -> Option<Redirect> {
    let from = schedule::address(state, &source.url).clone();
    to.map(|to| Redirect { from, to })
}

/// An answer with what the server wishes.
fn wishes(answer: Answer, freshness: Freshness, redirect: Option<Redirect>) -> schedule::Outcome {
    schedule::Outcome {
        answer,
        retry_after: freshness.retry_after,
        fresh_for: freshness.max_age.or(freshness.expires_in).filter(|_| !freshness.no_cache),
        redirect,
    }
}

fn class(kind: FailureKind) -> Failure {
    match kind {
        FailureKind::Timeout => Failure::Timeout,
        FailureKind::Tls => Failure::Tls,
        FailureKind::TooBig => Failure::TooLarge,
        FailureKind::Status(status) => Failure::Status(status),
        FailureKind::SetUp => Failure::Refused,
        FailureKind::BadEncoding | FailureKind::Truncated => Failure::Malformed,
        FailureKind::Dns | FailureKind::Connect | FailureKind::Protocol | FailureKind::Redirect => {
            Failure::Network
        }
    }
}

/// Says once what a person wants to know: that a feed fails, that it came back, what it brought.
fn report(source: &Source, before: Health, after: &FeedState, arrivals: &Arrivals) {
    let feed = source.id.as_str();
    if let Some(error) = &after.last_error {
        tracing::warn!(feed, failures = after.failures, "poll failed: {error}");
    } else if matches!(before, Health::Failing | Health::Dead | Health::Gone) {
        tracing::info!(feed, "the feed answers again");
    }
    if arrivals.len() > 0 {
        tracing::info!(feed, entries = arrivals.len(), "new entries");
    }
}
