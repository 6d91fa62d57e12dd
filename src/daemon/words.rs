//! Keeps the index of words behind the log: a thread of its own, because making one anew may take
//! minutes of reading and of the processor.

use super::tasks::Tasks;
use super::{RunFault, system};
use crate::archive::{ReadError, Reader};
use crate::model::{Change, Seq};
use crate::search::{Fault, Indexer, Searcher};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Changes of one group: bounds the memory, and each group is a commit with files of its own.
const GROUP: usize = 2000;

/// Bytes of a group's changes, about.
const GROUP_BYTES: usize = 16 << 20;

/// After news so long is waited for more: a group of one costs as much as one of hundreds.
const GATHER: Duration = Duration::from_secs(5);

/// After a fault so long is waited until the index is opened anew.
const REST: Duration = Duration::from_mins(1);

/// The folder of the index of words within the state folder.
pub fn search_dir(state: &Path) -> PathBuf {
    state.join("search")
}

/// Starts the thread; what is returned finds what it has indexed so far.
///
/// # Errors
/// The system has no thread to give.
pub(super) fn start(
    tasks: &Tasks,
    state: &Path,
    reader: &Reader,
    last_seq: &watch::Receiver<Seq>,
) -> Result<Searcher, RunFault> {
    let searcher = Searcher::default();
    let clerk = Clerk {
        dir: search_dir(state),
        reader: reader.clone(),
        searcher: searcher.clone(),
        last_seq: last_seq.clone(),
        stop: tasks.stop.clone(),
    };
    let handle = Handle::current();
    tasks
        .thread("search index", move || clerk.work(&handle))
        .map_err(system("the thread of the search index"))?;
    Ok(searcher)
}

/// What finds words in a state folder without a daemon, its index brought up to the log first.
pub fn catch_up(state: &Path, reader: &Reader, last: Seq) -> Searcher {
    let searcher = Searcher::default();
    let done = Indexer::open(&search_dir(state), &searcher, last)
        .and_then(|mut indexer| bring_up(&mut indexer, reader, last, || false));
    if let Err(fault) = done {
        tracing::debug!(%fault, "the search index is not up to date");
    }
    searcher
}

/// Who keeps the index.
struct Clerk {
    dir: PathBuf,
    reader: Reader,
    searcher: Searcher,
    last_seq: watch::Receiver<Seq>,
    stop: CancellationToken,
}

impl Clerk {
    fn work(mut self, handle: &Handle) {
        while !self.stop.is_cancelled() {
            match self.follow(handle) {
                Ok(()) | Err(Fault::Absent) => return,
                Err(fault) => tracing::error!(%fault, "the search index is opened anew in a while"),
            }
            let rest = async { tokio::time::sleep(REST).await };
            handle.block_on(self.stop.run_until_cancelled(rest));
        }
    }

    /// Indexes what comes until the daemon stops.
    fn follow(&mut self, handle: &Handle) -> Result<(), Fault> {
        let last = *self.last_seq.borrow();
        let mut indexer = Indexer::open(&self.dir, &self.searcher, last)?;
        let stop = self.stop.clone();
        loop {
            // After a start, too, what waits is gathered first: then the feeds' polls come before.
            let news = async {
                let came = self.last_seq.wait_for(|last| *last > indexer.applied()).await.is_ok();
                tokio::time::sleep(GATHER).await;
                came
            };
            if handle.block_on(stop.run_until_cancelled(news)) != Some(true) {
                return Ok(());
            }
            let last = *self.last_seq.borrow_and_update();
            bring_up(&mut indexer, &self.reader, last, || stop.is_cancelled())?;
        }
    }
}

/// Brings the index up to `last`, unless `enough` says so before.
fn bring_up(
    indexer: &mut Indexer,
    reader: &Reader,
    last: Seq,
    enough: impl Fn() -> bool,
) -> Result<(), Fault> {
    let began = indexer.applied();
    let mut lines = reader.lines(began);
    while indexer.applied() < last && !enough() {
        let before = indexer.applied();
        let mut batch = indexer.begin()?;
        let (mut applied, mut count, mut bytes) = (before, 0, 0);
        while count < GROUP && bytes < GROUP_BYTES && applied < last {
            match lines.next() {
                None => break,
                Some(Ok(line)) => {
                    count += 1;
                    bytes += line.json.len();
                    applied = line.seq;
                    if let Ok(change) = serde_json::from_slice::<Change>(&line.json) {
                        batch.add(&change)?;
                    }
                }
                // What is gone from the archive cannot be found by its words.
                Some(Err(ReadError::Expired { last, .. } | ReadError::Missing { last, .. })) => {
                    applied = last;
                }
                Some(Err(fault)) => return Err(Fault::Broken(fault.to_string())),
            }
        }
        if applied == before {
            break;
        }
        batch.commit(applied)?;
    }
    if last - began > GROUP as u64 {
        tracing::info!(seq = indexer.applied(), "the search index was brought up to the archive");
    }
    Ok(())
}
