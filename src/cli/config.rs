//! `wiredesk config …`: the settings as they count, the complete example, the JSON Schema; and how
//! every verb reads its configuration.

use super::{exit::Code, exit::Failure, out};
use crate::config::{self, Loaded, Problems, Setting};
use crate::model::FeedId;
use clap::Subcommand;
use std::io::{IsTerminal, stderr};
use std::path::PathBuf;

/// The option that every verb with a configuration has.
#[derive(Debug, clap::Args)]
pub(super) struct ConfigFile {
    /// Configuration file [default: ./wiredesk.toml, ~/.config/wiredesk/wiredesk.toml,
    /// /etc/wiredesk/wiredesk.toml]
    #[arg(long = "config", short = 'c', env = "WIREDESK_CONFIG", value_name = "FILE")]
    path: Option<PathBuf>,
}

impl ConfigFile {
    /// The configuration; problems are noted on standard error.
    pub(super) fn load(&self) -> Result<Loaded, Failure> {
        self.check().map_err(|problems| refused(&problems))
    }

    /// The configuration; warnings are noted too: for verbs that are about it.
    pub(super) fn load_with_warnings(&self) -> Result<Loaded, Failure> {
        let loaded = self.load()?;
        if !loaded.warnings.is_empty() {
            out::note(&draw(&loaded.warnings));
        }
        Ok(loaded)
    }

    /// The configuration read again while the daemon runs; what is wrong with it, in words.
    pub(super) fn reload(&self) -> Result<config::Config, String> {
        self.check().map(|loaded| loaded.config).map_err(|problems| problems.render(false))
    }

    /// The configuration where there is one, for verbs that do without.
    pub(super) fn load_if_any(&self) -> Result<Option<Loaded>, Failure> {
        self.found().is_some().then(|| self.load()).transpose()
    }

    /// The file that is read, where there is one.
    pub(super) fn found(&self) -> Option<PathBuf> {
        config::find(self.path.as_deref(), config::environment())
    }

    /// Every setting as it counts, secrets as asterisks; `None` where the configuration is wrong.
    pub(super) fn settings(&self) -> Option<Vec<Setting>> {
        config::show(self.path.as_deref(), config::environment(), None).ok()?
    }

    /// The configuration, or everything that is wrong with it.
    pub(super) fn check(&self) -> Result<Loaded, Problems> {
        config::load(self.path.as_deref(), config::environment())
    }
}

/// The problems as a person reads them on standard error.
fn draw(problems: &Problems) -> String {
    problems.render(stderr().is_terminal())
}

/// Notes the problems of a configuration that cannot be used.
pub(super) fn refused(problems: &Problems) -> Failure {
    out::note(&draw(problems));
    let errors = problems.rows().iter().filter(|row| row.severity == "error").count();
    let what = if errors == 1 { "problem" } else { "problems" };
    Failure::new(Code::Config, format!("the configuration has {errors} {what}"))
}

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Print every setting with its value
    Show(Show),
    /// Print the complete configuration file: every key with its default
    Full,
    /// Print the JSON Schema of the configuration file
    Schema,
}

#[derive(Debug, clap::Args)]
struct Show {
    #[command(flatten)]
    config: ConfigFile,
    /// Only what counts for this feed
    #[arg(long, value_name = "ID")]
    feed: Option<String>,
    /// Say where each value was written
    #[arg(long)]
    origin: bool,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    match &args.verb {
        Verb::Show(args) => show(args),
        Verb::Full => out::line(config::full().trim_end()).map(drop),
        Verb::Schema => {
            let text = serde_json::to_string_pretty(&config::schema())
                .map_err(|e| Failure::new(Code::Software, format!("cannot write JSON: {e}")))?;
            out::line(&text).map(drop)
        }
    }
}

fn show(args: &Show) -> Result<(), Failure> {
    let feed = args.feed.as_deref().map(feed_id).transpose()?;
    let path = args.config.path.as_deref();
    let settings = config::show(path, config::environment(), feed.as_ref())
        .map_err(|problems| refused(&problems))?
        .ok_or_else(|| unknown_feed(args.feed.as_deref().unwrap_or_default()))?;
    let mut section = "";
    for setting in &settings {
        if args.json {
            out::json(setting)?;
            continue;
        }
        if section != setting.section {
            let gap = if section.is_empty() { "" } else { "\n" };
            out::line(&format!("{gap}[{}]", setting.section))?;
            section = setting.section;
        }
        out::line(&line(setting, args.origin))?;
    }
    Ok(())
}

fn line(Setting { key, value, origin, .. }: &Setting, with_origin: bool) -> String {
    if with_origin { format!("{key} = {value}  # {origin}") } else { format!("{key} = {value}") }
}

pub(super) fn feed_id(text: &str) -> Result<FeedId, Failure> {
    FeedId::new(text).map_err(|e| Failure::new(Code::Data, format!("`{text}`: {e}")))
}

pub(super) fn unknown_feed(id: &str) -> Failure {
    Failure::new(Code::Unavailable, format!("the configuration has no feed `{id}`"))
}
