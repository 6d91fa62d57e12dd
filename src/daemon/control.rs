//! The one owner of what is due: the queue of feeds, the pages that wait, the sources in force.
//!
//! Tasks do the work and report back as [`Event`]s; only this loop decides what starts next. A
//! feed is due in `schedule`'s queue, then waits for a place at its host, then is a task.

mod asked;
mod texts;

use super::backlog::Backlog;
use super::census::Census;
use super::event::{After, Event, Page, Ticket, authority};
use super::hooks::Report;
use super::notify;
use super::tasks::Tasks;
use super::texts::Texts;
use super::twins::Twins;
use crate::model::{FeedId, FeedState, Timestamp};
use crate::observe;
use crate::pipeline::{self, Desk, Moment, Next, Source};
use crate::schedule::{self, Budget, Queue};
use crate::store::{InboxItem, ReadError, Store};
use futures_util::FutureExt;
use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

/// How long a feed or an entry rests after a fault of our own.
const REST_AFTER_FAULT: Duration = Duration::from_mins(15);

/// Time between the first polls of feeds that were just configured, so that a few of them show
/// something soon; many are spread over the interval by `schedule`.
const FIRST_POLLS: Duration = Duration::from_secs(1);

/// How long a server may still take for its answer once the daemon stops: what does not come is
/// asked again at the next start.
const HURRY: Duration = Duration::from_secs(2);

/// Longest sleep of the loop: a wake-up is only a hint and costs nothing.
const NAP: Duration = Duration::from_mins(1);

/// The loop's state.
pub(super) struct Control {
    desk: Desk,
    tasks: Tasks,
    events: mpsc::UnboundedSender<Event>,
    /// The sources in force, and those that were: a feed keeps its number for the process's life.
    sources: Vec<Option<Arc<Source>>>,
    numbers: HashMap<FeedId, u32>,
    queue: Queue,
    /// Feeds that left the queue and whose poll has not ended.
    polling: HashSet<u32>,
    /// Feeds that are polled as if they were new.
    resets: HashSet<u32>,
    /// How the feeds do.
    census: Census,
    /// Takes the turns of feeds' health.
    turns: mpsc::UnboundedSender<Report>,
    twins: Twins,
    /// Steers how many requests all feeds make together.
    budget: Budget,
    polls: Backlog<u32>,
    pages: Backlog<Ticket>,
    texts: Texts,
    /// One backfill at a time: it is nobody's hurry.
    backfills: Arc<Semaphore>,
    /// True while nothing can be written: nothing new starts.
    paused: bool,
    /// True once it was told of the sources: before that, nobody's entries can be read.
    adopted: bool,
    /// When the service manager was last told that the loop turns.
    beaten: Instant,
}

impl Control {
    /// A loop that knows no source yet, and where to tell it of some.
    pub(super) fn new(
        desk: Desk,
        tasks: Tasks,
        budget: Budget,
        census: Census,
        turns: mpsc::UnboundedSender<Report>,
    ) -> (Self, mpsc::UnboundedSender<Event>, mpsc::UnboundedReceiver<Event>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let control = Self {
            desk,
            tasks,
            events: sender.clone(),
            sources: Vec::new(),
            numbers: HashMap::new(),
            queue: Queue::default(),
            polling: HashSet::new(),
            resets: HashSet::new(),
            census,
            turns,
            twins: Twins::default(),
            budget,
            beaten: observe::steady(),
            polls: Backlog::new(),
            pages: Backlog::new(),
            texts: Texts::default(),
            backfills: Arc::new(Semaphore::new(1)),
            paused: false,
            adopted: false,
        };
        (control, sender, receiver)
    }

    /// Lets the entries wait that an earlier life of the daemon left in the inbox.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(super) fn resume(&mut self) -> Result<(), ReadError> {
        let store = self.desk.store.clone();
        store.inbox_each(|InboxItem { feed, entry, not_before, .. }| {
            self.enqueue(Page::of(&feed, &entry.key, entry.link.as_ref(), not_before));
        })?;
        self.await_reading(store.bundles()?);
        Ok(())
    }

    /// Runs until the daemon stops.
    pub(super) async fn run(mut self, mut events: mpsc::UnboundedReceiver<Event>) {
        loop {
            let now = observe::now();
            if !self.rests() {
                self.start_polls(now);
                self.start_journeys(now);
                self.start_texts(now);
            }
            self.beat();
            tokio::select! {
                () = self.tasks.stop.cancelled() => return,
                () = tokio::time::sleep(self.nap(now)) => {}
                event = events.recv() => {
                    let Some(event) = event else { return };
                    self.take(event);
                    while let Ok(event) = events.try_recv() {
                        self.take(event);
                    }
                }
            }
        }
    }

    /// True while nothing new starts.
    fn rests(&self) -> bool {
        self.paused || !self.adopted
    }

    /// Time until something can start, or the service manager wants to hear of us.
    fn nap(&self, now: Timestamp) -> Duration {
        if self.rests() {
            return NAP.min(notify::watchdog_period().unwrap_or(NAP));
        }
        let texts = self.texts.next(self.is_pressed());
        let next = [self.queue.next_due(), self.polls.next(), self.pages.next(), texts];
        let first = next.into_iter().flatten().min();
        let wait = first.map_or(NAP, |at| Duration::from_secs_f64(seconds(now, at)));
        wait.min(NAP).min(notify::watchdog_period().unwrap_or(NAP))
    }

    /// Tells the service manager that the loop turns, as often as it asked for.
    fn beat(&mut self) {
        let Some(period) = notify::watchdog_period() else { return };
        if self.beaten.elapsed() >= period {
            self.beaten = observe::steady();
            let (feeds, pages) = (self.queue.len(), self.pages.len());
            notify::alive(&format!(
                "{feeds} feeds wait for their poll, {pages} pages to be fetched"
            ));
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Polled { host, feeds } => {
                self.polls.done(&host);
                self.settle(&feeds);
                for After { pages, bundles, .. } in feeds {
                    for page in pages {
                        self.enqueue(page);
                    }
                    self.await_reading(bundles);
                }
            }
            Event::Read { bundle, rest } => self.bundle_read(bundle, rest),
            Event::Journeyed { host, ticket, again } => {
                self.pages.done(&host);
                if let Some(at) = again {
                    self.enqueue(Page { host, ticket, at });
                }
            }
            Event::Pushed { feed, body, content_type, done } => {
                self.start_push(&feed, body, content_type, done);
            }
            Event::Backfill(feed) => self.start_backfill(&feed),
            Event::Refresh(feed) => self.refresh(&feed),
            Event::RefreshAll => self.refresh_all(),
            Event::Reset(feed) => self.reset(&feed),
            Event::Taken { number, pushed } => self.taken(number, pushed),
            Event::Fetcher(fetcher) => self.desk.fetcher = fetcher,
            Event::Budget(budget) => self.budget = budget,
            Event::Sources(sources) => self.adopt(sources),
            Event::Pause(paused) => self.paused = paused,
        }
    }

    /// Puts the leader of polled feeds back into the queue, due when the first of them is.
    fn settle(&mut self, feeds: &[After]) {
        let now = observe::now();
        let mut first: Option<(u32, Timestamp)> = None;
        for After { number, state, .. } in feeds {
            self.polling.remove(number);
            let Some(source) = self.source(*number) else { continue };
            if let Some(state) = state {
                self.report(source, state);
                self.census.note(*number, Some(state.health));
            }
            let leader = self.twins.leader(*number);
            let due = state.as_ref().map_or_else(|| Some(later()), |state| state.next_due);
            if let Some(state) = state.as_ref().filter(|_| leader == *number) {
                self.budget.polled(leader, state, now);
            }
            let sooner = |due: &Timestamp| first.is_none_or(|(_, at)| *due < at);
            let due = if self.resets.contains(number) { Some(now) } else { due };
            first = due.filter(sooner).map(|due| (leader, due)).or(first);
        }
        self.census.tell();
        if let Some((leader, due)) = first {
            self.queue.schedule(leader, due);
        }
    }

    /// Hands in the last turn of a feed's health; the journal knows whether it is news.
    fn report(&self, source: &Source, state: &FeedState) {
        if let Some(turned) = state.turned.clone() {
            // Nobody listens any more when the daemon is stopping.
            drop(self.turns.send(Report::of(source, turned)));
        }
    }

    /// Puts other sources in force: removed ones are forgotten, added and altered ones scheduled.
    fn adopt(&mut self, sources: Vec<Arc<Source>>) {
        let now = observe::now();
        self.adopted = true;
        let mut fresh = Duration::ZERO;
        let before = std::mem::take(&mut self.sources);
        self.sources.resize(before.len(), None);
        for source in sources {
            let number = self.number(&source.id);
            let known = before.get(number as usize).and_then(Option::as_ref);
            if known.is_none_or(|k| k.schedule != source.schedule || k.url != source.url) {
                let state = self.remembered(&source.id);
                self.report(&source, &state);
                self.census.note(number, Some(state.health));
                if let Some(hubs) = &self.desk.hubs {
                    hubs.resume(&source.id, &source.url, &state);
                }
                match schedule::resume(&source.schedule, &source.id, &state, now) {
                    None => {
                        tracing::warn!(feed = %source.id, "the feed is gone for good; it is not polled");
                    }
                    Some(due) if state.next_due.is_some() => self.queue.schedule(number, due),
                    Some(due) => {
                        fresh += FIRST_POLLS;
                        let soon = now.saturating_add(fresh).unwrap_or(due);
                        self.queue.schedule(number, due.min(soon));
                    }
                }
            }
            if let Some(place) = self.sources.get_mut(number as usize) {
                *place = Some(source);
            }
        }
        for number in (0..).zip(&self.sources).filter(|(_, s)| s.is_none()).map(|(n, _)| n) {
            self.queue.remove(number);
            self.budget.remove(number);
            self.census.note(number, None);
        }
        self.census.tell();
        self.pair(now);
    }

    /// Lets the feeds that share a fetch have one leader in the queue; one that followed and leads
    /// now is put there.
    fn pair(&mut self, now: Timestamp) {
        let present = (0..).zip(&self.sources).filter_map(|(n, s)| Some((n, s.as_ref()?)));
        let before = std::mem::replace(&mut self.twins, Twins::of(present));
        for number in self.twins.followers() {
            self.queue.remove(number);
            self.budget.remove(number);
        }
        for number in before.followers().filter(|n| self.twins.leader(*n) == *n) {
            let Some(source) = self.source(number).cloned() else { continue };
            let state = state_of(&self.desk.store, &source.id);
            if let Some(due) = schedule::resume(&source.schedule, &source.id, &state, now) {
                self.queue.schedule(number, due);
            }
        }
    }

    /// What a start needs to know of a feed; its hub is of no interest where nobody pushes.
    fn remembered(&self, feed: &FeedId) -> FeedState {
        let store = &self.desk.store;
        if self.desk.hubs.is_some() {
            return state_of(store, feed);
        }
        read_or_new(feed, store.feed_outline(feed))
    }

    /// The feed's number, a new one where it has none.
    fn number(&mut self, feed: &FeedId) -> u32 {
        if let Some(number) = self.numbers.get(feed) {
            return *number;
        }
        let number = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        self.sources.push(None);
        self.numbers.insert(feed.clone(), number);
        number
    }

    fn source(&self, number: u32) -> Option<&Arc<Source>> {
        self.sources.get(number as usize).and_then(Option::as_ref)
    }

    fn named(&self, feed: &FeedId) -> Option<&Arc<Source>> {
        self.numbers.get(feed).and_then(|number| self.source(*number))
    }

    fn enqueue(&mut self, page: Page) {
        self.pages.add(&page.host, page.ticket, page.at);
    }

    fn start_polls(&mut self, now: Timestamp) {
        while let Some((number, due)) = self.queue.pop(now) {
            if let Some(host) = self.source(number).map(|s| authority(&s.url)) {
                self.desk.metrics.polled_late_by(Duration::from_secs_f64(seconds(due, now)));
                self.polling.insert(number);
                self.polls.add(&host, number, due);
            }
        }
        while let Some((host, number)) = self.polls.take(now) {
            let numbers = self.twins.all(number).into_iter();
            let feeds: Vec<_> =
                numbers.filter_map(|n| Some((n, Arc::clone(self.source(n)?)))).collect();
            if self.source(number).is_none() {
                self.polling.remove(&number);
            }
            if feeds.is_empty() {
                self.polls.done(&host);
            } else {
                let anew =
                    feeds.iter().map(|(n, _)| *n).filter(|n| self.resets.remove(n)).collect();
                self.start_poll(feeds, anew, host);
            }
        }
    }

    /// Polls feeds by one request, those of `anew` as if they were new.
    fn start_poll(&self, feeds: Vec<(u32, Arc<Source>)>, anew: Vec<u32>, host: String) {
        let (desk, events) = (self.desk.clone(), self.events.clone());
        let (stop, pressed) = (self.tasks.stop.clone(), self.is_pressed());
        let moment = Moment { threshold: self.budget.threshold(), pressed };
        self.tasks.spawn("poll", async move {
            let known = |(number, source): &(u32, Arc<Source>)| {
                let mut state = state_of(&desk.store, &source.id);
                if anew.contains(number) {
                    schedule::forget(&mut state);
                }
                (Arc::clone(source), state)
            };
            let poll = Box::pin(pipeline::poll(&desk, feeds.iter().map(known).collect(), moment));
            let Some(ended) = hurried(&stop, AssertUnwindSafe(poll).catch_unwind()).await else {
                return;
            };
            let mut polled = ended.unwrap_or_default().into_iter();
            let after = |(number, source): &(u32, Arc<Source>)| {
                After::of(*number, &source.id, polled.next())
            };
            let feeds = feeds.iter().map(after).collect();
            // Nobody listens any more when the daemon is stopping.
            drop(events.send(Event::Polled { host, feeds }));
        });
    }

    fn start_journeys(&mut self, now: Timestamp) {
        while let Some((host, ticket)) = self.pages.take(now) {
            match self.named(&ticket.feed).cloned() {
                Some(source) => self.start_journey(source, host, ticket),
                // The entry stays in the store until its feed is configured again.
                None => self.pages.done(&host),
            }
        }
    }

    fn start_journey(&self, source: Arc<Source>, host: String, ticket: Ticket) {
        let (desk, events) = (self.desk.clone(), self.events.clone());
        let stop = self.tasks.stop.clone();
        self.tasks.spawn("page", async move {
            let journey = Box::pin(pipeline::journey(&desk, &source, &ticket.key));
            let Some(ended) = hurried(&stop, AssertUnwindSafe(journey).catch_unwind()).await else {
                return;
            };
            let again = match ended {
                Ok(Ok(Next::Done)) => None,
                Ok(Ok(Next::Again(at))) => Some(at),
                Ok(Err(error)) => {
                    tracing::error!(feed = %ticket.feed, entry = ticket.key, %error, "the article could not be written down");
                    Some(later())
                }
                Err(_) => {
                    tracing::error!(feed = %ticket.feed, entry = ticket.key, "internal fault; the entry rests");
                    Some(later())
                }
            };
            drop(events.send(Event::Journeyed { host, ticket, again }));
        });
    }
}

/// What is remembered of a feed.
fn state_of(store: &Store, feed: &FeedId) -> FeedState {
    read_or_new(feed, store.feed_state(feed))
}

fn read_or_new(feed: &FeedId, read: Result<Option<FeedState>, ReadError>) -> FeedState {
    match read {
        Ok(state) => state.unwrap_or_default(),
        Err(error) => {
            tracing::error!(%feed, %error, "the feed's state cannot be read; it is polled as a new one");
            FeedState::default()
        }
    }
}

/// What `work` gives; `None` where it is not done soon after a stop.
pub(super) async fn hurried<T>(
    stop: &CancellationToken,
    work: impl Future<Output = T>,
) -> Option<T> {
    let late = async {
        stop.cancelled().await;
        tokio::time::sleep(HURRY).await;
    };
    tokio::select! {
        done = work => Some(done),
        () = late => None,
    }
}

fn later() -> Timestamp {
    observe::now().saturating_add(REST_AFTER_FAULT).unwrap_or(Timestamp::MAX)
}

/// Seconds from one moment to a later one.
fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64().max(0.0)
}
