//! What the running daemon is told to do with a feed: `refresh` polls it now, its host's turns kept;
//! `reset` forgets its validators and back-off first, also of one held for gone; `backfill` reads all
//! older pages that it offers.

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

pub(super) fn run(args: &Args, order: &str) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let path = format!("/v1/feeds/{}/{order}", args.id);
    let taken = wait(async { Reach::of(&config).await?.order(&path).await })?;
    out::json(&taken)?;
    Ok(())
}
