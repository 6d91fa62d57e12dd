//! `wiredesk health`: asks the running daemon whether it works; for containers and scripts, which
//! look at the exit code alone.

use super::config::ConfigFile;
use super::exit::{Code, Failure};
use super::out;
use super::reach::{Reach, wait};
use serde_json::Value;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    config: ConfigFile,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    let status = wait(async {
        match Reach::of(&config).await? {
            daemon @ Reach::Daemon(_) => daemon.json("/v1/status").await,
            Reach::Here(_) => Err(Failure::new(
                Code::Unavailable,
                "no daemon answers on the sockets of `listen` in [http]; start it with `wiredesk run`",
            )),
        }
    })?;
    if args.json {
        out::json(status.get("health").unwrap_or(&Value::Null))?;
    }
    verdict(&status)?;
    if !args.json {
        out::line("running")?;
    }
    Ok(())
}

/// Nothing where the daemon polls and writes, else why it does not.
fn verdict(status: &Value) -> Result<(), Failure> {
    let part = |name: &str| status.pointer(&format!("/health/{name}")).and_then(Value::as_str);
    match (part("state"), part("reason")) {
        (Some("running"), _) => Ok(()),
        (Some(state), Some(why)) => {
            Err(Failure::new(Code::Unavailable, format!("the daemon is {state}: {why}")))
        }
        (state, _) => {
            let state = state.unwrap_or("in no known state");
            Err(Failure::new(Code::Unavailable, format!("the daemon is {state}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_a_running_daemon_is_well() {
        let check = |health: Value, expect: Option<&str>| {
            let fault = verdict(&json!({ "health": health })).err();
            assert_eq!(fault.map(|f| f.to_string()).as_deref(), expect);
        };
        check(json!({"state": "running"}), None);
        let full = json!({"state": "read-only", "reason": "the disk is full"});
        check(full, Some("the daemon is read-only: the disk is full"));
        check(json!({"state": "stopping"}), Some("the daemon is stopping"));
        check(json!(null), Some("the daemon is in no known state"));
    }
}
