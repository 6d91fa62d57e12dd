//! `wiredesk backup` and `wiredesk restore`: copies of the archive, and a state folder out of one.
//!
//! A backup reads plain files that are only ever appended to, so that it needs no daemon and
//! disturbs none. The store is no part of it: it is computed from the archive. The positions of
//! consumers come along.

use super::config::ConfigFile;
use super::exit::{Code, Failure};
use super::out;
use super::verify::open;
use crate::archive::{self, Until};
use crate::daemon::{archive_dir, bookmarks_file};
use crate::model::{Seq, Timestamp};
use crate::serve::{Bookmark, Bookmarks};
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct BackupArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// Where the copy is or is to be; an earlier copy there is brought up to date
    dir: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(super) struct RestoreArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// A folder that `wiredesk backup` wrote
    dir: PathBuf,
    /// The last change to restore: its number, or a time such as 2026-11-24T12:00:00Z
    #[arg(long, value_name = "SEQ|TIME", value_parser = until)]
    until: Option<Until>,
}

fn until(text: &str) -> Result<Until, String> {
    if let Ok(seq) = text.parse::<Seq>() {
        return Ok(Until::Seq(seq));
    }
    let time = text.parse::<Timestamp>();
    time.map(Until::Time).map_err(|_| {
        "expected the number of a change or a time such as 2026-11-24T12:00:00Z".to_owned()
    })
}

pub(super) fn backup(args: &BackupArgs) -> Result<(), Failure> {
    let state = args.config.load()?.config.daemon.state_dir;
    let from = archive_dir(&state);
    if !from.is_dir() {
        let text = format!("there is no archive at {} yet", from.display());
        return Err(Failure::new(Code::Unavailable, text));
    }
    let copied = archive::backup(&from, &args.dir).map_err(|e| failed(&args.dir, &e))?;
    carry(&state, &args.dir, copied.last_seq).map_err(|e| failed(&args.dir, &e))?;
    let (files, last) = (copied.files, copied.last_seq);
    out::line(&format!("{files} files copied; {} ends with change {last}", args.dir.display()))?;
    Ok(())
}

pub(super) fn restore(args: &RestoreArgs) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    if !args.dir.is_dir() {
        let text = format!("there is no backup at {}", args.dir.display());
        return Err(Failure::new(Code::Unavailable, text));
    }
    let state = &config.daemon.state_dir;
    let to = archive_dir(state);
    let copied = archive::restore(&args.dir, &to, args.until).map_err(|e| failed(&to, &e))?;
    carry(&args.dir, state, copied.last_seq).map_err(|e| failed(state, &e))?;
    // Computes the store, and says so while it takes time.
    let holdings = open(&config)?;
    let (last, articles) = (copied.last_seq, holdings.replayed);
    out::line(&format!("restored up to change {last}; {articles} changes are in the store"))?;
    Ok(())
}

/// Takes the consumers' positions along; one past the last change that was copied stands at it.
fn carry(from: &Path, to: &Path, last: Seq) -> io::Result<()> {
    let known = Bookmarks::open(&bookmarks_file(from))?.all("");
    let copy = Bookmarks::open(&bookmarks_file(to))?;
    for (name, mark) in known {
        copy.put(&name, Bookmark { seq: mark.seq.min(last), ..mark })?;
    }
    Ok(())
}

fn failed(place: &Path, error: &io::Error) -> Failure {
    Failure::new(Code::Io, format!("{}: {error}", place.display()))
}
