//! What the running daemon is told to do with a feed: `refresh` polls it now, or all feeds, each host's
//! turns kept; `reset` forgets its validators and back-off first, also of one held for gone;
//! `backfill` reads all older pages that it offers.

use crate::cli::config::ConfigFile;
use crate::cli::exit::Failure;
use crate::cli::out;
use crate::cli::reach::{Reach, wait};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// The feed's id
    id: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct RefreshArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// The feed's id
    #[arg(required_unless_present = "all")]
    id: Option<String>,
    /// All feeds
    #[arg(long, conflicts_with = "id")]
    all: bool,
}

pub(super) fn refresh(args: &RefreshArgs) -> Result<(), Failure> {
    match &args.id {
        Some(id) => give(&args.config, &format!("/v1/feeds/{id}/refresh")),
        None => give(&args.config, "/v1/refresh"),
    }
}

pub(super) fn run(args: &Args, order: &str) -> Result<(), Failure> {
    give(&args.config, &format!("/v1/feeds/{}/{order}", args.id))
}

fn give(config: &ConfigFile, path: &str) -> Result<(), Failure> {
    let config = config.load()?.config;
    let taken = wait(async { Reach::of(&config).await?.order(path).await })?;
    out::json(&taken)?;
    Ok(())
}
