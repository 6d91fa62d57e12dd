//! One feed's poll: ask, read, find what is new, file it together with the feed's next state.
//!
//! Validators and new entries are filed in one batch: a crash in between can only make us ask
//! again. Validators of a body that could not be read are never kept (the next "not modified"
//! would hide its content for ever).

use super::arrivals::Arrivals;
use super::backfill::{self, AFTER_A_GAP};
use super::filing::{NotFiled, Work};
use super::intake::{self, Intake, Miss, Waiting};
use super::{Desk, Source, spans};
use crate::feed::Media;
use crate::fetch::websub::{self, Announced};
use crate::fetch::{FailureKind, Fetched, Freshness, Kind, Outcome, Reason, Request};
use crate::model::{FeedState, Health, Link, Timestamp, Turn, Turned, Validators};
use crate::observe;
use crate::schedule::{self, Answer, Failure, Pace, Redirect, Unchanged};
use crate::store::BundleId;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use tracing::{Instrument, Span};
use xxhash_rust::xxh3::xxh3_64;

/// So many failures in a row, and a document without entries is believed.
const EMPTY_POLLS: u32 = 3;
/// Seconds after which a state is written whole although nothing but times changed.
const WHOLE_EVERY: i64 = 86_400;
/// The status of an answer that holds only what is new (RFC 3229).
const DELTA: u16 = 226;

/// What a poll did.
#[derive(Debug)]
pub struct Polled {
    /// The feed's state after it; [`FeedState::next_due`] says when to come back.
    pub state: FeedState,
    /// Entries that now wait in the inbox for their page.
    pub waiting: Vec<Waiting>,
    /// Entries that now wait to be read.
    pub bundles: Vec<BundleId>,
}

/// What polls have in common that begin at the same moment.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// That of the daemon's [`schedule::Budget`].
    pub threshold: f64,
    /// Many other polls are under way: new entries are put down as they are, which makes them durable at a
    /// tenth of the cost of an article, and are read afterwards.
    pub pressed: bool,
}

/// What an answer means: the feed's state with what it taught, and what has to be written.
struct News {
    state: FeedState,
    outcome: schedule::Outcome,
    arrivals: Arrivals,
    waiting: Vec<Waiting>,
    bundles: Vec<BundleId>,
    /// The page before the document, where none of its entries was known: some may lie between.
    gap: Option<Link>,
    /// What its document takes of the writer's room.
    room: Option<OwnedSemaphorePermit>,
}

impl News {
    /// Without a document.
    fn new(state: FeedState, outcome: schedule::Outcome) -> Self {
        let (waiting, bundles) = (Vec::new(), Vec::new());
        let arrivals = Arrivals::default();
        Self { state, outcome, arrivals, waiting, bundles, gap: None, room: None }
    }
}

/// Polls feeds that are fetched in exactly the same way by one request; what became of each, in
/// the same order.
///
/// # Errors
/// The writer did not take a feed's result; its state is as before.
pub fn poll(
    desk: &Desk,
    feeds: Vec<(Arc<Source>, FeedState)>,
    moment: Moment,
) -> impl Future<Output = Vec<Result<Polled, NotFiled>>> + Send {
    let first = feeds.first();
    let span = first.map_or_else(Span::none, |(source, _)| spans::poll(&source.id));
    serve(desk, feeds, moment, span.clone()).instrument(span)
}

/// The poll itself, within its span.
async fn serve(
    desk: &Desk,
    feeds: Vec<(Arc<Source>, FeedState)>,
    moment: Moment,
    span: Span,
) -> Vec<Result<Polled, NotFiled>> {
    let Some(request) = request(&feeds) else { return Vec::new() };
    let answer = super::fetch(desk, &request).await;
    spans::note_answer(&span, &answer);
    let mut polled = Vec::with_capacity(feeds.len());
    for (source, state) in feeds {
        // Room for it only once there is an answer: most polls under way wait for theirs.
        let digest = Box::pin(digest(desk, &source, state, answer.clone(), moment));
        polled.push(digest.await);
    }
    polled
}

/// What an answer does to one feed.
async fn digest(
    desk: &Desk,
    source: &Arc<Source>,
    state: FeedState,
    answer: Outcome,
    moment: Moment,
) -> Result<Polled, NotFiled> {
    let now = observe::now();
    let before = state.health;
    let old = matches!(answer, Outcome::Unchanged(_)).then(|| state.clone());
    let News { mut state, outcome, arrivals, waiting, bundles, gap, room } = match answer {
        // What most polls do not come to stands apart: each poll under way would hold room for it.
        Outcome::Fetched(answer) => Box::pin(read(desk, source, state, *answer, moment)).await?,
        other => without_document(source, state, other),
    };
    if let Some(hubs) = &desk.hubs {
        hubs.note(&source.id, &mut state);
    }
    let pace = Pace { jitter: schedule::jitter(&source.id, now), threshold: moment.threshold };
    let next = schedule::next(&source.schedule, &state, &outcome, now, pace);
    report(source, before, &next, &outcome.answer);
    if next.turned != state.turned
        && let Some(turned) = &next.turned
    {
        tell(source, turned);
        desk.metrics.turned(turned.to);
    }
    let mut polled = Polled { state: next.clone(), waiting, bundles };
    let (feed, state) = (source.id.clone(), Box::new(next));
    let work = match old {
        Some(old) if is_same_but_times(&old, &state) => Work::Times { feed, state },
        _ => Work::Poll { feed, state, arrivals },
    };
    desk.clerk.file(work).await?;
    drop(room);
    if desk.hubs.is_some() {
        Box::pin(subscribe(desk, source, &polled.state, now)).await;
    }
    if gap.is_some() {
        let walked = Box::pin(backfill::walk(desk, source, gap, AFTER_A_GAP, false)).await?;
        polled.waiting.extend(walked.waiting);
    }
    Ok(polled)
}

/// True where the next state of a feed need not be written whole: the time that passed without an
/// entry is learned from its last whole one as well, which is not too long ago.
fn is_same_but_times(old: &FeedState, next: &FeedState) -> bool {
    let watched = |state: &FeedState| state.rhythm.until.map_or(0, Timestamp::as_second);
    let times = FeedState {
        last_polled: next.last_polled,
        last_success: next.last_polled,
        next_due: next.next_due,
        not_before: next.not_before,
        due_reason: next.due_reason.clone(),
        rhythm: next.rhythm.clone(),
        ..old.clone()
    };
    times == *next && watched(next) - watched(old) < WHOLE_EVERY
}

/// Asks the feed's hub for pushes, where that is due.
async fn subscribe(desk: &Desk, source: &Source, state: &FeedState, now: Timestamp) {
    let Some(hubs) = desk.hubs.as_ref().filter(|_| state.failures == 0) else { return };
    let Some((hub, form)) = hubs.ask(&source.id, &source.url, state, now) else { return };
    if let Err(error) = desk.fetcher.submit(&hub, form).await {
        tracing::info!(feed = %source.id, %hub, %error, "the hub did not take the subscription");
    }
}

/// The request of the first feed. It is conditional where all of them know the same document: "not
/// modified" would keep it from the others.
fn request(feeds: &[(Arc<Source>, FeedState)]) -> Option<Request> {
    let ((source, state), others) = feeds.split_first()?;
    let knows = |(_, other): &(Arc<Source>, FeedState)| {
        other.body_hash == state.body_hash && other.validators_for == state.validators_for
    };
    let alike = others.iter().all(knows);
    let validators = if alike { schedule::validators(state) } else { Validators::default() };
    let request = Request {
        validators,
        validators_for: state.validators_for.clone(),
        access: Arc::clone(&source.access),
        settings: Some(Arc::clone(&source.fetch)),
        ..Request::new(schedule::address(state, &source.url).clone(), Kind::Feed)
    };
    Some(request)
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
    News::new(state, outcome)
}

/// A request that was not made.
fn refused(reason: &Reason) -> schedule::Outcome {
    match reason {
        Reason::Offline => schedule::Outcome::new(Answer::Offline),
        Reason::HostPaused(rest) => schedule::Outcome {
            retry_after: Some(*rest),
            ..schedule::Outcome::new(Answer::HostRests)
        },
        Reason::PrivateAddress(_) | Reason::Robots(_) => {
            let message = reason.to_string();
            schedule::Outcome::new(Answer::Failed { class: Failure::Refused, message })
        }
    }
}

/// Reads the document and sorts out what is new.
///
/// # Errors
/// The writer did not take what came first.
async fn read(
    desk: &Desk,
    source: &Arc<Source>,
    mut state: FeedState,
    answer: Fetched,
    moment: Moment,
) -> Result<News, NotFiled> {
    let moved = redirect(source, &state, answer.permanent_to.clone());
    let hash = xxh3_64(&answer.body);
    if state.body_hash == Some(hash) {
        keep_validators(&mut state, &answer);
        let same = Answer::Unchanged(Unchanged::SameBody);
        return Ok(News::new(state, wishes(same, answer.freshness, moved)));
    }
    let room = desk.clerk.room(answer.body.len()).await;
    let media = Media {
        content_type: answer.content_type.clone(),
        url: Some(answer.final_url.clone()),
        ..Media::default()
    };
    let (body, pressed) = (answer.body.clone(), moment.pressed);
    let intake = match intake::take_in(desk, source, body, media, pressed).await {
        Ok(intake) => intake,
        Err(Miss::Writer(error)) => return Err(error),
        Err(Miss::Document(class, message)) => {
            let failed = Answer::Failed { class, message };
            return Ok(News::new(state, wishes(failed, answer.freshness, None)));
        }
    };
    if is_emptied(&state, &answer, &intake) {
        let message = "a document without entries where there were some".to_owned();
        let failed = Answer::Failed { class: Failure::Suspicious, message };
        return Ok(News::new(state, wishes(failed, answer.freshness, None)));
    }
    keep_validators(&mut state, &answer);
    state.body_hash = Some(hash);
    let announced = websub::announced(&answer.link_headers, &answer.final_url);
    let news = learn(state, intake, announced, |it| wishes(it, answer.freshness, moved));
    Ok(News { room, ..news })
}

/// The state with what a document says of its feed.
fn learn(
    mut state: FeedState,
    mut intake: Intake,
    announced: Announced,
    outcome: impl FnOnce(Answer) -> schedule::Outcome,
) -> News {
    let (waiting, bundles, lesson) = (intake.waiting(), intake.bundles(), &intake.lesson);
    let strange = state.rhythm.window > 0 && lesson.window > 0 && lesson.new >= lesson.window;
    let gap = backfill::older(&intake.parsed.paging).filter(|_| strange).cloned();
    state.title = Some(intake.parsed.info.title).filter(|t| !t.is_empty()).or(state.title);
    state.hints = intake.parsed.hints;
    // What the header says comes before what the document says (WebSub, section 4).
    state.hints.hub = announced.hub.or(state.hints.hub);
    state.hints.self_link = announced.topic.or(state.hints.self_link);
    let outcome = outcome(Answer::Document(intake.lesson));
    News { arrivals: intake.arrivals, waiting, bundles, gap, ..News::new(state, outcome) }
}

/// True where a feed that had entries shows none for the first time or two: a page of a broken
/// server as a rule, and its validators would hide the entries that come back.
fn is_emptied(state: &FeedState, answer: &Fetched, intake: &Intake) -> bool {
    let empty = intake.lesson.window == 0 && answer.status != DELTA;
    empty && state.rhythm.window > 0 && state.failures < EMPTY_POLLS
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

/// Says that a feed's health has turned, which is so once and not with every poll.
fn tell(source: &Source, turned: &Turned) {
    let (feed, failures, since) = (source.id.as_str(), turned.failures, turned.since.to_string());
    let error = turned.error.as_deref().unwrap_or_default();
    match turned.to {
        Turn::Failing => {
            tracing::warn!(feed, failures, since, error, "the feed has failed for a long time");
        }
        Turn::Gone => {
            tracing::warn!(feed, since, "the feed is gone; remove it, or `wiredesk feed reset` it");
        }
        Turn::Recovered => tracing::info!(feed, failures, since, "the feed has recovered"),
    }
}

/// Says once what a person wants to know: that a feed fails, that it came back, what it brought.
fn report(source: &Source, before: Health, after: &FeedState, answer: &Answer) {
    let feed = source.id.as_str();
    if let Some(error) = &after.last_error {
        tracing::warn!(feed, failures = after.failures, "poll failed: {error}");
    } else if matches!(before, Health::Failing | Health::Dead | Health::Gone) {
        tracing::info!(feed, "the feed answers again");
    }
    if let Answer::Document(document) = answer
        && document.new > 0
    {
        tracing::info!(feed, entries = document.new, "new entries");
    }
}
