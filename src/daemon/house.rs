//! Everything that runs between an opening of the state folder and its closing.

use super::census::Census;
use super::control::Control;
use super::event::Event;
use super::handed::Handed;
use super::hooks;
use super::notify;
use super::open::{Holdings, archive_dir, bookmarks_file, open};
use super::room::Room;
use super::signals::{Signals, Wish};
use super::sources::{self, configured};
use super::tasks::{Tasks, side_by_side};
use super::watch::Watch;
use super::{RunFault, listen, push, system, upkeep, words};
use crate::archive;
use crate::config::{Changes, Config, Daemon, Http};
use crate::fetch::Fetcher;
use crate::hook::Board;
use crate::model::Seq;
use crate::observe::{self, FeedCounts, Metrics};
use crate::pipeline::{self, Clerk, Cpu, Desk, Fault, Filing, Progress, Source};
use crate::schedule::Budget;
use crate::search::Searcher;
use crate::serve::{self, Bookmarks, Configured, Health, Order, Reloaded};
use crate::store::Filter;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};

/// How often the room on the disk is looked at, and whether a failed write would succeed now.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Articles that are looked at to know whether the store can be read.
const NEWEST: usize = 50;

/// Orders that may wait.
const ORDERS: usize = 16;

/// Sections of which a change is applied at the next start.
const NEXT_START: [&str; 5] = ["daemon", "http", "websub", "archive", "store"];

/// Somebody who waits for what reading the configuration again changes.
type Asker = oneshot::Sender<Result<Reloaded, String>>;

/// Time for what is under way when the writer has failed: nothing of it can be written down.
const NO_GRACE: Duration = Duration::from_millis(500);

/// Everything that runs.
pub(super) struct House {
    tasks: Tasks,
    desk: Desk,
    /// The one in force.
    fetcher: Fetcher,
    reader: archive::Reader,
    last_seq: watch::Receiver<Seq>,
    events: mpsc::UnboundedSender<Event>,
    /// Why the writer ended, once it has.
    failure: watch::Receiver<Option<Failure>>,
    room: Room,
    health: watch::Sender<Health>,
    feeds: watch::Sender<Arc<[Configured]>>,
    counts: watch::Receiver<Option<FeedCounts>>,
    bookmarks: Bookmarks,
    search: Searcher,
    /// The webhooks in force, and how they are doing.
    hooks: watch::Sender<hooks::Set>,
    board: Board,
    /// Those who order a reload.
    askers: (mpsc::Sender<Asker>, mpsc::Receiver<Asker>),
    grace: Duration,
}

/// Why the writer ended; everything acknowledged is on the disk.
#[derive(Debug, Clone)]
struct Failure {
    reason: String,
    /// The store has to be computed again.
    damaged: bool,
    at: Instant,
}

/// Why a house is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// A signal asked for it.
    Stop,
    /// Writing had failed and can go on.
    Reopen {
        /// The store has to be computed again.
        damaged: bool,
    },
}

impl House {
    /// Opens the state folder and starts the writer, the pool and the control loop.
    pub(super) fn build(
        config: &Config,
        metrics: &Arc<Metrics>,
        progress: impl FnMut(Progress),
    ) -> Result<Self, RunFault> {
        let tasks = Tasks::default();
        let metrics = Arc::clone(metrics);
        let state = &config.daemon.state_dir;
        let (holdings, fetcher) = opened(config, progress)?;
        if holdings.set_aside.is_some() {
            metrics.rebuilt();
        }
        let (last_seq, follow) = watch::channel(holdings.log.last_seq());
        let (report, failure) = watch::channel(None);
        let (store, reader) = (holdings.store, holdings.reader);
        let (log, ledger) = (holdings.log, holdings.ledger);
        let repeats = ledger.repeats();
        let filing = Filing { log, ledger, last_seq, metrics: Arc::clone(&metrics) };
        let clerk = start_writer(&tasks, filing, report)?;
        let cpu = start_pool(&tasks)?;
        let hubs = push::hubs(config)?;
        let desk = Desk { fetcher: fetcher.clone(), cpu, store, repeats, clerk, metrics, hubs };
        let budget = Budget::new(&config.schedule);
        let (turns, reports) = mpsc::unbounded_channel();
        let (counted, counts) = watch::channel(None);
        let (mut control, events, inbox) =
            Control::new(desk.clone(), tasks.clone(), budget, Census::new(counted), turns);
        control.resume()?;
        tasks.spawn("control loop", control.run(inbox));
        let file = bookmarks_file(state);
        let bookmarks = Bookmarks::open(&file)
            .map_err(system(format!("the consumers' positions in {}", file.display())))?;
        let search = words::start(&tasks, state, &reader, &follow)?;
        let board = Board::default();
        let office = hooks::Office {
            cpu: desk.cpu.clone(),
            reader: reader.clone(),
            last_seq: follow.clone(),
            journal: hooks::journal(state)?,
            bookmarks: bookmarks.clone(),
            board: board.clone(),
            metrics: Arc::clone(&desk.metrics),
            stop: tasks.stop.clone(),
        };
        let set = hooks::Set { hooks: config.webhooks.clone(), fetcher: fetcher.clone() };
        let hooks = office.start(&tasks, set, reports);
        let room = Room::new(state, config.daemon.free_space_floor);
        let grace = config.daemon.shutdown_grace.get();
        let health = watch::Sender::new(Health::Running);
        let feeds = watch::Sender::new(configured(config).into());
        let last_seq = follow;
        Ok(Self {
            tasks,
            desk,
            fetcher,
            reader,
            last_seq,
            events,
            failure,
            room,
            health,
            feeds,
            counts,
            bookmarks,
            search,
            hooks,
            board,
            askers: mpsc::channel(ORDERS),
            grace,
        })
    }

    /// Puts the sources in force, opens the listeners, starts the housekeeping.
    pub(super) async fn furnish(
        &mut self,
        config: &Config,
        handed: &Handed,
    ) -> Result<(), RunFault> {
        if let Err(why) = self.room.look(false) {
            self.pause(why);
        }
        self.adopt(sources::of(config)?);
        let upkeep = upkeep::Upkeep {
            cpu: self.desk.cpu.clone(),
            store: self.desk.store.clone(),
            metrics: Arc::clone(&self.desk.metrics),
            dir: archive_dir(&config.daemon.state_dir),
            settings: (*config.archive).clone(),
            memory_alarm: config.daemon.memory_alarm,
            clerk: self.desk.clerk.clone(),
        };
        self.tasks.spawn("housekeeping", upkeep.run(self.tasks.stop.clone()));
        if let Some(hubs) = &self.desk.hubs {
            push::start(&self.tasks, config, hubs, self.events.clone()).await?;
        }
        let api = serve::router(self.api(&config.http));
        listen::start(&self.tasks, &config.http, handed, &api).await
    }

    fn api(&self, http: &Http) -> serve::State {
        serve::State {
            store: self.desk.store.clone(),
            reader: self.reader.clone(),
            last_seq: self.last_seq.clone(),
            feeds: self.feeds.subscribe(),
            counts: self.counts.clone(),
            started: Some(self.desk.metrics.started()),
            health: self.health.subscribe(),
            bookmarks: self.bookmarks.clone(),
            hooks: self.board.clone(),
            search: self.search.clone(),
            hub: http.hub.clone(),
            orders: Some(self.orders()),
            metrics: http.metrics.then(|| Arc::clone(&self.desk.metrics)),
        }
    }

    /// Takes what a person orders to the control loop.
    fn orders(&self) -> mpsc::Sender<Order> {
        let (sender, mut orders) = mpsc::channel(ORDERS);
        let (events, stop) = (self.events.clone(), self.tasks.stop.clone());
        let askers = self.askers.0.clone();
        self.tasks.spawn("orders", async move {
            while let Some(Some(order)) = stop.run_until_cancelled(orders.recv()).await {
                drop(events.send(match order {
                    Order::Backfill(feed) => Event::Backfill(feed),
                    Order::Refresh(feed) => Event::Refresh(feed),
                    Order::RefreshAll => Event::RefreshAll,
                    Order::Reset(feed) => Event::Reset(feed),
                    Order::Reload(asker) => {
                        // Who is too many is told to come again.
                        drop(askers.try_send(asker));
                        continue;
                    }
                }));
            }
        });
        sender
    }

    fn adopt(&self, sources: Vec<Arc<Source>>) {
        self.tell(Event::Sources(sources));
    }

    fn tell(&self, event: Event) {
        // The control loop ends only when the house does.
        drop(self.events.send(event));
    }

    /// Serves signals, orders and changes of the configuration until the daemon is to end, or a writer that had failed may go on;
    /// that is tried once it has rested.
    pub(super) async fn live(
        &mut self,
        config: &mut Config,
        signals: &mut Signals,
        watch: &mut Watch,
        load: impl Fn() -> Result<Config, String>,
        rest: Duration,
    ) -> Ending {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                Ok(()) = self.failure.changed() => {}
                _ = looks.tick() => {}
                wish = signals.next() => match wish {
                    Wish::Stop => return Ending::Stop,
                    Wish::Reload => drop(self.reload(config, watch, &load)),
                },
                () = watch.changed() => drop(self.reload(config, watch, &load)),
                Some(asker) = self.askers.1.recv() => {
                    // The asker may have hung up.
                    drop(asker.send(self.reload(config, watch, &load)));
                }
            }
            if let Some(ending) = self.look(rest).await {
                return ending;
            }
        }
    }

    /// Pauses polling while nothing can be written, and lets it go on.
    async fn look(&self, rest: Duration) -> Option<Ending> {
        let failure = self.failure.borrow().clone();
        let (room, broken) = (self.room.clone(), failure.is_some());
        let looked = self.desk.cpu.run(move || room.look(broken)).await;
        let refused = looked.unwrap_or_else(|lost| Err(lost.to_string()));
        match (failure, refused) {
            (Some(failure), Ok(())) if failure.at.elapsed() >= rest => {
                return Some(Ending::Reopen { damaged: failure.damaged });
            }
            // sled may refuse to read, too, after a write that failed; opened anew it reads again.
            (Some(failure), Err(_)) if failure.at.elapsed() >= rest && !self.reads().await => {
                return Some(Ending::Reopen { damaged: failure.damaged });
            }
            (Some(failure), _) => self.pause(failure.reason),
            (None, Err(why)) => self.pause(why),
            (None, Ok(())) => self.go_on(),
        }
        None
    }

    /// True while nobody was refused the reading of the store, the newest of it above all.
    async fn reads(&self) -> bool {
        let store = self.desk.store.clone();
        let look =
            move || store.articles(&Filter::default(), None, NEWEST).is_ok() && !store.stumbled();
        matches!(self.desk.cpu.run(look).await, Ok(true))
    }

    fn pause(&self, reason: String) {
        if *self.health.borrow() != Health::Running {
            return;
        }
        tracing::error!(reason, "nothing can be written: polling pauses, reading goes on");
        notify::status(&format!("polling pauses: {reason}"));
        self.health.send_replace(Health::ReadOnly(reason));
        self.tell(Event::Pause(true));
    }

    fn go_on(&self) {
        if *self.health.borrow() == Health::Running {
            return;
        }
        tracing::info!("writing is possible again: polling goes on");
        notify::status("polling goes on");
        self.health.send_replace(Health::Running);
        self.tell(Event::Pause(false));
    }

    /// Puts another configuration in force, or keeps the present one where the file is wrong.
    ///
    /// # Errors
    /// What is wrong, as a person should see it.
    fn reload(
        &mut self,
        config: &mut Config,
        watch: &mut Watch,
        load: &impl Fn() -> Result<Config, String>,
    ) -> Result<Reloaded, String> {
        notify::reloading();
        watch.note();
        let taken = load().and_then(|new| {
            let sources = sources::of(&new).map_err(|e| e.to_string())?;
            let agent = &new.identity.user_agent;
            let fetcher = self.fetcher.renewed(&new.fetch, agent).map_err(|e| e.to_string())?;
            Ok((new, sources, fetcher))
        });
        let result = match taken {
            Ok((new, sources, fetcher)) => {
                let changed = crate::config::diff(config, &new);
                tracing::info!(%changed, "the configuration was read again");
                let reloaded = self.change(changed, config, &new, &fetcher);
                self.adopt(sources);
                self.desk.metrics.reloaded(observe::now());
                self.feeds.send_replace(configured(&new).into());
                let (hooks, fetcher) = (new.webhooks.clone(), self.fetcher.clone());
                self.hooks.send_replace(hooks::Set { hooks, fetcher });
                watch.set(new.daemon.watch);
                *config = new;
                Ok(reloaded)
            }
            Err(problems) => {
                self.desk.metrics.reload_failed();
                tracing::error!(
                    "the old configuration stays in force, the new one is wrong:\n{problems}"
                );
                Err(problems)
            }
        };
        notify::ready(&format!("{} feeds", config.feeds.len()));
        result
    }

    /// Applies the sections that changed, as far as that goes while the daemon runs; says which do
    /// not.
    fn change(
        &mut self,
        changed: Changes,
        old: &Config,
        new: &Config,
        fetcher: &Fetcher,
    ) -> Reloaded {
        // Whether it is watched is all of [daemon] that counts at once.
        let same = Daemon { watch: old.daemon.watch, ..new.daemon.clone() } == old.daemon;
        let waits =
            |section: &&str| NEXT_START.contains(section) && !(same && *section == "daemon");
        let (next_start, sections): (Vec<_>, Vec<_>) =
            changed.sections.into_iter().partition(waits);
        for section in &next_start {
            tracing::warn!(section, "what changed here is applied at the next start");
        }
        // The other sections are handed to each feed, or to the log.
        if sections.iter().any(|section| ["fetch", "identity"].contains(section)) {
            self.fetcher = fetcher.clone();
            self.tell(Event::Fetcher(fetcher.clone()));
        }
        if sections.contains(&"schedule") {
            self.tell(Event::Budget(Budget::new(&new.schedule)));
        }
        let Changes { added, removed, altered, .. } = changed;
        Reloaded { added, removed, altered, sections, next_start }
    }

    /// Lets everything finish that can within the grace, then closes the files.
    pub(super) async fn leave(self, ending: &Ending) {
        self.health.send_replace(Health::Stopping);
        let grace = match ending {
            Ending::Stop => {
                notify::stopping("finishing what is under way");
                tracing::info!(grace_seconds = self.grace.as_secs(), "stopping");
                self.grace
            }
            Ending::Reopen { .. } => {
                tracing::info!("archive and store are opened again");
                NO_GRACE
            }
        };
        if let Err(left) = self.tasks.drain(grace).await {
            tracing::warn!(
                tasks = left.join(", "),
                "not finished in time; it is asked again at the next start"
            );
        }
        let tasks = self.tasks.clone();
        // The threads end when the last desk is gone.
        drop(self);
        tasks.join_threads();
        if *ending == Ending::Stop {
            tracing::info!("stopped");
        }
    }
}

/// The state folder, and the door to the network: the system's certificates, two hundred files, are
/// read while the folder is opened.
fn opened(
    config: &Config,
    progress: impl FnMut(Progress),
) -> Result<(Holdings, Fetcher), RunFault> {
    let (state, window) = (&config.daemon.state_dir, config.dedup.window);
    let (fetcher, holdings) = side_by_side(
        || Fetcher::new(&config.fetch, &config.identity.user_agent),
        || open(state, &config.archive, &config.store, window, progress),
    );
    Ok((holdings?, fetcher?))
}

/// Starts the writer's thread; when it can write no more it reports why.
fn start_writer(
    tasks: &Tasks,
    mut filing: Filing,
    report: watch::Sender<Option<Failure>>,
) -> Result<Clerk, RunFault> {
    let (clerk, mut tray) = pipeline::clerk();
    let work = move || {
        let failed = match catch_unwind(AssertUnwindSafe(|| filing.run(&mut tray))) {
            Ok(Ok(())) => return,
            Ok(Err(fault)) => Failure::of(&fault),
            // What the store holds was computed by code that just proved wrong.
            Err(_) => Failure::new("internal fault while writing".to_owned(), true),
        };
        tracing::error!(reason = failed.reason, "writing failed; everything acknowledged is safe");
        report.send_replace(Some(failed));
    };
    tasks.thread("writer", work).map_err(system("the writer's thread"))?;
    Ok(clerk)
}

impl Failure {
    fn new(reason: String, damaged: bool) -> Self {
        Self { reason, damaged, at: observe::steady() }
    }

    fn of(fault: &Fault) -> Self {
        Self::new(fault.to_string(), fault.is_damaged_store())
    }
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
