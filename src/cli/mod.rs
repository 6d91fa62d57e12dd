//! What a person types: one file a verb. The only place that prints.
//!
//! A verb that reads goes through the socket when the daemon runs and opens the store itself when
//! it does not. Lists are tables on a terminal and NDJSON otherwise.

mod check;
mod config;
mod dedupe;
mod exit;
mod extract;
mod feed;
mod init;
mod out;
mod simulate;
mod version;

use clap::{Parser, Subcommand};
pub use exit::{Code, Failure};
use std::process::ExitCode;

/// Polls news feeds, extracts clean articles, recognises copies, and keeps them for other programs.
#[derive(Debug, Parser)]
#[command(name = "wiredesk", version, about, disable_help_subcommand = true)]
struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Replay a stream of documents and print what each is: new, a copy, or a revision
    Dedupe(dedupe::Args),
    /// Check the configuration: every problem with its place and remedy
    Check(check::Args),
    /// Show the configuration as it counts, its complete form, its schema
    Config(config::Args),
    /// Write a configuration to start from
    Init(init::Args),
    /// Look at feeds: what is in a document, which feeds a page announces
    Feed(feed::Args),
    /// Score schedules in virtual time: how long entries wait at the same number of requests
    Simulate(simulate::Args),
    /// Take the article out of a saved page
    Extract(extract::Args),
    /// Print the version
    Version(version::Args),
}

/// Runs the verb on the command line; the exit code is that of [`Code`].
pub fn main() -> ExitCode {
    let result = match Args::parse().verb {
        Verb::Dedupe(args) => dedupe::run(&args),
        Verb::Check(args) => check::run(&args),
        Verb::Config(args) => config::run(&args),
        Verb::Init(args) => init::run(&args),
        Verb::Feed(args) => feed::run(&args),
        Verb::Simulate(args) => simulate::run(&args),
        Verb::Extract(args) => extract::run(&args),
        Verb::Version(args) => version::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            out::error(&failure);
            failure.code().into()
        }
    }
}
