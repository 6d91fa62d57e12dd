//! The task tree: start, reload, supervise, drain with a deadline, readiness, watchdog.
//!
//! The only place that spawns. Order of start: state folder, writer, pool, control loop,
//! listeners, "ready". A stop takes it down in the opposite order; what was not finished is in
//! the store and goes on at the next start.
//!
//! Where writing fails, polling pauses and reading goes on; once writing is possible again the
//! whole [`house`] is left and built anew, by the same steps as at a start.

mod backlog;
mod census;
mod control;
mod event;
mod handed;
mod hooks;
mod house;
mod listen;
mod notify;
mod open;
mod patient;
mod push;
mod room;
mod signals;
mod sources;
mod tasks;
mod texts;
mod twins;
mod upkeep;
mod watch;
mod words;

pub use handed::Handed;
pub use open::{Holdings, OpenFault, archive_dir, bookmarks_file, open, reset_store, store_dir};
pub use sources::configured;
pub use words::{catch_up, search_dir};

use crate::config::Config;
use crate::fetch::SetUpError;
use crate::observe::{self, Metrics};
use crate::pipeline::Progress;
use crate::store::{self, ReadError};
use house::{Ending, House};
use signals::Signals;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use watch::Watch;

/// Wait before the first try to write again, doubled with each that fails soon after.
const REST: (Duration, Duration) = (Duration::from_secs(2), Duration::from_mins(5));

/// Longest that a stop takes to make the next start short.
const PREPARE: Duration = Duration::from_secs(2);

/// A house that stood this long had no lasting fault.
const CALM: Duration = Duration::from_mins(10);

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
}

/// Runs until a signal stops it, serving at the sockets that were `handed` over, else where the
/// configuration says. `load` reads the configuration again for a reload; its error is what a person
/// should see. `file` is its main file with the [`fingerprint`](crate::config::fingerprint)
/// of its texts, for a configuration that wants to be watched.
///
/// # Errors
/// The state folder, the network side or a listener cannot be had, at the start or after writing
/// had failed.
pub async fn run(
    mut config: Config,
    handed: Handed,
    file: Option<(PathBuf, u64)>,
    load: impl Fn() -> Result<Config, String>,
    mut progress: impl FnMut(Progress),
) -> Result<(), RunFault> {
    let mut signals = Signals::listen().map_err(system("signal handlers"))?;
    let mut watch = Watch::new(file);
    watch.set(config.daemon.watch);
    let metrics = Arc::new(Metrics::new());
    metrics.reloaded(observe::now());
    let mut rest = REST.0;
    loop {
        let began = observe::steady();
        let mut house = House::build(&config, &metrics, |p| {
            notify::busy("bringing the store up to the archive");
            progress(p);
        })?;
        house.furnish(&config, &handed).await?;
        notify::ready(&format!("{} feeds", config.feeds.len()));
        tracing::info!(feeds = config.feeds.len(), state_dir = %config.daemon.state_dir.display(), "ready");
        let ending = house.live(&mut config, &mut signals, &mut watch, &load, rest).await;
        house.leave(&ending).await;
        let Ending::Reopen { damaged } = ending else {
            prepare_start(&config);
            return Ok(());
        };
        rest = if began.elapsed() > CALM { REST.0 } else { (rest * 2).min(REST.1) };
        if damaged {
            reset_store(&config.daemon.state_dir, &config.store)?;
            metrics.rebuilt();
        }
    }
}

/// Makes the next start short, in little time.
fn prepare_start(config: &Config) {
    let (dir, settings) = (store_dir(&config.daemon.state_dir), config.store.clone());
    match tasks::within(PREPARE, "next start", move || store::note(&dir, &settings)) {
        Some(Ok(())) => {}
        Some(Err(error)) => tracing::debug!(%error, "the next start will take longer"),
        None => {
            tracing::debug!("the next start will take longer: too much was written in this run");
        }
    }
}

fn system(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> RunFault {
    let what = what.into();
    move |source| RunFault::System { what, source }
}
