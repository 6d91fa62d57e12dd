//! `wiredesk feed reset`: the running daemon forgets a feed's validators and back-off and polls it now,
//! also one that it holds for gone.

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

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let path = format!("/v1/feeds/{}/reset", args.id);
    let taken = wait(async { Reach::of(&config).await?.order(&path).await })?;
    out::json(&taken)?;
    Ok(())
}
