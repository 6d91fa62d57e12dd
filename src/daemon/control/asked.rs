//! What others ask of the loop: pushes of hubs, and what a person orders.

use super::{Control, hurried, state_of};
use crate::daemon::event::{Event, Page};
use crate::model::FeedId;
use crate::observe;
use crate::pipeline::{self, Pushed};
use crate::serve::Receipt;
use bytes::Bytes;
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::oneshot;

impl Control {
    /// Takes in what a hub pushed, and answers the hub once that is durable.
    pub(super) fn start_push(
        &self,
        feed: &FeedId,
        body: Bytes,
        content_type: Option<String>,
        done: oneshot::Sender<Receipt>,
    ) {
        let number = self.numbers.get(feed).copied();
        let source = number.and_then(|n| Some((n, Arc::clone(self.source(n)?))));
        let Some((number, source)) = source.filter(|_| !self.paused) else {
            // The hub may have hung up.
            let receipt = if self.paused { Receipt::Failed } else { Receipt::Unknown };
            return drop(done.send(receipt));
        };
        let (desk, events, stop) =
            (self.desk.clone(), self.events.clone(), self.tasks.stop.clone());
        self.tasks.spawn("push", async move {
            let work = Box::pin(pipeline::pushed(&desk, &source, body, content_type));
            let ended = hurried(&stop, AssertUnwindSafe(work).catch_unwind()).await;
            let receipt = if let Some(Ok(Ok(pushed))) = ended {
                drop(events.send(Event::Taken { number, pushed }));
                Receipt::Taken
            } else {
                Receipt::Failed
            };
            drop(done.send(receipt));
        });
    }

    /// Reads all older pages of a feed, after those that others were asked for.
    pub(super) fn start_backfill(&self, feed: &FeedId) {
        let number = self.numbers.get(feed).copied();
        let Some((number, source)) = number.and_then(|n| Some((n, Arc::clone(self.source(n)?))))
        else {
            return;
        };
        let (desk, events) = (self.desk.clone(), self.events.clone());
        let (stop, turn) = (self.tasks.stop.clone(), Arc::clone(&self.backfills));
        self.tasks.spawn("backfill", async move {
            let work = Box::pin(async {
                let _turn = turn.acquire().await;
                pipeline::backfill(&desk, &source).await
            });
            let ended = hurried(&stop, AssertUnwindSafe(work).catch_unwind()).await;
            if let Some(Ok(Ok(done))) = ended {
                drop(events.send(Event::Taken { number, pushed: Pushed::Fat(done.waiting) }));
            } else {
                tracing::error!(feed = %source.id, "older pages were not read to the end");
            }
        });
    }

    /// Makes a feed due, unless its poll is under way.
    pub(super) fn refresh(&mut self, feed: &FeedId) {
        let leader = self.numbers.get(feed).map(|number| self.twins.leader(*number));
        if let Some(leader) = leader.filter(|leader| self.queue.contains(*leader)) {
            self.queue.schedule(leader, observe::now());
        }
    }

    /// Makes all feeds due whose poll is not under way.
    pub(super) fn refresh_all(&mut self) {
        let now = observe::now();
        for number in (0..).take(self.sources.len()) {
            if self.queue.contains(number) {
                self.queue.schedule(number, now);
            }
        }
    }

    /// Makes a feed due as if it were new, also one that is gone; after its poll where one is under
    /// way.
    pub(super) fn reset(&mut self, feed: &FeedId) {
        let number = self.numbers.get(feed).copied().filter(|n| self.source(*n).is_some());
        let Some(number) = number else { return };
        self.resets.insert(number);
        let leader = self.twins.leader(number);
        if !self.polling.contains(&leader) {
            self.queue.schedule(leader, observe::now());
        }
    }

    /// Lets the pages of pushed entries wait, or polls a feed that has news, as soon as it may be.
    pub(super) fn taken(&mut self, number: u32, pushed: Pushed) {
        let Some(source) = self.source(number).cloned() else { return };
        match pushed {
            Pushed::Fat(waiting) => {
                for (key, link, at) in waiting {
                    self.enqueue(Page::of(&source.id, &key, link.as_ref(), at));
                }
            }
            Pushed::Thin if self.queue.contains(self.twins.leader(number)) => {
                let (state, now) = (state_of(&self.desk.store, &source.id), observe::now());
                let rested = state
                    .last_polled
                    .and_then(|at| at.saturating_add(source.schedule.min.get()).ok());
                let due = rested.map_or(now, |at| at.max(now));
                self.queue.schedule(self.twins.leader(number), due);
            }
            Pushed::Thin => {}
        }
    }
}
