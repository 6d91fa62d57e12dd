//! The one place that spawns: every task and thread has a name and an owner that joins it.
//!
//! Draining has a deadline and reports who was still running when it passed.

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Stack of our own threads: parsers walk iteratively, so little is needed, but html5ever's and
/// serde's frames are large in debug builds.
const STACK_BYTES: usize = 4 << 20;

/// What two pieces of work give that need nothing of each other; the first has a thread of its own
/// until both are done. A panic of either is the caller's.
pub(super) fn side_by_side<A: Send, B>(
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B,
) -> (A, B) {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (one.join().unwrap_or_else(|panic| resume_unwind(panic)), other)
    })
}

/// What a piece of work gives, where it is done within `limit` in a thread of its own; else it goes on
/// until the process ends, which must do no harm.
pub(super) fn within<T: Send + 'static>(
    limit: Duration,
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (done, result) = mpsc::channel();
    let thread = std::thread::Builder::new().name(name.to_owned()).stack_size(STACK_BYTES);
    // Nobody may be waiting any more.
    thread.spawn(move || drop(done.send(work()))).ok()?;
    result.recv_timeout(limit).ok()
}

/// Everything the daemon has running.
#[derive(Clone, Default)]
pub(super) struct Tasks {
    tracker: TaskTracker,
    /// Cancelled when the daemon stops: tasks finish what they hold and return.
    pub(super) stop: CancellationToken,
    /// Cancelled when their time is over: they are dropped where they wait.
    end: CancellationToken,
    running: Arc<Mutex<BTreeMap<&'static str, usize>>>,
    threads: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl Tasks {
    /// Starts a task; `name` says what it does in the report of a drain.
    pub(super) fn spawn(
        &self,
        name: &'static str,
        task: impl Future<Output = ()> + Send + 'static,
    ) {
        let running = self.enter(name);
        let end = self.end.clone();
        self.tracker.spawn(async move {
            end.run_until_cancelled(task).await;
            drop(running);
        });
    }

    /// Starts a thread for blocking work.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub(super) fn thread(
        &self,
        name: &'static str,
        work: impl FnOnce() + Send + 'static,
    ) -> std::io::Result<()> {
        let running = self.enter(name);
        let handle = std::thread::Builder::new()
            .name(name.to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                work();
                drop(running);
            })?;
        self.threads.lock().unwrap_or_else(PoisonError::into_inner).push(handle);
        Ok(())
    }

    /// Waits until all tasks have returned; those that had not after `grace` are dropped, and
    /// named.
    pub(super) async fn drain(&self, grace: Duration) -> Result<(), Vec<String>> {
        self.stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(grace, self.tracker.wait()).await.is_ok() {
            return Ok(());
        }
        let left = self.still_running();
        self.end.cancel();
        // A task between two waits comes to the next one.
        drop(tokio::time::timeout(grace, self.tracker.wait()).await);
        Err(left)
    }

    /// Waits for the threads; they end when the handles that feed them are gone.
    pub(super) fn join_threads(&self) {
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            let name = thread.thread().name().unwrap_or("unnamed").to_owned();
            if thread.join().is_err() {
                tracing::error!(thread = name, "a thread ended by a panic");
            }
        }
    }

    fn still_running(&self) -> Vec<String> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.iter().filter(|(_, n)| **n > 0).map(|(name, n)| format!("{n} {name}")).collect()
    }

    fn enter(&self, name: &'static str) -> Running {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += 1;
        Running { name, running: Arc::clone(&self.running) }
    }
}

/// Counts a task as running until it is dropped, also by a panic.
struct Running {
    name: &'static str,
    running: Arc<Mutex<BTreeMap<&'static str, usize>>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(n) = running.get_mut(self.name) {
            *n = n.saturating_sub(1);
        }
    }
}
