//! `wiredesk tail`: changes as they stand in the archive, and with `-f` as they come.
//!
//! Reads the archive's files themselves, which any program may do while the daemon runs.

use super::config::ConfigFile;
use super::exit::{Code, Failure};
use super::out;
use crate::archive::{Lines, Reader};
use crate::daemon;
use std::time::Duration;

/// How often the end of the archive is looked at for more.
const LOOK: Duration = Duration::from_millis(200);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// Begin behind this position; the last ten changes where left out
    #[arg(long)]
    since: Option<u64>,
    /// Wait for more at the end
    #[arg(long, short)]
    follow: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let reader = Reader::new(&daemon::archive_dir(&config.daemon.state_dir));
    let since = match args.since {
        Some(since) => since,
        None => reader.last_seq().map_err(unreadable)?.saturating_sub(10),
    };
    let mut lines = reader.lines(since);
    while print(&mut lines)? && args.follow {
        std::thread::sleep(LOOK);
    }
    Ok(())
}

/// Prints what there is; false once nobody reads it any more.
fn print(lines: &mut Lines) -> Result<bool, Failure> {
    for line in lines {
        let line = line.map_err(unreadable)?;
        if !out::line(&String::from_utf8_lossy(&line.json))? {
            return Ok(false);
        }
    }
    Ok(true)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unreadable(error: crate::archive::ReadError) -> Failure {
    Failure::new(Code::Io, format!("the archive cannot be read: {error}"))
}
