//! `wiredesk check`: every problem of the configuration with its place and remedy.

use super::config::ConfigFile;
use super::{exit::Code, exit::Failure, out};
use crate::config::Loaded;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// Fail on warnings too
    #[arg(long)]
    strict: bool,
    /// Print one JSON object a problem
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let loaded =
        if args.json { listed(&args.config)? } else { args.config.load_with_warnings()? };
    let warnings = loaded.warnings.len();
    if args.strict && warnings > 0 {
        let text = format!("strict: the configuration has warnings ({warnings})");
        return Err(Failure::new(Code::Config, text));
    }
    if !args.json {
        let feeds = loaded.config.feeds.len();
        let active = loaded.config.feeds.iter().filter(|feed| !feed.disabled).count();
        let path = loaded.path.display();
        out::line(&format!("{path}: good; {feeds} feeds, {active} of them active"))?;
    }
    Ok(())
}

/// The configuration, every problem printed as a line of JSON.
fn listed(config: &ConfigFile) -> Result<Loaded, Failure> {
    let result = config.check();
    let problems = result.as_ref().map_or_else(|problems| problems, |loaded| &loaded.warnings);
    for row in problems.rows() {
        out::json(&row)?;
    }
    result.map_err(|_| Failure::new(Code::Config, "the configuration cannot be used"))
}
