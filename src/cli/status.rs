//! `wiredesk status`: the daemon at a glance.

use super::config::ConfigFile;
use super::contract;
use super::exit::Failure;
use super::out;
use super::reach::{Reach, wait};
use serde_json::Value;

#[derive(Debug, clap::Args)]
#[command(after_long_help = contract::STATUS)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// Print JSON also on a terminal
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let status = wait(async { Reach::of(&config).await?.json("/v1/status").await })?;
    if args.json || !out::is_terminal() {
        out::json(&status)?;
        return Ok(());
    }
    for (name, value) in status.as_object().into_iter().flatten() {
        let value = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        out::line(&format!("{name:20} {value}"))?;
    }
    Ok(())
}
