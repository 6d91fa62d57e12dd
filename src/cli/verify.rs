//! `wiredesk verify` and `wiredesk rebuild`: look at every byte; compute the index anew.
//!
//! Both need the state folder for themselves: the daemon must not run.

use super::config::ConfigFile;
use super::exit::{Code, Failure};
use super::out;
use super::progress::Bar;
use super::reach::open_failure;
use crate::archive;
use crate::config::Config;
use crate::daemon::{self, Holdings, archive_dir, store_dir};
use crate::store;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let holdings = open(&config)?;
    let mut bar = Bar::new("reading the archive");
    let archive =
        archive::verify(&archive_dir(&config.daemon.state_dir), |done, all| bar.show(done, all))
            .map_err(|e| Failure::new(Code::Io, e.to_string()))?;
    drop(bar);
    let mut bar = Bar::new("reading the store");
    let store = store::verify(&holdings.store, |done, all| bar.show(done, all))
        .map_err(|e| Failure::new(Code::Io, e.to_string()))?;
    drop(bar);
    let faults: Vec<_> = archive.problems.into_iter().chain(store.problems).collect();
    for fault in &faults {
        out::note(fault);
    }
    if !faults.is_empty() {
        let text = format!("{} faults; `wiredesk rebuild` computes the store anew", faults.len());
        return Err(Failure::new(Code::Data, text));
    }
    out::line(&format!(
        "{} changes in the archive, {} articles in the store: all good",
        archive.changes, store.articles
    ))?;
    Ok(())
}

pub(super) fn rebuild(args: &Args) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    // Opened once first: it says whether a daemon holds the folder, and cuts a torn end.
    drop(open(&config)?);
    let dir = store_dir(&config.daemon.state_dir);
    let aside = store::set_aside(&dir)?;
    let holdings = open(&config)?;
    out::line(&format!(
        "the store was computed anew from {} changes; the old one is in {}",
        holdings.replayed,
        aside.display()
    ))?;
    Ok(())
}

fn open(config: &Config) -> Result<Holdings, Failure> {
    let mut bar = Bar::new("bringing the store up to the archive");
    daemon::open(
        &config.daemon.state_dir,
        &config.archive,
        &config.store,
        config.dedup.window,
        |p| {
            bar.show(p.seq, p.last);
        },
    )
    .map_err(|fault| open_failure(&fault))
}
