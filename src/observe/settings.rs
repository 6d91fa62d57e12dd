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
    /// Collector of OpenTelemetry traces (OTLP over HTTP): what each poll and each article's journey
    /// did and how long that took is sent there. Left out: `$OTEL_EXPORTER_OTLP_ENDPOINT`, else
    /// nobody. Other variables of OpenTelemetry count as well, such as `OTEL_TRACES_SAMPLER`. Another
    /// collector is used from the next start on.
    #[schemars(example = "http://127.0.0.1:4318")]
    pub traces: Option<String>,
}

impl Default for LogSettings {
    /// `info` says what happened without a line for each poll.
    fn default() -> Self {
        Self { level: "info".to_owned(), format: LogFormat::Auto, traces: None }
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
        let mut faults = Vec::new();
        if let Err(fault) = self.filter() {
            let remedy = "write for example `level = \"info,wiredesk::fetch=debug\"`";
            faults.push(("level", fault, remedy.to_owned()));
        }
        if let Some(Err(fault)) = self.traces.as_deref().map(collector) {
            let remedy = "write for example `traces = \"http://127.0.0.1:4318\"`; a collector's \
                          password stands in $OTEL_EXPORTER_OTLP_HEADERS";
            faults.push(("traces", fault, remedy.to_owned()));
        }
        faults
    }

    /// Where traces are sent, by these settings or by OpenTelemetry's variables in `env`; `None` where
    /// nobody wants them.
    pub fn traces_to(&self, env: impl Iterator<Item = (String, String)>) -> Option<String> {
        let env: Vec<_> =
            env.filter(|(name, value)| name.starts_with("OTEL_") && !value.is_empty()).collect();
        let of = |name: &str| env.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
        let off =
            of("OTEL_SDK_DISABLED") == Some("true") || of("OTEL_TRACES_EXPORTER") == Some("none");
        if off {
            return None;
        }
        let below = |base: &str| format!("{}/v1/traces", base.trim_end_matches('/'));
        let configured = self.traces.as_deref().map(below);
        let own = || of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").map(str::to_owned);
        configured.or_else(own).or_else(|| of("OTEL_EXPORTER_OTLP_ENDPOINT").map(below))
    }

    /// The filter that `level` describes.
    pub(super) fn filter(&self) -> Result<EnvFilter, String> {
        let filter = EnvFilter::builder().parse(&self.level).map_err(|e| e.to_string())?;
        let quiet = format!("{}=off", super::JOURNEY).parse().map_err(|e| format!("{e}"))?;
        Ok(filter.add_directive(quiet))
    }
}

/// What is wrong with a collector's address, which is never repeated.
fn collector(text: &str) -> Result<(), String> {
    let url = url::Url::parse(text).map_err(|e| format!("no web address: {e}"))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("no http or https address".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address that is shown and logged must hold no password".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_win_over_the_standard_variables() {
        let check = |traces: Option<&str>, env: &[(&str, &str)], expect: Option<&str>| {
            let settings =
                LogSettings { traces: traces.map(str::to_owned), ..LogSettings::default() };
            assert_eq!(settings.faults(), [], "{traces:?}");
            let env = env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            assert_eq!(settings.traces_to(env).as_deref(), expect, "{traces:?}");
        };
        let base = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://base:4318/");
        let whole = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://whole/t");
        check(None, &[], None);
        check(None, &[("OTEL_EXPORTER_OTLP_ENDPOINT", "")], None);
        check(None, &[base], Some("http://base:4318/v1/traces"));
        check(None, &[base, whole], Some("http://whole/t"));
        check(Some("http://own:1"), &[base, whole], Some("http://own:1/v1/traces"));
        check(Some("http://own:1"), &[("OTEL_SDK_DISABLED", "true")], None);
    }

    #[test]
    fn an_address_that_cannot_be_used_is_not_repeated() {
        for text in ["collector", "ftp://host", "http://user:hunter2@host", "http://hunter2:x:y"] {
            let settings = LogSettings { traces: Some(text.to_owned()), ..LogSettings::default() };
            let faults = settings.faults();
            let [("traces", fault, _)] = &faults[..] else { panic!("{faults:?}") };
            assert!(!fault.contains("hunter2"), "{fault}");
        }
    }
}
