//! `wiredesk run`: the daemon in the foreground.

use super::config::ConfigFile;
use super::exit::{Code, Failure};
use super::progress::Bar;
use super::reach::open_failure;
use crate::config::{self, Loaded};
use crate::daemon::{self, Handed, RunFault};
use crate::feed::is_fenced;
use crate::observe::{LogSettings, TRACES, Traces, logs};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let handed = Handed::take().map_err(|fault| failure(&fault))?;
    let Loaded { config, path, fingerprint, .. } = args.config.load_with_warnings()?;
    let (traces, untraced) = traces(&config.log);
    let logs = logs::start(&config.log, traces.as_ref())
        .map_err(|e| Failure::new(Code::Config, e.to_string()))?;
    if let Some(reason) = untraced {
        tracing::warn!(reason, "no traces are made");
    }
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
    let file = Some((path, fingerprint));
    let daemon = daemon::run(config, handed, file, load, move |p| bar.show(p.seq, p.last));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(daemon);
    drop(runtime);
    if let Some(traces) = traces {
        traces.end();
    }
    result.map_err(|fault| failure(&fault))
}

/// Traces where somebody wants them, or why there are none then: that is no reason not to run.
fn traces(settings: &LogSettings) -> (Option<Traces>, Option<String>) {
    let Some(endpoint) = settings.traces_to(config::environment()) else { return (None, None) };
    if !TRACES {
        return (None, Some("this program was built without them".to_owned()));
    }
    match traces_to(&endpoint) {
        Ok(traces) => (traces, None),
        Err(reason) => (None, Some(reason)),
    }
}

#[cfg(feature = "interfaces")]
fn traces_to(endpoint: &str) -> Result<Option<Traces>, String> {
    let courier = crate::fetch::Courier::new().map_err(|e| e.to_string())?;
    Traces::to(endpoint, courier).map(Some).map_err(|e| e.to_string())
}

#[cfg(not(feature = "interfaces"))]
fn traces_to(_: &str) -> Result<Option<Traces>, String> {
    Ok(None)
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
