//! `wiredesk health`: asks the running daemon whether it works; for containers and scripts, which
//! look at the exit code alone.

use super::config::ConfigFile;
use super::exit::{Code, Failure};
use super::out;
use super::reach::{Reach, found, wait};
use crate::fetch::Local;
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// Longest answer that is read: a word and a reason.
const ANSWER_MAX: usize = 64 << 10;

/// What `--help` says below the options.
const CONTRACT: &str = "\
Exit code: 0 where the daemon polls and writes, 69 where it does not or does not answer in time.

Output: with --json, and where standard output is no terminal, one line of JSON: \
{\"state\":\"running\"}, or {\"state\":\"read-only\",\"reason\":\"…\"}, or with the state stopping or \
unreachable. Fields may be added, none changes its meaning.

In a container, without a shell: HEALTHCHECK CMD [\"/wiredesk\", \"health\"]";

#[derive(Debug, clap::Args)]
#[command(after_long_help = CONTRACT)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// The daemon's address (`http://127.0.0.1:7420`) or the path of its socket; no configuration is
    /// read then [default: where the configuration says that it listens]
    #[arg(value_name = "URL|SOCKET")]
    place: Option<String>,
    /// Seconds that the answer may take
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    timeout: u64,
    /// Print JSON also on a terminal
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let limit = Duration::from_secs(args.timeout);
    let health = wait(async {
        let late = |_| unwell(format!("the daemon does not answer in {} s", args.timeout));
        tokio::time::timeout(limit, ask(args)).await.map_err(late)?
    });
    let (health, verdict) = match health {
        Ok(health) => (health.clone(), verdict(&health)),
        Err(failure) if failure.code() == Code::Config => return Err(failure),
        Err(failure) => {
            (json!({ "state": "unreachable", "reason": failure.to_string() }), Err(failure))
        }
    };
    if args.json || !out::is_terminal() {
        out::json(&health)?;
    } else if verdict.is_ok() {
        out::line("running")?;
    }
    verdict
}

/// How the daemon says that it is.
async fn ask(args: &Args) -> Result<Value, Failure> {
    let local = if let Some(place) = &args.place {
        door(place)?
    } else {
        let config = args.config.load()?.config;
        found(&config).await?.ok_or_else(|| {
            unwell("no daemon answers at `listen` in [http]; start it with `wiredesk run`")
        })?
    };
    let (status, mut parts) = Reach::Daemon(local).answer("/readyz").await?;
    let mut text = Vec::new();
    while let Some(part) = parts.next().await {
        text.extend_from_slice(&part?);
        if text.len() > ANSWER_MAX {
            break;
        }
    }
    told(status, &String::from_utf8_lossy(&text))
}

/// The way to a daemon at a URL or a socket's path.
fn door(place: &str) -> Result<Local, Failure> {
    let web = ["http://", "https://"].iter().any(|scheme| place.starts_with(scheme));
    let local = if web {
        Local::at(place, None)
    } else {
        Local::new(Path::new(place.trim_start_matches("unix:")))
    };
    local.map_err(|e| unwell(e.to_string()))
}

/// What `/readyz` says as the API's JSON: a state, and behind a colon the reason.
///
/// # Errors
/// The answer is no daemon's.
fn told(status: u16, text: &str) -> Result<Value, Failure> {
    match (status, text.trim().split_once(": ")) {
        (200, _) if text.trim() == "ready" => Ok(json!({ "state": "running" })),
        (503, Some((state, reason))) => Ok(json!({ "state": state, "reason": reason })),
        (503, None) => Ok(json!({ "state": text.trim() })),
        _ => Err(unwell(format!("what answers there (status {status}) is no wiredesk"))),
    }
}

/// Nothing where the daemon polls and writes, else why it does not.
fn verdict(health: &Value) -> Result<(), Failure> {
    let part = |name: &str| health.get(name).and_then(Value::as_str);
    match (part("state"), part("reason")) {
        (Some("running"), _) => Ok(()),
        (Some(state), Some(why)) => Err(unwell(format!("the daemon is {state}: {why}"))),
        (state, _) => {
            Err(unwell(format!("the daemon is {}", state.unwrap_or("in no known state"))))
        }
    }
}

fn unwell(message: impl Into<String>) -> Failure {
    Failure::new(Code::Unavailable, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_running_daemon_is_well() {
        let check = |status: u16, text: &str, expect: Option<&str>| {
            let fault = told(status, text).and_then(|health| verdict(&health)).err();
            assert_eq!(fault.map(|f| f.to_string()).as_deref(), expect, "{text}");
        };
        check(200, "ready\n", None);
        let full = "the daemon is read-only: the disk is full: no byte left";
        check(503, "read-only: the disk is full: no byte left\n", Some(full));
        check(503, "stopping\n", Some("the daemon is stopping"));
        check(200, "<html>", Some("what answers there (status 200) is no wiredesk"));
        check(404, "", Some("what answers there (status 404) is no wiredesk"));
    }
}
