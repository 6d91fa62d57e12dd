//! A document that a hub pushed: takes the same way as one that was polled.
//!
//! It leaves the feed's state alone, because a poll may be under way: validators and rhythm are
//! learned by the polls, which go on as a safety net.

use super::filing::{NotFiled, Work};
use super::intake::{self, Miss, Waiting};
use super::{Desk, Source};
use crate::feed::Media;
use bytes::Bytes;
use std::sync::Arc;

/// What a push brought.
#[derive(Debug)]
pub enum Pushed {
    /// Entries, now filed; these wait in the inbox for their page.
    Fat(Vec<Waiting>),
    /// No document: only the news that there is some, to be polled for.
    Thin,
}

/// Files what a hub pushed for a feed.
///
/// # Errors
/// The writer did not take it; nothing should be acknowledged to the hub.
pub async fn pushed(
    desk: &Desk,
    source: &Arc<Source>,
    body: Bytes,
    content_type: Option<String>,
) -> Result<Pushed, NotFiled> {
    let media = Media { content_type, url: Some(source.url.clone()), ..Media::default() };
    let mut intake = match intake::take_in(desk, source, body, media, false).await {
        Ok(intake) => intake,
        Err(Miss::Document(..)) => return Ok(Pushed::Thin),
        Err(Miss::Writer(error)) => return Err(error),
    };
    let waiting = intake.waiting();
    let (feed, entries) = (source.id.clone(), intake.lesson.new);
    desk.clerk.file(Work::Arrivals { feed, arrivals: intake.arrivals }).await?;
    tracing::info!(feed = %source.id, entries, "pushed by its hub");
    Ok(Pushed::Fat(waiting))
}
