//! `wiredesk feed …`: looking at feeds, changing which are polled; one file a subcommand, but for orders.

mod change;
mod discover;
mod edit;
mod list;
mod lists;
mod order;
mod parse;
mod test;
mod trial;
mod why;

use super::{exit::Failure, out};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List the configured feeds and how each of them is
    List(list::Args),
    /// Say when a feed is polled next, and for what reason
    Why(why::Args),
    /// Have the running daemon poll a feed now, or all of them
    Refresh(order::RefreshArgs),
    /// Have the running daemon forget a feed's validators and back-off, and poll it now
    Reset(order::Args),
    /// Have the running daemon read all older pages that a feed offers
    Backfill(order::Args),
    /// Add a feed to the configuration
    Add(change::AddArgs),
    /// Remove a feed from the configuration
    Rm(change::RmArgs),
    /// Add the feeds of an OPML list to the configuration
    Import(lists::ImportArgs),
    /// Print the configured feeds as an OPML list
    Export(lists::ExportArgs),
    /// Try a feed once: fetch, read, extract one page, and say how each step went
    Test(test::Args),
    /// Print the feeds that a site or a saved page announces
    Discover(discover::Args),
    /// Read feed documents from files and print what is in them
    Parse(parse::Args),
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.verb {
        Verb::List(args) => list::run(args),
        Verb::Why(args) => why::run(args),
        Verb::Refresh(args) => order::refresh(args),
        Verb::Reset(args) => order::run(args, "reset"),
        Verb::Backfill(args) => order::run(args, "backfill"),
        Verb::Add(args) => change::add(args),
        Verb::Rm(args) => change::rm(args),
        Verb::Import(args) => lists::import(args),
        Verb::Export(args) => lists::export(args),
        Verb::Test(args) => test::run(args),
        Verb::Discover(args) => discover::run(args),
        Verb::Parse(args) => parse::run(args),
    }
}
