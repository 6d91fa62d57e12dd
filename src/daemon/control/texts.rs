//! Entries that were put down as they came: read once the polls leave time for it.

use super::{Control, later};
use crate::daemon::event::{Event, Page};
use crate::model::Timestamp;
use crate::pipeline::{self, Rest, Source};
use crate::store::BundleId;
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// So many polls under way, and what they bring is only put down.
const PRESSED: usize = 16;

impl Control {
    /// True while so many polls are under way that reading what they bring has to wait.
    pub(super) fn is_pressed(&self) -> bool {
        self.polls.under_way() > PRESSED
    }

    pub(super) fn await_reading(&mut self, bundles: impl IntoIterator<Item = BundleId>) {
        for bundle in bundles {
            let due = bundle.due();
            self.texts.add(bundle, due);
        }
    }

    pub(super) fn start_texts(&mut self, now: Timestamp) {
        while let Some(bundle) = self.texts.take(now, self.is_pressed()) {
            match self.named(bundle.feed()).cloned() {
                Some(source) => self.start_reading(source, bundle),
                // It stays in the store until its feed is configured again.
                None => self.texts.done(),
            }
        }
    }

    fn start_reading(&self, source: Arc<Source>, bundle: BundleId) {
        let (desk, events) = (self.desk.clone(), self.events.clone());
        self.tasks.spawn("reading", async move {
            let work = Box::pin(pipeline::read_bundle(&desk, &source, &bundle, later()));
            let rest = match AssertUnwindSafe(work).catch_unwind().await {
                Ok(Ok(rest)) => Some(rest),
                Ok(Err(error)) => {
                    tracing::error!(feed = %source.id, %error, "articles could not be written down");
                    None
                }
                Err(_) => {
                    tracing::error!(feed = %source.id, "internal fault; the entries rest");
                    None
                }
            };
            drop(events.send(Event::Read { bundle, rest }));
        });
    }

    /// Lets wait what reading a bundle left.
    pub(super) fn bundle_read(&mut self, bundle: BundleId, rest: Option<Rest>) {
        self.texts.done();
        let Some(Rest { pages, lost }) = rest else {
            return self.texts.add(bundle, later());
        };
        for (key, link, at) in pages {
            self.enqueue(Page::of(bundle.feed(), &key, link.as_ref(), at));
        }
        self.await_reading(lost);
    }
}
