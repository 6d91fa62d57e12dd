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
use crate::daemon::{self, Holdings, archive_dir};
use crate::store;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// Write damaged archive files anew from what is whole in them, and compute a faulty store anew
    #[arg(long)]
    repair: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct RebuildArgs {
    #[command(flatten)]
    config: ConfigFile,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let holdings = open(&config)?;
    if args.repair {
        repair(&config, holdings)
    } else {
        let (found, faults) = look(&config, &holdings)?;
        report(&found, &faults)
    }
}

/// What archive and store hold, in words, and every fault of theirs.
fn look(config: &Config, holdings: &Holdings) -> Result<(String, Vec<String>), Failure> {
    let mut bar = Bar::new("reading the archive");
    let archive =
        archive::verify(&archive_dir(&config.daemon.state_dir), |done, all| bar.show(done, all))
            .map_err(|e| Failure::new(Code::Io, e.to_string()))?;
    drop(bar);
    let store = look_at_store(holdings)?;
    let found = format!(
        "{} changes in the archive, {} articles in the store",
        archive.changes, store.articles
    );
    Ok((found, archive.problems.into_iter().chain(store.problems).collect()))
}

fn look_at_store(holdings: &Holdings) -> Result<store::Verified, Failure> {
    let mut bar = Bar::new("reading the store");
    store::verify(&holdings.store, |done, all| bar.show(done, all))
        .map_err(|e| Failure::new(Code::Io, e.to_string()))
}

fn report(found: &str, faults: &[String]) -> Result<(), Failure> {
    for fault in faults {
        out::note(fault);
    }
    if !faults.is_empty() {
        let text = format!("{} faults; `wiredesk verify --repair` mends what can be", faults.len());
        return Err(Failure::new(Code::Data, text));
    }
    out::line(&format!("{found}: all good"))?;
    Ok(())
}

fn repair(config: &Config, holdings: Holdings) -> Result<(), Failure> {
    let dir = archive_dir(&config.daemon.state_dir);
    let mended = archive::repair(&dir, &config.archive)
        .map_err(|e| Failure::new(Code::Io, format!("{}: {e}", dir.display())))?;
    if mended.files > 0 || mended.lost > 0 {
        out::line(&format!(
            "{} archive files written anew, {} changes are lost; damaged files end in .damaged",
            mended.files, mended.lost
        ))?;
    }
    // A store that cannot be read to its end is as faulty as one with faults.
    let sound = look_at_store(&holdings).is_ok_and(|found| found.problems.is_empty());
    drop(holdings);
    if !sound {
        renew(config)?;
    }
    let (found, faults) = look(config, &open(config)?)?;
    report(&found, &faults)
}

pub(super) fn rebuild(args: &RebuildArgs) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    // Opened once first: it says whether a daemon holds the folder, and cuts a torn end.
    drop(open(&config)?);
    renew(&config)
}

/// Computes the store anew.
fn renew(config: &Config) -> Result<(), Failure> {
    let aside = daemon::reset_store(&config.daemon.state_dir, &config.store)
        .map_err(|fault| open_failure(&fault))?;
    let holdings = open(config)?;
    out::line(&format!(
        "the store was computed anew from {} changes; the old one is in {}",
        holdings.replayed,
        aside.display()
    ))?;
    Ok(())
}

/// The state folder, brought up to date with progress on a terminal.
///
/// # Errors
/// A daemon holds it, or it cannot be read or written.
pub(super) fn open(config: &Config) -> Result<Holdings, Failure> {
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
