//! What a person types: one file a verb. The only place that prints.
//!
//! A verb that reads goes through the socket when the daemon runs and opens the store itself when
//! it does not. Lists are tables on a terminal and NDJSON otherwise.

mod backup;
mod check;
mod config;
mod contract;
mod dedupe;
mod demo;
mod doctor;
mod exit;
mod export;
mod extract;
mod feed;
mod gc;
mod health;
mod hook;
mod import;
mod init;
mod list;
#[cfg(feature = "interfaces")]
mod mcp;
mod out;
mod paper;
#[cfg(feature = "interfaces")]
mod parquet;
mod progress;
mod reach;
mod reload;
mod run;
mod search;
mod simulate;
mod status;
mod tail;
#[cfg(feature = "interfaces")]
mod top;
mod verify;
mod version;

use crate::feed::is_fenced;
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
    /// Run the daemon in the foreground
    Run(run::Args),
    /// Show the whole journey in a folder of its own, with papers on loopback
    Demo(demo::Args),
    /// List articles, newest first
    List(list::Args),
    /// Find articles by their words
    Search(search::Args),
    /// Print one article
    Get(list::GetArgs),
    /// Print changes as they stand in the archive, and with -f as they come
    Tail(tail::Args),
    /// Print every current article
    Export(export::Args),
    /// File the articles of another desk's export
    Import(import::Args),
    /// Serve the articles as tools for language models, on standard input and output
    #[cfg(feature = "interfaces")]
    Mcp(mcp::Args),
    /// Show the daemon at a glance
    Status(status::Args),
    /// Watch the running daemon on a terminal: figures, feeds, newest articles
    #[cfg(feature = "interfaces")]
    Top(top::Args),
    /// Write a report for a bug report, without secrets, and say what is wrong
    Doctor(doctor::Args),
    /// Ask the daemon whether it works; the exit code says it
    Health(health::Args),
    /// Have the running daemon read its configuration again
    Reload(reload::Args),
    /// Look at webhooks: how far each has come, whether a message arrives
    Hook(hook::Args),
    /// Look at every byte of archive and store
    Verify(verify::Args),
    /// Compute the store anew from the archive
    Rebuild(verify::RebuildArgs),
    /// Copy the archive, or bring an earlier copy up to date; the daemon may run
    Backup(backup::BackupArgs),
    /// Make a state folder out of a backup, as a whole or up to a point
    Restore(backup::RestoreArgs),
    /// Seal and let go archive files, and copy the store into a file of its size
    Gc(gc::Args),
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
    /// Print what a shell needs to complete verbs and options
    Completion(paper::CompletionArgs),
    /// Write man pages
    Man(paper::ManArgs),
    /// Print the version
    Version(version::Args),
}

/// Runs the verb on the command line; the exit code is that of [`Code`].
pub fn main() -> ExitCode {
    silence_fenced_panics();
    let result = match Args::parse().verb {
        Verb::Run(args) => run::run(&args),
        Verb::Demo(args) => demo::run(&args),
        Verb::List(args) => list::run(&args),
        Verb::Search(args) => search::run(&args),
        Verb::Get(args) => list::get(&args),
        Verb::Tail(args) => tail::run(&args),
        Verb::Export(args) => export::run(&args),
        Verb::Import(args) => import::run(&args),
        #[cfg(feature = "interfaces")]
        Verb::Mcp(args) => mcp::run(&args),
        Verb::Status(args) => status::run(&args),
        #[cfg(feature = "interfaces")]
        Verb::Top(args) => top::run(&args),
        Verb::Doctor(args) => doctor::run(&args),
        Verb::Health(args) => health::run(&args),
        Verb::Reload(args) => reload::run(&args),
        Verb::Hook(args) => hook::run(&args),
        Verb::Verify(args) => verify::run(&args),
        Verb::Rebuild(args) => verify::rebuild(&args),
        Verb::Backup(args) => backup::backup(&args),
        Verb::Restore(args) => backup::restore(&args),
        Verb::Gc(args) => gc::run(&args),
        Verb::Dedupe(args) => dedupe::run(&args),
        Verb::Check(args) => check::run(&args),
        Verb::Config(args) => config::run(&args),
        Verb::Init(args) => init::run(&args),
        Verb::Feed(args) => feed::run(&args),
        Verb::Simulate(args) => simulate::run(&args),
        Verb::Extract(args) => extract::run(&args),
        Verb::Completion(args) => paper::complete(&args),
        Verb::Man(args) => paper::man(&args),
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

/// Panics that are caught, and whose document is read all the same, are not reported.
fn silence_fenced_panics() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if is_fenced() { tracing::debug!("{panic}") } else { report(panic) }
    }));
}
