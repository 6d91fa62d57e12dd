//! The task tree: start, reload, supervise, drain with a deadline, readiness, watchdog.
//!
//! The only place that spawns. Order of start: state folder, writer, pool, control loop,
//! listeners, "ready". A stop takes it down in the opposite order; what was not finished is in
//! the store and goes on at the next start.

mod backlog;
mod control;
mod listen;
mod notify;
mod open;
mod signals;
mod sources;
mod tasks;

pub use open::{Holdings, OpenFault, archive_dir, open, store_dir};
pub use sources::configured;

use crate::archive;
use crate::config::{Config, Http};
use crate::fetch::{Fetcher, SetUpError};
use crate::model::Seq;
use crate::observe::{self, Metrics};
use crate::pipeline::{self, Clerk, Cpu, Desk, Filing, Progress, Source};
use crate::schedule::Budget;
use crate::serve::{self, Configured, Health};
use crate::store::ReadError;
use control::{Control, Event};
use signals::{Signals, Wish};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tasks::Tasks;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// How often complete archive files are looked for, to be sealed or let go.
const TEND_EVERY: Duration = Duration::from_mins(1);

/// Why the daemon did not start, or stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum RunFault {
    /// The state folder cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenFault),
    /// The network side cannot be set up as configured.
    #[error(transparent)]
    Fetch(#[from] SetUpError),
    /// The store cannot be read.
    #[error("the store cannot be read: {0}")]
    Store(#[from] ReadError),
    /// A thread, a signal handler or a listener is not to be had.
    #[error("{what}: {source}")]
    System {
        /// What was wanted.
        what: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The writer stopped; everything acknowledged is on the disk.
    #[error("writing failed, everything acknowledged is safe: {0}")]
    Write(String),
}

/// Runs until a signal stops it. `load` reads the configuration again for a reload; its error is
/// what a person should see.
///
/// # Errors
/// The state folder, the network side or a listener cannot be had, or writing failed.
pub async fn run(
    config: Config,
    load: impl Fn() -> Result<Config, String>,
    progress: impl FnMut(Progress),
) -> Result<(), RunFault> {
    let mut signals = Signals::listen().map_err(system("signal handlers"))?;
    let mut house = House::build(&config, progress)?;
    house.furnish(&config).await?;
    notify::ready(&format!("{} feeds", config.feeds.len()));
    tracing::info!(feeds = config.feeds.len(), state_dir = %config.daemon.state_dir.display(), "ready");
    let result = house.live(config, &mut signals, load).await;
    house.leave().await;
    result
}

/// Everything that runs.
struct House {
    tasks: Tasks,
    desk: Desk,
    reader: archive::Reader,
    last_seq: watch::Receiver<Seq>,
    events: mpsc::UnboundedSender<Event>,
    /// Cancelled by the writer when it can write no more; the reason comes with it.
    failed: CancellationToken,
    failure: watch::Receiver<String>,
    health: watch::Sender<Health>,
    feeds: watch::Sender<Arc<[Configured]>>,
    grace: Duration,
}

impl House {
    /// Opens the state folder and starts the writer, the pool and the control loop.
    fn build(config: &Config, progress: impl FnMut(Progress)) -> Result<Self, RunFault> {
        let tasks = Tasks::default();
        let metrics = Arc::new(Metrics::new());
        let state = &config.daemon.state_dir;
        let holdings = open(state, &config.archive, &config.store, config.dedup.window, progress)?;
        metrics.reloaded(observe::now());
        if holdings.set_aside.is_some() {
            metrics.rebuilt();
        }
        let (last_seq, follow) = watch::channel(holdings.log.last_seq());
        let (report, failure) = watch::channel(String::new());
        let failed = CancellationToken::new();
        let (store, reader) = (holdings.store, holdings.reader);
        let filing = Filing {
            log: holdings.log,
            ledger: holdings.ledger,
            last_seq,
            metrics: Arc::clone(&metrics),
        };
        let clerk = start_writer(&tasks, filing, report, failed.clone())?;
        let cpu = start_pool(&tasks)?;
        let fetcher = Fetcher::new(&config.fetch, &config.identity.user_agent)?;
        let desk = Desk { fetcher, cpu, store, clerk, metrics };
        let budget = Budget::new(&config.schedule);
        let (mut control, events, inbox) = Control::new(desk.clone(), tasks.clone(), budget);
        control.resume()?;
        tasks.spawn("control loop", control.run(inbox));
        let grace = config.daemon.shutdown_grace.get();
        let health = watch::Sender::new(Health::Running);
        let feeds = watch::Sender::new(configured(config).into());
        let last_seq = follow;
        Ok(Self { tasks, desk, reader, last_seq, events, failed, failure, health, feeds, grace })
    }

    /// Puts the sources in force, opens the listeners, starts the housekeeping.
    async fn furnish(&mut self, config: &Config) -> Result<(), RunFault> {
        self.adopt(sources::of(config)?);
        let dir = archive_dir(&config.daemon.state_dir);
        let tender =
            tend(self.desk.cpu.clone(), dir, (*config.archive).clone(), self.tasks.stop.clone());
        self.tasks.spawn("archive housekeeping", tender);
        let api = serve::router(self.api(&config.http));
        listen::start(&self.tasks, &config.http, &api).await
    }

    fn api(&self, http: &Http) -> serve::State {
        serve::State {
            store: self.desk.store.clone(),
            reader: self.reader.clone(),
            last_seq: self.last_seq.clone(),
            feeds: self.feeds.subscribe(),
            health: self.health.subscribe(),
            metrics: http.metrics.then(|| Arc::clone(&self.desk.metrics)),
        }
    }

    fn adopt(&self, sources: Vec<Arc<Source>>) {
        // The control loop ends only when the daemon does.
        drop(self.events.send(Event::Sources(sources)));
    }

    /// Serves signals until one of them, or the writer, ends the daemon.
    async fn live(
        &mut self,
        mut config: Config,
        signals: &mut Signals,
        load: impl Fn() -> Result<Config, String>,
    ) -> Result<(), RunFault> {
        loop {
            tokio::select! {
                () = self.failed.cancelled() => {
                    return Err(RunFault::Write(self.failure.borrow().clone()));
                }
                wish = signals.next() => match wish {
                    Wish::Stop => return Ok(()),
                    Wish::Reload => self.reload(&mut config, &load),
                }
            }
        }
    }

    /// Puts another configuration in force, or keeps the present one where the file is wrong.
    fn reload(&self, config: &mut Config, load: &impl Fn() -> Result<Config, String>) {
        notify::reloading();
        let taken = load().and_then(|new| {
            let sources = sources::of(&new).map_err(|e| e.to_string())?;
            Ok((new, sources))
        });
        match taken {
            Ok((new, sources)) => {
                let changed = crate::config::diff(config, &new);
                tracing::info!(%changed, "the configuration was read again");
                self.adopt(sources);
                self.desk.metrics.reloaded(observe::now());
                self.feeds.send_replace(configured(&new).into());
                *config = new;
            }
            Err(problems) => {
                self.desk.metrics.reload_failed();
                tracing::error!(
                    "the old configuration stays in force, the new one is wrong:\n{problems}"
                );
            }
        }
        notify::ready(&format!("{} feeds", config.feeds.len()));
    }

    /// Lets everything finish that can within the grace, then closes the files.
    async fn leave(self) {
        self.health.send_replace(Health::Stopping);
        notify::stopping("finishing what is under way");
        tracing::info!(grace_seconds = self.grace.as_secs(), "stopping");
        if let Err(left) = self.tasks.drain(self.grace).await {
            tracing::warn!(
                tasks = left.join(", "),
                "not finished in time; it is asked again at the next start"
            );
        }
        let tasks = self.tasks.clone();
        // The threads end when the last desk is gone.
        drop(self);
        tasks.join_threads();
        tracing::info!("stopped");
    }
}

/// Starts the writer's thread; when it can write no more it says why and cancels `failed`.
fn start_writer(
    tasks: &Tasks,
    mut filing: Filing,
    report: watch::Sender<String>,
    failed: CancellationToken,
) -> Result<Clerk, RunFault> {
    let (clerk, mut tray) = pipeline::clerk();
    let work = move || {
        if let Err(fault) = filing.run(&mut tray) {
            tracing::error!(%fault, "writing failed; nothing more is taken");
            report.send_replace(fault.to_string());
            failed.cancel();
        }
    };
    tasks.thread("writer", work).map_err(system("the writer's thread"))?;
    Ok(clerk)
}

/// Starts the threads for parsing: twice as many as cores, so that one document that takes long
/// leaves room for the many that do not.
fn start_pool(tasks: &Tasks) -> Result<Cpu, RunFault> {
    let (cpu, worker) = pipeline::pool();
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    for _ in 0..threads * 2 {
        let worker = worker.clone();
        tasks.thread("pool", move || worker.work()).map_err(system("a thread of the pool"))?;
    }
    Ok(cpu)
}

/// Seals complete archive files and lets the oldest go, now and then.
async fn tend(cpu: Cpu, dir: PathBuf, settings: archive::Settings, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(TEND_EVERY) => {}
        }
        let (dir, settings) = (dir.clone(), settings.clone());
        match cpu.run(move || archive::tend(&dir, &settings, observe::now())).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::warn!(%error, "archive housekeeping failed; it is tried again");
            }
            Err(lost) => tracing::error!(%lost, "archive housekeeping failed"),
        }
    }
}

fn system(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> RunFault {
    let what = what.into();
    move |source| RunFault::System { what, source }
}
