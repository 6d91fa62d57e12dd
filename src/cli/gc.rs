//! `wiredesk gc`: complete archive files are sealed or let go as the settings say, and the store is
//! copied into a file of its size. The daemon must not run.

use super::config::ConfigFile;
use super::exit::{Code, Failure};
use super::out;
use super::progress::Bar;
use super::verify::open;
use crate::archive;
use crate::daemon::{archive_dir, store_dir};
use crate::observe;
use crate::store;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let state = &config.daemon.state_dir;
    let holdings = open(&config)?;
    let failed = |e: &dyn std::fmt::Display| Failure::new(Code::Io, e.to_string());
    let articles = holdings.store.stats().map_err(|e| failed(&e))?.articles;
    let dir = archive_dir(state);
    let tended = archive::tend(&dir, &config.archive, observe::now()).map_err(|e| failed(&e))?;
    // The log stays locked: no daemon starts meanwhile.
    let _log = holdings.log;
    drop((holdings.store, holdings.ledger));
    let mut bar = Bar::new("copying the store");
    // A record or two for each article; how many exactly only the copy tells.
    let shrunk = store::shrink(&store_dir(state), &config.store, |done| {
        bar.show(done, done.max(articles * 6));
    });
    let shrunk = shrunk.map_err(|e| failed(&e))?;
    drop(bar);
    let (before, after) = (shrunk.before >> 20, shrunk.after >> 20);
    out::line(&format!(
        "{} archive files sealed, {} let go; the store has {} records in {after} MiB, it had {before}",
        tended.sealed, tended.deleted, shrunk.records
    ))?;
    Ok(())
}
