//! Settings of the log output and their defaults.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

/// Log output, on standard error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// How much is said: `error`, `warn`, `info`, `debug` or `trace`, also for one part alone:
    /// `info,wiredesk::fetch=debug`.
    pub level: String,
    /// In which form.
    pub format: LogFormat,
}

impl Default for LogSettings {
    /// `info` says what happened without a line for each poll.
    fn default() -> Self {
        Self { level: "info".to_owned(), format: LogFormat::Auto }
    }
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    #[default]
    Auto,
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl LogSettings {
    /// What is wrong with the settings: the key, the fault, the remedy.
    pub fn faults(&self) -> Vec<(&'static str, String, String)> {
        match self.filter() {
            Ok(_) => Vec::new(),
            Err(fault) => vec![(
                "level",
                fault,
                "write for example `level = \"info,wiredesk::fetch=debug\"`".to_owned(),
            )],
        }
    }

    /// The filter that `level` describes.
    pub(super) fn filter(&self) -> Result<EnvFilter, String> {
        EnvFilter::builder().parse(&self.level).map_err(|e| e.to_string())
    }
}
