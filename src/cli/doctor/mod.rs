//! `wiredesk doctor`: a report that a person can paste into a bug report, and what is wrong with what
//! to do about it.
//!
//! Facts are gathered without changing anything, and are fit to be shown from the moment they are
//! ([`redact`]): findings are a function of them ([`mod@findings`]), and so is the text ([`mod@print`]).

mod facts;
mod feeds;
mod findings;
mod folder;
mod machine;
mod print;
mod redact;
mod running;
mod settings;

use super::config::ConfigFile;
use super::exit::Failure;
use super::out;
use super::reach::wait;
use facts::{Facts, Program};
use findings::{Finding, findings};
use redact::Redactor;
use serde::Serialize;

/// What `--help` says below the options.
const CONTRACT: &str = "\
The report holds no secrets, no addresses with their paths, no names of users in paths, and names \
neither feeds nor their hosts; with --hosts, hosts stand beside the errors that they cause. Look \
through it all the same before you publish it.

Output: with --json, and where standard output is no terminal, one JSON object: findings (each with \
severity, name, problem, remedy), at, program, machine, limits, configuration, folder, daemon, feeds. \
Fields may be added, none changes its meaning; what is not known is null. The exit code is 0 also \
where there are findings.";

#[derive(Debug, clap::Args)]
#[command(after_long_help = CONTRACT)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// Name the hosts of feeds that fail
    #[arg(long)]
    hosts: bool,
    /// Print JSON also on a terminal
    #[arg(long)]
    json: bool,
}

/// Everything that is printed.
#[derive(Debug, Serialize)]
struct Report {
    findings: Vec<Finding>,
    #[serde(flatten)]
    facts: Facts,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let (facts, redactor) = wait(gather(args))?;
    let report = Report { findings: findings(&facts), facts };
    let value = serde_json::to_value(&report)
        .map_err(|e| Failure::new(super::Code::Software, format!("cannot write JSON: {e}")))?;
    let value = redactor.all(value);
    if args.json || !out::is_terminal() {
        out::json(&value)?;
    } else {
        out::line(&print::text(&value))?;
    }
    Ok(())
}

/// Looks at everything. What cannot be looked at is left out; a configuration that cannot be used is
/// a fact like others.
async fn gather(args: &Args) -> Result<(Facts, Redactor), Failure> {
    let loaded = args.config.check();
    let config = loaded.as_ref().ok().map(|loaded| &loaded.config);
    let redactor = Redactor::new(config, crate::config::environment());
    let mut facts = Facts {
        at: crate::observe::now(),
        program: Program::this(),
        machine: machine::look(&redactor),
        configuration: settings::look(&args.config, &loaded, &redactor),
        ..Facts::default()
    };
    if let Some(config) = config {
        let running = running::look(config).await;
        facts.folder = Some(folder::look(config, &redactor));
        let (daemon, feeds) = match running {
            Some(running) => (running.daemon, running.feeds),
            None => (facts::Daemon::default(), folder::store(config, &mut facts)),
        };
        if let Some(folder) = facts.folder.as_mut().filter(|_| daemon.reachable) {
            folder.take(&daemon);
        }
        facts.limits = machine::limits(daemon.pid);
        facts.feeds = feeds.map(|feeds| feeds::look(config, &feeds, args.hosts));
        facts.daemon = Some(daemon);
    } else {
        facts.limits = machine::limits(None);
    }
    Ok((facts, redactor))
}
