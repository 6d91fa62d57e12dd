//! `wiredesk version`.

use super::{exit::Failure, out};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let version = env!("CARGO_PKG_VERSION");
    if args.json {
        out::json(&serde_json::json!({ "name": "wiredesk", "version": version }))?;
    } else {
        out::line(&format!("wiredesk {version}"))?;
    }
    Ok(())
}
