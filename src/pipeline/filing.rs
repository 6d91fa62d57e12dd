//! The one writer: takes what polls and journeys bring, decides, and writes it down for good.
//!
//! Work that arrives while a group is being written forms the next group, so that a busy desk
//! pays for one fsync a group and an idle one waits for nobody. Order: decide, append to the
//! archive (durable), apply to the index in one batch, answer. A failure answers everybody in
//! the group and ends the loop: whoever runs it reopens archive and store before going on.
//!
//! An article is safe once the archive has it: its answer does not wait for the index's disk
//! ([`sync_behind`]), from which a crash may take the last moments; they are replayed. Feed states
//! and inbox items stand in the index alone, and their answers wait.

use super::arrivals::Arrivals;
use super::draft::Draft;
use super::ledger::{Bench, Ledger};
use super::spans;
use crate::archive::{self, Log};
use crate::dedupe::Verdict;
use crate::model::{ArticleId, Change, FeedId, FeedState, Op, Seq, Timestamp};
use crate::observe::{self, Metrics};
use crate::store::{self, BundleId, InboxItem, Syncer};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use tracing::Span;

/// Most jobs in one group: enough to make the fsync cheap (64 cost a tenth of all processor time at
/// ten thousand polls a second), few enough to answer within a moment.
const GROUP: usize = 256;

/// Entries in one group after which no more jobs are added: their texts are all in memory.
const ENTRIES: usize = 256;

/// Jobs that may wait for the writer; then their senders wait too.
const QUEUE: usize = 256;

/// Bytes of documents that are read and filed at once: what they become takes some six times as
/// much memory, and the writer is slower than any number of servers.
const ROOM: usize = 2 << 20;
/// So long a poll that found nothing waits for others: each group and each sync of its own costs as
/// much as the poll, and nobody waits for it.
const COMPANY: Duration = Duration::from_millis(5);

/// The index's disk is at most this far behind while nobody waits for it: few enough changes that
/// their replay is not noticed, seldom enough to leave the disk to the archive.
const SYNC_EVERY: Duration = Duration::from_millis(500);

/// Something to write down.
pub(super) enum Work {
    /// What a poll brought: the feed's new state, entries for the inbox, articles that are
    /// complete already, and what all of these are recognised by.
    Poll { feed: FeedId, state: Box<FeedState>, arrivals: Arrivals },
    /// What a poll taught where it changed nothing but times.
    Times { feed: FeedId, state: Box<FeedState> },
    /// A part of what a document brought, without a new state: entries for the inbox and articles.
    Arrivals { feed: FeedId, arrivals: Arrivals },
    /// The end of a journey: the article, which leaves the inbox.
    Article(Box<Leaving>),
    /// What a bundle held.
    Opened(Opened),
    /// A page that has to be tried again later; its entry was due at that moment.
    Retry { item: Box<InboxItem>, due: Timestamp },
    /// Articles that are kept no longer.
    Forget(Vec<ArticleId>),
}

/// An article whose entry waited in the inbox, and was due there at this moment.
pub(super) struct Leaving {
    pub(super) draft: Draft,
    pub(super) due: Timestamp,
}

/// A bundle that was read: what became of its entries.
pub(super) struct Opened {
    id: BundleId,
    entries: u64,
    pub(super) drafts: Vec<Draft>,
    /// Those that go on into the inbox, for their page.
    pub(super) pages: Vec<InboxItem>,
    /// Those that become a bundle again.
    pub(super) lost: Vec<InboxItem>,
}

impl Opened {
    /// Nothing yet of a bundle of so many entries.
    pub(super) fn new(id: BundleId, entries: u64) -> Self {
        Self { id, entries, drafts: Vec::new(), pages: Vec::new(), lost: Vec::new() }
    }
}

impl Work {
    /// True where all that must not be lost stands in the archive: a deletion, and an article that
    /// leaves the inbox. Should it still be there after a crash, its page is asked for once more. What a
    /// bundle held is in it again if the crash took what became of it.
    fn is_archived(&self) -> bool {
        matches!(self, Self::Article(_) | Self::Opened(_) | Self::Forget(_))
    }

    /// True where nobody is waiting for it.
    fn is_patient(&self) -> bool {
        matches!(self, Self::Times { .. } | Self::Poll { .. }) && self.entries() == 0
    }

    /// How many entries it brings.
    fn entries(&self) -> usize {
        match self {
            Self::Poll { arrivals, .. } | Self::Arrivals { arrivals, .. } => arrivals.len(),
            Self::Article(_) => 1,
            Self::Opened(opened) => opened.drafts.len(),
            Self::Retry { .. } | Self::Times { .. } => 0,
            Self::Forget(ids) => ids.len(),
        }
    }
}

struct Job {
    work: Work,
    /// Within which it was handed in; disabled without a collector of traces.
    span: Span,
    done: oneshot::Sender<Result<(), NotFiled>>,
}

/// The writer failed or has ended; the work will come again after a restart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not filed: {0}")]
pub struct NotFiled(String);

impl NotFiled {
    /// Why, in words.
    pub(super) fn new(reason: impl std::fmt::Display) -> Self {
        Self(reason.to_string())
    }
}

/// Why the writer stopped.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The archive could not be written.
    #[error("the archive: {0}")]
    Archive(#[from] archive::WriteError),
    /// The archive could not be read.
    #[error("the archive: {0}")]
    Reading(#[from] archive::ReadError),
    /// The store could not be read or written.
    #[error("the store: {0}")]
    Store(#[from] store::WriteError),
}

impl Fault {
    /// True where opening again does not help: the store has to be set aside and computed again.
    pub fn is_damaged_store(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_damage())
    }
}

impl From<store::ReadError> for Fault {
    fn from(error: store::ReadError) -> Self {
        Self::Store(error.into())
    }
}

/// Hands work to the writer; cheap to clone.
#[derive(Clone)]
pub struct Clerk {
    jobs: mpsc::Sender<Job>,
    room: Arc<Semaphore>,
}

/// The queue between [`Clerk`]s and the writer.
pub struct Tray {
    jobs: mpsc::Receiver<Job>,
}

/// A clerk and the tray it fills.
pub fn clerk() -> (Clerk, Tray) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    (Clerk { jobs: sender, room: Arc::new(Semaphore::new(ROOM)) }, Tray { jobs: receiver })
}

impl Clerk {
    /// Deletes articles, which is a change of each, and returns once that is durable.
    ///
    /// # Errors
    /// The writer failed or has ended.
    pub async fn forget(&self, ids: Vec<ArticleId>) -> Result<(), NotFiled> {
        self.file(Work::Forget(ids)).await
    }

    /// Waits for the room to read a document of so many bytes; to be kept until what it brought is
    /// filed.
    pub(super) async fn room(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let bytes = u32::try_from(bytes.min(ROOM)).unwrap_or(u32::MAX);
        // Nobody closes the semaphore.
        Arc::clone(&self.room).acquire_many_owned(bytes).await.ok()
    }

    /// Returns once the work is durable.
    pub(super) async fn file(&self, work: Work) -> Result<(), NotFiled> {
        let (done, answer) = oneshot::channel();
        let closed = || NotFiled("the writer has ended".to_owned());
        let span = Span::current();
        self.jobs.send(Job { work, span, done }).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }
}

/// The writer with everything it holds.
pub struct Filing {
    /// The truth.
    pub log: Log,
    /// The index over it.
    pub ledger: Ledger,
    /// Tells readers how far the log has come.
    pub last_seq: watch::Sender<Seq>,
    /// Counters.
    pub metrics: Arc<Metrics>,
}

impl Filing {
    /// Writes until every clerk is gone.
    ///
    /// # Errors
    /// Archive or store failed; nothing of the failed group was acknowledged.
    pub fn run(&mut self, tray: &mut Tray) -> Result<(), Fault> {
        let syncer = self.ledger.syncer();
        std::thread::scope(|scope| {
            let (unsynced, groups) = std::sync::mpsc::channel();
            scope.spawn(move || sync_behind(&syncer, &groups));
            let written = self.write(tray, &unsynced);
            // With this the other thread has the last groups on the disk and ends, and so the scope.
            drop(unsynced);
            written
        })
    }

    /// Writes groups until every clerk is gone; hands on what waits for the index's disk.
    fn write(&mut self, tray: &mut Tray, unsynced: &Sender<Vec<Job>>) -> Result<(), Fault> {
        while let Some(first) = tray.jobs.blocking_recv() {
            if first.work.is_patient() {
                std::thread::sleep(COMPANY);
            }
            let group = gather(first, &mut tray.jobs);
            if let Err(fault) = self.file(&group, observe::now()) {
                answer(group, &Err(NotFiled::new(&fault)));
                return Err(fault);
            }
            let (safe, waiting) = group.into_iter().partition(|job| job.work.is_archived());
            answer(safe, &Ok(()));
            if let Err(left) = unsynced.send(waiting) {
                // The next group would meet the same fault; say so now.
                let fault = store::WriteError::Closed("the last sync failed".to_owned()).into();
                answer(left.0, &Err(NotFiled::new(&fault)));
                return Err(fault);
            }
        }
        self.ledger.close(self.log.last_seq())
    }

    /// Decides about drafts and writes down what follows, as one group; returns the verdicts.
    ///
    /// # Errors
    /// As [`Filing::run`].
    pub fn settle(&mut self, drafts: &[Draft], now: Timestamp) -> Result<Vec<Verdict>, Fault> {
        let mut bench = self.ledger.begin(self.log.last_seq() + 1, now);
        let verdicts = drafts.iter().map(|draft| bench.settle(draft)).collect::<Result<_, _>>()?;
        let log = &mut self.log;
        bench.written_by(|changes| log.append(changes, now))??;
        let changes = bench.commit()?;
        self.publish(&changes);
        Ok(verdicts)
    }

    fn file(&mut self, group: &[Job], now: Timestamp) -> Result<(), Fault> {
        let mut bench = self.ledger.begin(self.log.last_seq() + 1, now);
        for job in group {
            take(&mut bench, &job.work, &job.span)?;
        }
        let log = &mut self.log;
        bench.written_by(|changes| log.append(changes, now))??;
        let changes = bench.commit_unsynced()?;
        self.publish(&changes);
        Ok(())
    }

    fn publish(&self, changes: &[Change]) {
        for change in changes {
            self.metrics.changed(change.op);
            if let (Op::New, Some(article)) = (change.op, &change.article) {
                self.metrics.came(change.at, article.duplicate_of.is_some());
            }
        }
        if let Some(last) = changes.last() {
            self.metrics.set_last_seq(last.seq);
            self.last_seq.send_replace(last.seq);
        }
    }
}

/// Has groups on the index's disk and answers those who wait for it, until there are no more. Ends
/// at the first failure, of which the writer learns with its next group.
fn sync_behind(syncer: &Syncer, groups: &Receiver<Vec<Job>>) {
    while let Ok(mut waiting) = groups.recv() {
        let began = observe::steady();
        while waiting.is_empty() {
            let rest = SYNC_EVERY.saturating_sub(began.elapsed());
            let Ok(more) = groups.recv_timeout(rest) else { break };
            waiting = more;
        }
        waiting.extend(groups.try_iter().flatten());
        let result = syncer.sync();
        answer(waiting, &result.as_ref().map(drop).map_err(NotFiled::new));
        if result.is_err() {
            return;
        }
    }
}

fn answer(jobs: Vec<Job>, result: &Result<(), NotFiled>) {
    for job in jobs {
        // An asker that was cancelled does not wait for its answer any more.
        drop(job.done.send(result.clone()));
    }
}

/// The first job and those that arrived with it.
fn gather(first: Job, jobs: &mut mpsc::Receiver<Job>) -> Vec<Job> {
    let mut entries = first.work.entries();
    let mut group = vec![first];
    while group.len() < GROUP && entries < ENTRIES {
        let Ok(job) = jobs.try_recv() else { break };
        entries += job.work.entries();
        group.push(job);
    }
    group
}

fn take(bench: &mut Bench<'_>, work: &Work, span: &Span) -> Result<(), Fault> {
    match work {
        Work::Poll { feed, state, arrivals } => {
            take_arrivals(bench, feed, arrivals)?;
            bench.txn.put_feed_state(feed, state)?;
        }
        Work::Times { feed, state } => bench.txn.put_times(feed, state),
        Work::Arrivals { feed, arrivals } => take_arrivals(bench, feed, arrivals)?,
        Work::Article(leaving) => {
            let Leaving { draft, due } = leaving.as_ref();
            let span = spans::decide(span).entered();
            let verdict = bench.settle(draft)?;
            spans::note_verdict(&span, &verdict);
            bench.txn.remove_inbox(&draft.feed, &draft.key, *due)?;
            if let Some(mark) = &draft.page {
                bench.txn.put_page(&draft.feed, &draft.key, mark)?;
            }
        }
        Work::Opened(opened) => {
            for draft in &opened.drafts {
                bench.settle(draft)?;
            }
            for item in &opened.pages {
                bench.txn.put_inbox(item)?;
            }
            bench.txn.remove_bundle(&opened.id, opened.entries)?;
            bench.txn.put_bundle(&opened.lost)?;
        }
        Work::Retry { item, due } => bench.txn.retry_inbox(item, *due)?,
        Work::Forget(ids) => {
            for id in ids {
                bench.forget(*id)?;
            }
        }
    }
    Ok(())
}

fn take_arrivals(bench: &mut Bench<'_>, feed: &FeedId, arrivals: &Arrivals) -> Result<(), Fault> {
    for item in &arrivals.inbox {
        bench.txn.put_inbox(item)?;
    }
    for items in arrivals.bundles() {
        bench.txn.put_bundle(items)?;
    }
    for draft in &arrivals.drafts {
        bench.settle(draft)?;
    }
    for (name, fingerprint) in &arrivals.seen {
        bench.txn.mark_seen(feed, name, *fingerprint);
    }
    Ok(())
}
