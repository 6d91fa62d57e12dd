//! [`Poller`]: one feed in virtual time, polled exactly when the schedule says so.

use std::time::Duration;
use wiredesk::model::{FeedState, Link, Span, Timestamp};
use wiredesk::schedule::{
    Answer, Document, Failure, Mode, Outcome, Pace, Redirect, Settings, Unchanged, next,
};

/// Monday 5 January 2026, noon UTC.
pub(super) const START: &str = "2026-01-05T12:00:00Z";

/// One feed, its settings, and the clock.
pub(super) struct Poller {
    pub(super) settings: Settings,
    pub(super) state: FeedState,
    pub(super) now: Timestamp,
    pub(super) jitter: f64,
    /// Entry-seconds.
    pub(super) threshold: f64,
}

impl Poller {
    /// Every quarter of an hour by the clock, without jitter.
    pub(super) fn fixed() -> Self {
        let settings = Settings { mode: Mode::Fixed, jitter: 0.0, ..Settings::default() };
        let state = FeedState::default();
        Self { settings, state, now: START.parse().unwrap(), jitter: 0.0, threshold: 100.0 }
    }

    /// The learned schedule, without jitter.
    pub(super) fn adaptive() -> Self {
        let mut poller = Self::fixed();
        poller.settings.mode = Mode::Adaptive;
        poller
    }

    /// As the loopback acceptance web wants it: every two seconds.
    pub(super) fn rehearsal() -> Self {
        let mut poller = Self::fixed();
        poller.settings.every = Span::seconds(2);
        poller.settings.min = Span::seconds(1);
        poller
    }

    /// Polls now and returns the whole seconds until the next poll.
    pub(super) fn poll(&mut self, outcome: &Outcome) -> i64 {
        let pace = Pace { jitter: self.jitter, threshold: self.threshold };
        self.state = next(&self.settings, &self.state, outcome, self.now, pace);
        self.wait()
    }

    /// Whole seconds until the next poll.
    pub(super) fn wait(&self) -> i64 {
        self.state.next_due.unwrap().duration_since(self.now).as_secs()
    }

    /// Moves the clock to the next poll.
    pub(super) fn sleep(&mut self) -> &mut Self {
        self.now = self.state.next_due.unwrap();
        self
    }

    /// Moves the clock.
    pub(super) fn pass(&mut self, seconds: u64) -> &mut Self {
        self.now += Duration::from_secs(seconds);
        self
    }

    /// The waits after each of these answers, each poll made when it is due.
    pub(super) fn waits(&mut self, outcomes: &[Outcome]) -> Vec<i64> {
        let mut waits = Vec::new();
        for outcome in outcomes {
            waits.push(self.poll(outcome));
            if self.state.next_due.is_some() {
                self.sleep();
            }
        }
        waits
    }
}

/// A 304.
pub(super) fn not_modified() -> Outcome {
    Outcome::new(Answer::Unchanged(Unchanged::NotModified))
}

/// The bytes of last time.
pub(super) fn same_body() -> Outcome {
    Outcome::new(Answer::Unchanged(Unchanged::SameBody))
}

/// A document with `new` of twenty entries new, undated.
pub(super) fn document(new: u32) -> Outcome {
    Outcome::new(Answer::Document(Document { published: Vec::new(), new, window: 20 }))
}

/// A document whose entries, all of them new, came evenly `gap` seconds apart up to `now`.
pub(super) fn history(now: Timestamp, entries: u32, gap: u64) -> Outcome {
    let published =
        (0..entries).map(|i| now - Duration::from_secs(u64::from(i) * gap + 1)).collect();
    Outcome::new(Answer::Document(Document { published, new: entries, window: entries }))
}

/// A failure of this class.
pub(super) fn failed(class: Failure) -> Outcome {
    Outcome::new(Answer::Failed { class, message: format!("{class:?}") })
}

/// A failure with this status.
pub(super) fn status(status: u16) -> Outcome {
    failed(Failure::Status(status))
}

/// The answer with a Retry-After of so many seconds.
pub(super) fn retry_after(mut outcome: Outcome, seconds: u64) -> Outcome {
    outcome.retry_after = Some(Duration::from_secs(seconds));
    outcome
}

/// The answer, fresh for so many seconds.
pub(super) fn fresh(mut outcome: Outcome, seconds: u64) -> Outcome {
    outcome.fresh_for = Some(Duration::from_secs(seconds));
    outcome
}

/// The answer, reached through permanent redirects.
pub(super) fn redirected(mut outcome: Outcome, from: &str, to: &str) -> Outcome {
    outcome.redirect = Some(Redirect { from: link(from), to: link(to) });
    outcome
}

/// A link that is one.
pub(super) fn link(text: &str) -> Link {
    Link::parse(text, None).unwrap()
}
