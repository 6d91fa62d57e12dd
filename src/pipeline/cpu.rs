//! The bounded pool for work that only computes: parsing feeds and pages.
//!
//! Strangers' documents are never read on the async threads: a slow one would hold up every
//! other feed. A panic is caught here and becomes a value. The threads themselves are started
//! and joined by `daemon`, which calls [`Worker::work`] on each.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, oneshot};

/// Jobs that may wait for a thread; more than that and their senders wait.
const QUEUE: usize = 64;

type Job = Box<dyn FnOnce() + Send>;

/// Hands work to the pool; cheap to clone.
#[derive(Debug, Clone)]
pub struct Cpu {
    jobs: mpsc::Sender<Job>,
}

/// One thread's end of the pool.
#[derive(Clone)]
pub struct Worker {
    jobs: Arc<Mutex<mpsc::Receiver<Job>>>,
}

/// Why a job gave no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// The job panicked on its input; the message is the panic's.
    #[error("internal fault: {0}")]
    Panicked(String),
    /// The pool is shutting down.
    #[error("shutting down")]
    Closed,
}

/// A pool without threads yet: clone the worker for each thread to run.
pub fn pool() -> (Cpu, Worker) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    (Cpu { jobs: sender }, Worker { jobs: Arc::new(Mutex::new(receiver)) })
}

impl Cpu {
    /// What `work` returns, computed on a thread of the pool.
    ///
    /// # Errors
    /// `work` panicked, or the pool has ended.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Lost> {
        let (done, result) = oneshot::channel();
        let job = Box::new(move || {
            let outcome = catch_unwind(AssertUnwindSafe(work)).map_err(|p| message(&*p));
            // The asker may have given up; then nobody wants the result.
            drop(done.send(outcome));
        });
        self.jobs.send(job).await.map_err(|_| Lost::Closed)?;
        result.await.map_err(|_| Lost::Closed)?.map_err(Lost::Panicked)
    }
}

impl Worker {
    /// Runs jobs until the last [`Cpu`] is gone.
    pub fn work(&self) {
        loop {
            let next = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv();
            match next {
                Some(job) => job(),
                None => return,
            }
        }
    }
}

/// The text of a panic.
fn message(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic without a message".to_owned())
}
