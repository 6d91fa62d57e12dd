//! Walks with each webhook through the change log and the journal of feeds' turns: one delivery at a
//! time, in order, and how far it has come is on the disk before the next one goes out.
//!
//! All hooks are one task. Another configuration drops what is under way and starts them anew, so that
//! no hook is ever served twice at once; a message that may have been taken is sent again with the
//! same id. Changes and turns are two lists with a position each: what is ordered is each of them.

use super::control::hurried;
use super::tasks::Tasks;
use super::{RunFault, system};
use crate::archive::{Changes, ReadError, Reader};
use crate::fetch::{Fetcher, Post};
use crate::hook::{self, Board, FeedTurn, Hook, Journal, Message, Phase, Verdict};
use crate::model::{FeedId, Link, Seq, Timestamp, Turned};
use crate::observe::{self, DeliveryOutcome, Metrics};
use crate::pipeline::{Cpu, Source};
use crate::schedule;
use crate::serve::{Bookmark, Bookmarks};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::join_all;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// The journal's file in the state folder.
const TURNS: &str = "turns.ndjson";

/// Messages read ahead.
const AHEAD: usize = 32;

/// Bytes of messages after which no more are read ahead.
const AHEAD_BYTES: usize = 1 << 20;

/// Changes looked at in one go, wanted or not.
const LOOK: usize = 1000;

/// A position that moved past unwanted changes only is written down after this time without news: it
/// costs an fsync, and forgetting it a second look.
const IDLE: Duration = Duration::from_secs(1);

/// After a fault of our own so long is waited.
const REST: Duration = Duration::from_mins(1);

/// The hooks in force and the door that they go out by.
#[derive(Clone)]
pub(super) struct Set {
    pub(super) hooks: Vec<Arc<Hook>>,
    pub(super) fetcher: Fetcher,
}

/// What serving hooks needs.
#[derive(Clone)]
pub(super) struct Office {
    pub(super) cpu: Cpu,
    pub(super) reader: Reader,
    pub(super) last_seq: watch::Receiver<Seq>,
    pub(super) journal: Journal,
    pub(super) bookmarks: Bookmarks,
    pub(super) board: Board,
    pub(super) metrics: Arc<Metrics>,
    pub(super) stop: CancellationToken,
}

/// A feed's turn on its way into the journal.
pub(super) struct Report {
    feed: FeedId,
    url: Link,
    tags: Vec<String>,
    turned: Turned,
}

impl Report {
    /// What a feed's state says of it.
    pub(super) fn of(source: &Source, turned: Turned) -> Self {
        let (url, tags) = (source.url.clone(), source.tags.clone());
        Self { feed: source.id.clone(), url, tags, turned }
    }
}

/// The journal of feeds' turns in a state folder.
///
/// # Errors
/// It cannot be read or written.
pub(super) fn journal(state: &Path) -> Result<Journal, RunFault> {
    let file = state.join(TURNS);
    let what = format!("the turns of feeds in {}", file.display());
    Journal::open(&file).map_err(system(what))
}

impl Office {
    /// Begins to write turns down and to serve hooks; what is returned takes other hooks.
    pub(super) fn start(
        self,
        tasks: &Tasks,
        set: Set,
        reports: mpsc::UnboundedReceiver<Report>,
    ) -> watch::Sender<Set> {
        let (hooks, sets) = watch::channel(set);
        tasks.spawn("feed turns", self.clone().record(reports));
        tasks.spawn("webhooks", self.serve(sets));
        hooks
    }

    /// Writes feeds' turns down until nobody reports any more.
    async fn record(self, mut reports: mpsc::UnboundedReceiver<Report>) {
        while let Some(Some(report)) = self.stop.run_until_cancelled(reports.recv()).await {
            let (journal, feed) = (self.journal.clone(), report.feed.clone());
            let Report { url, tags, turned, .. } = report;
            match self.cpu.run(move || journal.note(report.feed, url, tags, turned)).await {
                Ok(Ok(())) => {}
                // The feed's state still says it, and is looked at again after a start.
                Ok(Err(error)) => {
                    tracing::error!(%feed, %error, "a feed's turn was not written down");
                }
                Err(lost) => tracing::error!(%feed, %lost, "a feed's turn was not written down"),
            }
        }
    }

    /// Serves the hooks in force until the daemon stops.
    async fn serve(self, mut sets: watch::Receiver<Set>) {
        loop {
            let Set { hooks, fetcher } = sets.borrow_and_update().clone();
            self.board.set(hooks.iter().map(AsRef::as_ref));
            self.forget(&hooks).await;
            let couriers = hooks.iter().map(|hook| self.serve_one(Arc::clone(hook), &fetcher));
            let all = async {
                join_all(couriers).await;
                self.stop.cancelled().await;
            };
            tokio::select! {
                changed = sets.changed() => if changed.is_err() { return },
                () = all => return,
            }
        }
    }

    /// Forgets the positions of hooks that are configured no more.
    async fn forget(&self, hooks: &[Arc<Hook>]) {
        let (bookmarks, hooks) = (self.bookmarks.clone(), hooks.to_vec());
        let work = move || {
            let ids: Vec<_> = hooks.iter().map(|hook| hook.id.as_str()).collect();
            bookmarks.keep_hooks(&ids)
        };
        match self.cpu.run(work).await {
            Ok(Ok(0)) | Err(_) => {}
            Ok(Ok(_)) => tracing::info!("webhooks that are configured no more were forgotten"),
            Ok(Err(error)) => tracing::warn!(%error, "positions of former webhooks stay"),
        }
    }

    /// Serves one hook until the daemon stops or its receiver is gone.
    async fn serve_one(&self, hook: Arc<Hook>, fetcher: &Fetcher) {
        while !self.stop.is_cancelled() {
            let mut courier = Courier::new(self.clone(), Arc::clone(&hook), fetcher.clone());
            if AssertUnwindSafe(courier.walk()).catch_unwind().await.is_ok() {
                return;
            }
            tracing::error!(webhook = hook.id, "internal fault; the webhook rests");
            self.stop.run_until_cancelled(tokio::time::sleep(REST)).await;
        }
    }
}

/// Who serves one hook.
struct Courier {
    office: Office,
    hook: Arc<Hook>,
    fetcher: Fetcher,
    /// The last change that is done with.
    seq: Seq,
    /// The last turn that is done with.
    turn: Seq,
    /// Both as they stand on the disk.
    kept: (Seq, Seq),
}

/// What was read ahead of the log.
struct Ahead {
    changes: Changes,
    messages: Vec<(Seq, Message)>,
    /// The last change looked at.
    looked: Seq,
    /// Nothing more is there yet.
    end: bool,
}

impl Courier {
    /// A courier where the last one left off; at the ends of log and journal for a new hook.
    fn new(office: Office, hook: Arc<Hook>, fetcher: Fetcher) -> Self {
        let last = (*office.last_seq.borrow(), office.journal.last());
        let [in_log, in_turns] = Bookmarks::of_hook(&hook.id);
        let mark = |name: &str| office.bookmarks.get(name).map(|mark| mark.seq);
        let marks = mark(&in_log).zip(mark(&in_turns));
        let (seq, turn) = marks.unwrap_or(last);
        if seq > last.0 || turn > last.1 {
            let (end, webhook) = (last.0, &hook.id);
            tracing::error!(
                webhook,
                seq,
                end,
                "the log ends before the webhook's position: it is another log than before, and the webhook goes on from its end"
            );
        }
        let (seq, turn) = (seq.min(last.0), turn.min(last.1));
        let kept = marks.unwrap_or((Seq::MAX, Seq::MAX));
        Self { office, hook, fetcher, seq, turn, kept }
    }

    /// Delivers until the daemon stops or the receiver is gone.
    async fn walk(&mut self) {
        self.keep().await;
        let mut changes = self.office.reader.after(self.seq);
        while !self.office.stop.is_cancelled() {
            while let Some(turn) = self.office.journal.after(self.turn) {
                if self.tell(&turn).await.is_break() {
                    return;
                }
            }
            let Some(ahead) = self.read(changes).await else { return };
            for (seq, message) in ahead.messages {
                if self.deliver(&message).await.is_break() {
                    return;
                }
                self.seq = seq;
                self.keep().await;
            }
            self.seq = self.seq.max(ahead.looked);
            if ahead.end {
                self.await_news().await;
            } else {
                self.keep().await;
            }
            changes = ahead.changes;
        }
        self.keep().await;
    }

    async fn tell(&mut self, turn: &FeedTurn) -> Flow {
        if turn.n > self.turn + 1 {
            let (webhook, from) = (&self.hook.id, self.turn + 1);
            tracing::error!(
                webhook,
                from,
                to = turn.n - 1,
                "turns of feeds are kept no longer: the webhook is not told them"
            );
        }
        if let Some(message) = Message::of_turn(&self.hook, turn) {
            self.deliver(&message).await?;
        }
        self.turn = turn.n;
        self.keep().await;
        Flow::Continue(())
    }

    /// Reads ahead; `None` where that is impossible, after a rest. A hook starts anew then.
    async fn read(&self, changes: Changes) -> Option<Ahead> {
        let (hook, seq) = (Arc::clone(&self.hook), self.seq);
        let mut changes = Some(changes);
        while !self.office.stop.is_cancelled() {
            let (hook, reader) = (Arc::clone(&hook), self.office.reader.clone());
            let from = changes.take().unwrap_or_else(|| reader.after(seq));
            let fault = match self.office.cpu.run(move || look_ahead(from, &hook, seq)).await {
                Ok(Ok(ahead)) => return Some(ahead),
                Ok(Err(fault)) => fault.to_string(),
                Err(lost) => lost.to_string(),
            };
            tracing::error!(
                webhook = self.hook.id,
                fault,
                "the log cannot be read; the webhook waits"
            );
            self.office.stop.run_until_cancelled(tokio::time::sleep(REST)).await;
        }
        None
    }

    /// Returns once there may be more to tell. A position that is not on the disk gets there when it
    /// is quiet.
    async fn await_news(&mut self) {
        let (mut last_seq, mut turns) =
            (self.office.last_seq.clone(), self.office.journal.follow());
        let (seq, turn, stop) = (self.seq, self.turn, self.office.stop.clone());
        let news = async {
            tokio::select! {
                () = stop.cancelled() => {}
                _ = last_seq.wait_for(|last| *last > seq) => {}
                _ = turns.wait_for(|last| *last > turn) => {}
            }
        };
        tokio::pin!(news);
        if self.kept != (seq, turn) {
            if tokio::time::timeout(IDLE, news.as_mut()).await.is_ok() {
                return;
            }
            self.keep().await;
        }
        news.await;
    }

    /// Sends a message until it is taken; breaks where the daemon stops or the receiver is gone.
    async fn deliver(&self, message: &Message) -> Flow {
        let mut tries = 0;
        loop {
            let now = observe::now();
            let post = Post {
                url: self.hook.url.clone(),
                headers: message.headers(&self.hook.key, now),
                body: Bytes::copy_from_slice(&message.body),
                timeout: self.hook.timeout,
            };
            if self.office.stop.is_cancelled() {
                return Flow::Break(());
            }
            let Some(sent) = hurried(&self.office.stop, self.fetcher.post(post)).await else {
                return Flow::Break(());
            };
            let (fault, asked) = match sent {
                Ok(answer) => match hook::judge(answer.status) {
                    Verdict::Taken => return self.taken(tries),
                    Verdict::Gone => return self.gone(),
                    Verdict::Refused => {
                        (format!("the receiver answers {}", answer.status), answer.retry_after)
                    }
                },
                Err(failure) => (failure.to_string(), None),
            };
            tries += 1;
            let pause = hook::pause(tries, self.jitter(now), asked);
            self.refused(message, tries, fault, pause);
            self.office.stop.run_until_cancelled(tokio::time::sleep(pause)).await;
        }
    }

    fn taken(&self, tries: u32) -> Flow {
        let webhook = &self.hook.id;
        self.office.metrics.delivered(webhook, DeliveryOutcome::Delivered);
        if tries > 0 {
            tracing::info!(webhook, tries, "the webhook takes messages again");
        }
        self.office.board.note(webhook, |standing| {
            (standing.phase, standing.failures) = (Phase::Delivering, 0);
            (standing.error, standing.next_try) = (None, None);
            standing.delivered = Some(observe::now());
        });
        Flow::Continue(())
    }

    fn gone(&self) -> Flow {
        let webhook = &self.hook.id;
        self.office.metrics.delivered(webhook, DeliveryOutcome::Gone);
        tracing::error!(
            webhook,
            "the webhook's receiver says that it is gone; nothing is sent until the configuration is read again"
        );
        self.office.board.note(webhook, |standing| {
            (standing.phase, standing.next_try) = (Phase::Gone, None);
            standing.error = Some("the receiver answers 410".to_owned());
        });
        Flow::Break(())
    }

    fn refused(&self, message: &Message, tries: u32, fault: String, pause: Duration) {
        let (webhook, id) = (&self.hook.id, &message.id);
        self.office.metrics.delivered(webhook, DeliveryOutcome::Failed);
        let again_in_seconds = pause.as_secs();
        tracing::warn!(
            webhook,
            id,
            kind = message.kind,
            tries,
            again_in_seconds,
            "the webhook did not take a message: {fault}"
        );
        self.office.board.note(webhook, |standing| {
            (standing.phase, standing.failures) = (Phase::Retrying, tries);
            standing.next_try = observe::now().saturating_add(pause).ok();
            standing.error = Some(fault);
        });
    }

    /// Brings the positions to the disk; where that fails they get there with the next one.
    async fn keep(&mut self) {
        if self.kept == (self.seq, self.turn) {
            return;
        }
        let (bookmarks, [in_log, in_turns]) =
            (self.office.bookmarks.clone(), Bookmarks::of_hook(&self.hook.id));
        let (seq, turn, updated) = (self.seq, self.turn, observe::now());
        let put = move || {
            let marks =
                [(in_log, Bookmark { seq, updated }), (in_turns, Bookmark { seq: turn, updated })];
            bookmarks.put_all(marks)
        };
        match self.office.cpu.run(put).await {
            Ok(Ok(())) => self.kept = (seq, turn),
            Ok(Err(error)) => {
                tracing::error!(webhook = self.hook.id, %error, "the webhook's position is not on the disk; after a crash it would be told something again");
            }
            Err(lost) => tracing::debug!(%lost, "the webhook's position is not on the disk"),
        }
    }

    /// An even chance, another one for each hook and moment.
    fn jitter(&self, now: Timestamp) -> f64 {
        FeedId::new(&self.hook.id).map_or(0.5, |id| schedule::jitter(&id, now))
    }
}

/// Whether a hook goes on.
type Flow = std::ops::ControlFlow<()>;

/// What `hook` is to be told behind `seq`, as far as one look goes.
///
/// # Errors
/// A file cannot be read.
fn look_ahead(mut changes: Changes, hook: &Hook, seq: Seq) -> Result<Ahead, ReadError> {
    let (mut messages, mut looked, mut bytes) = (Vec::new(), seq, 0);
    for _ in 0..LOOK {
        match changes.next() {
            None => return Ok(Ahead { changes, messages, looked, end: true }),
            Some(Ok(change)) => {
                looked = change.seq;
                if let Some(message) = Message::of(hook, change) {
                    bytes += message.body.len();
                    messages.push((looked, message));
                }
            }
            Some(Err(ReadError::Expired { first, last })) => {
                tracing::error!(
                    webhook = hook.id,
                    first,
                    last,
                    "changes were deleted before the webhook was told them: it goes on behind them"
                );
                looked = last;
            }
            Some(Err(ReadError::Missing { first, last })) => {
                tracing::error!(
                    webhook = hook.id,
                    first,
                    last,
                    "changes are damaged in the archive: the webhook goes on behind them"
                );
                looked = last;
            }
            Some(Err(fault)) => return Err(fault),
        }
        if messages.len() >= AHEAD || bytes >= AHEAD_BYTES {
            break;
        }
    }
    Ok(Ahead { changes, messages, looked, end: false })
}
