//! The daemon's own schedule, run as the daemon runs it.

use super::{CEILING, FLOOR, Reader, Score, Tally, World};
use crate::model::{FeedId, FeedState, Span, Timestamp};
use crate::schedule::{
    Answer, Budget, Document, Outcome, Pace, Queue, Settings, Unchanged, first_due, jitter, next,
};

/// Simulated time starts on a Monday.
const START_MILLIS: i64 = 1_767_571_200_000;

pub(super) fn score(world: &World, per_day: f64) -> Score {
    let settings = settings(per_day);
    let mut tally = Tally::default();
    let mut budget = Budget::new(&settings);
    let mut queue = Queue::default();
    let mut feeds: Vec<Feed<'_>> = Vec::new();
    for (n, times) in (0..).zip(&world.feeds) {
        let Ok(id) = FeedId::new(&format!("feed-{n}")) else { continue };
        let begin = (world.from - 28.0 * 86_400.0).max(0.0);
        queue.schedule(n, first_due(&settings, &id, moment(begin)));
        feeds.push(Feed { id, reader: Reader::new(times), state: FeedState::default() });
    }
    while let Some((n, now)) = queue.next_due().and_then(|now| queue.pop(now)) {
        let Some(feed) = usize::try_from(n).ok().and_then(|n| feeds.get_mut(n)) else { continue };
        feed.poll(world, &settings, budget.threshold(), now, &mut tally);
        budget.polled(n, &feed.state, now);
        let done = at(now) >= world.to && feed.reader.known == feed.reader.feed.len();
        if let Some(due) = feed.state.next_due.filter(|_| !done) {
            queue.schedule(n, due);
        }
    }
    tally.score("wiredesk", world)
}

/// The defaults, at this budget and with the simulation's bounds.
fn settings(per_day: f64) -> Settings {
    let span = |seconds: f64| {
        let whole = std::time::Duration::from_secs_f64(seconds).as_millis();
        Span::millis(u64::try_from(whole).unwrap_or(u64::MAX))
    };
    Settings {
        every: span(86_400.0 / per_day),
        min: span(FLOOR),
        max: span(CEILING),
        ..Settings::default()
    }
}

struct Feed<'a> {
    id: FeedId,
    reader: Reader<'a>,
    state: FeedState,
}

impl Feed<'_> {
    fn poll(
        &mut self,
        world: &World,
        settings: &Settings,
        threshold: f64,
        now: Timestamp,
        tally: &mut Tally,
    ) {
        let new = self.reader.poll(world, at(now), tally);
        let outcome = Outcome::new(if new == 0 {
            Answer::Unchanged(Unchanged::NotModified)
        } else {
            let document = self.reader.document();
            Answer::Document(Document {
                published: document.iter().map(|at| moment(*at)).collect(),
                new: u32::try_from(new).unwrap_or(u32::MAX),
                window: u32::try_from(document.len()).unwrap_or(u32::MAX),
            })
        });
        // A server that answers 304 is known to after the first poll.
        self.state.revalidates = true;
        let pace = Pace { jitter: jitter(&self.id, now), threshold };
        self.state = next(settings, &self.state, &outcome, now, pace);
    }
}

fn moment(seconds: f64) -> Timestamp {
    super::super::time::later(
        Timestamp::from_millisecond(START_MILLIS).unwrap_or_default(),
        seconds,
    )
}

fn at(moment: Timestamp) -> f64 {
    super::super::time::seconds(
        Timestamp::from_millisecond(START_MILLIS).unwrap_or_default(),
        moment,
    )
}
