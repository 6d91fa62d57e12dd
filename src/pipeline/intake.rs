//! What a document of a feed brings: reads it on the pool, sorts out what is new, and files that in
//! portions.
//!
//! A document may hold ten thousand new entries. All of them at once, as articles with everything
//! that they are recognised by, would take hundreds of megabytes: all portions but the last are
//! filed here, the last one by the caller together with whatever else has to be written. A crash
//! in between costs nothing: what was filed is recognised when the document comes again.

use super::arrivals::{self, Arrivals};
use super::filing::{NotFiled, Work};
use super::{Desk, Source};
use crate::feed::{self, Media, NotAFeed, Parsed};
use crate::model::{Entry, Link, Timestamp};
use crate::observe;
use crate::schedule::{Document, Failure};
use crate::store::BundleId;
use bytes::Bytes;
use std::sync::Arc;

/// Entries looked at, and at most filed, at once: more than all but the rarest feeds hold.
const PORTION: usize = 400;

/// An entry that waits in the inbox: its key, the address of its page, the earliest time.
pub type Waiting = (String, Option<Link>, Timestamp);

/// A document that was read.
pub(super) struct Intake {
    /// What it says besides its entries.
    pub(super) parsed: Parsed,
    /// What it teaches the schedule.
    pub(super) lesson: Document,
    /// The last portion of what is new, still to be filed.
    pub(super) arrivals: Arrivals,
    /// Entries of the portions that were filed and now wait for their page.
    waiting: Vec<Waiting>,
    bundles: Vec<BundleId>,
}

/// Why nothing was taken in.
pub(super) enum Miss {
    /// The document is of no use.
    Document(Failure, String),
    /// The writer did not take a portion.
    Writer(NotFiled),
}

impl Intake {
    /// All entries that wait for their page once the last portion is filed.
    pub(super) fn waiting(&mut self) -> Vec<Waiting> {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.extend(self.arrivals.inbox.iter().map(arrivals::waiting_for_page));
        waiting
    }

    /// The bundles that wait once the last portion is filed.
    pub(super) fn bundles(&mut self) -> Vec<BundleId> {
        let mut bundles = std::mem::take(&mut self.bundles);
        bundles.extend(self.arrivals.bundles().filter_map(BundleId::of));
        bundles
    }
}

/// Takes in the document `body` of a feed; where the desk is `pressed`, entries that may be whole go into
/// bundles.
///
/// # Errors
/// It is no feed, or a portion was not filed.
pub(super) async fn take_in(
    desk: &Desk,
    source: &Arc<Source>,
    body: Bytes,
    media: Media,
    pressed: bool,
) -> Result<Intake, Miss> {
    let reader = Arc::clone(source);
    let read = move || feed::parse(&body, &media, &reader.feed);
    let mut parsed = desk.cpu.run(read).await.map_err(lost)?.map_err(|not| suspicious(&not))?;
    let entries = std::mem::take(&mut parsed.entries);
    let mut lesson = lesson(&entries);
    let (mut arrivals, mut waiting, mut bundles) = (Arrivals::default(), Vec::new(), Vec::new());
    let mut rest = entries;
    while !rest.is_empty() {
        // The oldest entries of a document stand last as a rule, and are the first to be filed.
        let portion = rest.split_off(rest.len().saturating_sub(PORTION));
        arrivals = sort(desk, source, portion, pressed).await?;
        lesson.new = lesson.new.saturating_add(count(arrivals.len()));
        if !rest.is_empty() {
            waiting.extend(arrivals.inbox.iter().map(arrivals::waiting_for_page));
            bundles.extend(arrivals.bundles().filter_map(BundleId::of));
            let (feed, arrivals) = (source.id.clone(), std::mem::take(&mut arrivals));
            desk.clerk.file(Work::Arrivals { feed, arrivals }).await.map_err(Miss::Writer)?;
        }
    }
    Ok(Intake { parsed, lesson, arrivals, waiting, bundles })
}

/// What is new among these entries.
async fn sort(
    desk: &Desk,
    source: &Arc<Source>,
    entries: Vec<Entry>,
    pressed: bool,
) -> Result<Arrivals, Miss> {
    let (source, store) = (Arc::clone(source), desk.store.clone());
    let now = observe::now();
    let work = move || arrivals::sort(&store, &source, entries, pressed, now);
    let unread = |e| Miss::Document(Failure::Malformed, format!("the store cannot be read: {e}"));
    desk.cpu.run(work).await.map_err(lost)?.map_err(unread)
}

fn lesson(entries: &[Entry]) -> Document {
    Document {
        published: entries.iter().filter_map(|e| e.published).collect(),
        new: 0,
        window: count(entries.len()),
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn suspicious(not: &NotAFeed) -> Miss {
    Miss::Document(Failure::Suspicious, not.to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn lost(error: super::Lost) -> Miss {
    Miss::Document(Failure::Malformed, error.to_string())
}
