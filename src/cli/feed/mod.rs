//! `wiredesk feed …`: looking at feeds, one file a subcommand.

mod backfill;
mod discover;
mod parse;

use super::{exit::Failure, out};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Read feed documents from files and print what is in them
    Parse(parse::Args),
    /// Have the running daemon read all older pages that a feed offers
    Backfill(backfill::Args),
    /// Print the feeds that a page announces
    Discover(discover::Args),
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.verb {
        Verb::Parse(args) => parse::run(args),
        Verb::Backfill(args) => backfill::run(args),
        Verb::Discover(args) => discover::run(args),
    }
}
