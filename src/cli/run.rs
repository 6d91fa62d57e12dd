//! `wiredesk run`: the daemon in the foreground.

use super::config::ConfigFile;
use super::exit::{Code, Failure};
use super::progress::Bar;
use super::reach::open_failure;
use crate::config::Loaded;
use crate::daemon::{self, RunFault};
use crate::feed::is_fenced;
use crate::observe::logs;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let Loaded { config, path, fingerprint, .. } = args.config.load_with_warnings()?;
    let logs = logs::start(&config.log).map_err(|e| Failure::new(Code::Config, e.to_string()))?;
    // Panics on strangers' input are caught where they happen; here they become log lines.
    std::panic::set_hook(Box::new(|panic| {
        if is_fenced() { tracing::debug!("{panic}") } else { tracing::warn!("{panic}") }
    }));
    let load = || {
        let config = args.config.reload()?;
        logs.apply(&config.log).map_err(|e| e.to_string())?;
        Ok(config)
    };
    let mut bar = Bar::new("bringing the store up to the archive");
    let daemon =
        daemon::run(config, Some((path, fingerprint)), load, move |p| bar.show(p.seq, p.last));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(daemon);
    result.map_err(|fault| failure(&fault))
}

/// What to tell a person whose daemon ended by itself.
pub(super) fn failure(fault: &RunFault) -> Failure {
    let code = match fault {
        RunFault::Open(fault) => return open_failure(fault),
        RunFault::Fetch(_) => Code::Config,
        RunFault::Store(_) | RunFault::System { .. } => Code::Io,
    };
    Failure::new(code, fault.to_string())
}
