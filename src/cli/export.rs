//! `wiredesk export ndjson`: every current article, one a line; `export parquet`: the log as columns.

use super::config::ConfigFile;
use super::exit::{Code, Failure};
use super::out;
use super::reach::{Reach, wait};
use futures_util::StreamExt;
use serde_json::Value;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    form: Form,
}

#[derive(Debug, clap::Subcommand)]
enum Form {
    /// Every current article as one line of JSON
    Ndjson(Ndjson),
    /// The change log as Parquet files, a folder a day; what is there already is not written again
    #[cfg(feature = "interfaces")]
    Parquet(super::parquet::Args),
}

#[derive(Debug, clap::Args)]
struct Ndjson {
    #[command(flatten)]
    config: ConfigFile,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.form {
        Form::Ndjson(args) => ndjson(args),
        #[cfg(feature = "interfaces")]
        Form::Parquet(args) => super::parquet::run(args),
    }
}

fn ndjson(args: &Ndjson) -> Result<(), Failure> {
    let config = args.config.load()?.config;
    wait(async {
        let mut parts = Reach::of(&config).await?.get("/v1/articles.ndjson").await?;
        let mut rest = Vec::new();
        let mut complete = false;
        while let Some(part) = parts.next().await {
            rest.extend_from_slice(&part?);
            let whole = rest.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
            let lines: Vec<u8> = rest.drain(..whole).collect();
            for line in lines.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
                complete = is_end(line);
                if !complete && !out::line(&String::from_utf8_lossy(line))? {
                    return Ok(());
                }
            }
        }
        if complete {
            Ok(())
        } else {
            Err(Failure::new(Code::Io, "the export was cut short; run it again"))
        }
    })
}

/// True for the line that says that nothing is missing before it.
fn is_end(line: &[u8]) -> bool {
    line.starts_with(b"{\"_end\"")
        && serde_json::from_slice::<Value>(line).is_ok_and(|v| v.get("_end").is_some())
}
