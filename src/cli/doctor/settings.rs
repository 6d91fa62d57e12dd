//! The configuration as it counts, with what is private in it left out: a value is shown where it is
//! a default, a number, a switch, a length of time, a size or one of the words that its key knows.

use super::super::config::ConfigFile;
use super::facts::Configuration;
use super::redact::Redactor;
use crate::config::{self, Config, Listen, Loaded, Problems, Row, Setting};
use crate::model::{ByteSize, Span};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Connections that a listener bears, idle connections that are kept, and what the store, the
/// archive and the index of words have open.
const FILES: (u64, u64, u64) = (512, 256, 128);

pub(super) fn look(
    file: &ConfigFile,
    loaded: &Result<Loaded, Problems>,
    redactor: &Redactor,
) -> Configuration {
    let schema = config::schema();
    let told = |row: Row| {
        let place = row.file.map(|file| redactor.path(Path::new(&file)));
        let line = row.line.map(|line| format!(":{line}")).unwrap_or_default();
        let text = redactor.complaint(&row.message, |word| is_key(&schema, word));
        place.map_or(text.clone(), |place| format!("{place}{line}: {text}"))
    };
    let rows = match loaded {
        Ok(loaded) => loaded.warnings.rows(),
        Err(problems) => problems.rows(),
    };
    let (errors, warnings): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.severity == "error");
    let facts = Configuration {
        errors: errors.into_iter().map(told).collect(),
        warnings: warnings.into_iter().map(told).collect(),
        file: file.found().map(|path| redactor.path(&path)),
        ..Configuration::default()
    };
    match loaded {
        Ok(loaded) => understood(facts, &loaded.config, file, &schema, redactor),
        Err(_) => facts,
    }
}

/// The facts of a configuration that can be used.
fn understood(
    facts: Configuration,
    config: &Config,
    file: &ConfigFile,
    schema: &Value,
    redactor: &Redactor,
) -> Configuration {
    let listeners = config.http.listen.len() as u64;
    let settings = file.settings().unwrap_or_default();
    let shown = |setting: Setting| Setting {
        key: key_shown(&setting, schema),
        value: shown(&setting, schema, redactor),
        origin: redactor.path(Path::new(&setting.origin)),
        ..setting
    };
    Configuration {
        feeds: config.feeds.len(),
        disabled_feeds: config.feeds.iter().filter(|feed| feed.disabled).count(),
        contact: config.identity.contact.is_some() || !is_own(&config.identity.user_agent),
        files_needed: config.fetch.concurrency as u64 + FILES.0 * listeners + FILES.1 + FILES.2,
        free_space_floor_bytes: config.daemon.free_space_floor.get(),
        memory_alarm_bytes: config.daemon.memory_alarm.get(),
        open_secrets: open_secrets(config).map(|path| redactor.path(path)).collect(),
        settings: settings.into_iter().map(shown).collect(),
        ..facts
    }
}

/// True for the User-Agent of a desk that says nothing of itself.
fn is_own(agent: &str) -> bool {
    agent == concat!("wiredesk/", env!("CARGO_PKG_VERSION"))
}

/// The files of secrets that everybody can read, each once.
fn open_secrets(config: &Config) -> impl Iterator<Item = &Path> {
    let headers = config.feeds.iter().flat_map(|feed| feed.headers.iter().map(|(_, value)| value));
    let files = headers.chain(&config.http.token).filter_map(config::Secret::file);
    let mut files: Vec<_> = files.filter(|file| is_open(file)).collect();
    files.sort_unstable();
    files.dedup();
    files.into_iter()
}

/// True where everybody of the machine can read a file.
fn is_open(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|about| about.permissions().mode() & 0o004 != 0)
}

/// A setting's value as strangers may see it, in TOML's spelling.
fn shown(setting: &Setting, schema: &Value, redactor: &Redactor) -> String {
    let value = &setting.value;
    let items = value.trim_matches(['[', ']']).split(", ").filter(|item| !item.is_empty());
    let mut items = items.map(|item| (item, item.trim_matches('"')));
    let harmless = setting.origin == "default"
        || items.all(|(item, text)| {
            item.len() == text.len() && !text.contains(['{', '='])
                || is_harmless(text, setting, schema)
        });
    match harmless {
        true => redactor.text(value),
        false if value.contains("://") => "\"https://***\"".replace("https", scheme(value)),
        false => "\"***\"".to_owned(),
    }
}

fn scheme(value: &str) -> &str {
    let head = value.split("://").next().unwrap_or_default();
    head.rsplit(['"', ' ', '[']).next().unwrap_or_default()
}

/// True for a text that says nothing about anybody.
fn is_harmless(text: &str, setting: &Setting, schema: &Value) -> bool {
    let is_place = || match (setting.section, setting.key.as_str()) {
        ("daemon", "state_dir") => text.starts_with('/'),
        ("http", "listen") => {
            text.starts_with("unix:/") || text.parse::<std::net::SocketAddr>().is_ok()
        }
        ("log", "level") => text.split(',').all(is_level),
        (_, "allow_private_networks") => text.parse::<ipnet::IpNet>().is_ok(),
        _ => false,
    };
    text.parse::<Span>().is_ok()
        || text.parse::<ByteSize>().is_ok()
        || words(schema, setting).any(|word| word == text)
        || is_place()
}

/// True for a directive of the log's level that names parts of this program only.
fn is_level(directive: &str) -> bool {
    let (target, level) = directive.split_once('=').unwrap_or(("wiredesk", directive));
    let levels = ["error", "warn", "info", "debug", "trace", "off"];
    let path = |c: char| c.is_ascii_lowercase() || matches!(c, ':' | '_');
    target.starts_with("wiredesk") && target.chars().all(path) && levels.contains(&level)
}

/// A setting's key; of one that a person made up, such as a tag, the table alone.
fn key_shown(setting: &Setting, schema: &Value) -> String {
    match (place(schema, setting), setting.key.split_once('.')) {
        (None, Some((table, _))) => format!("{table}.***"),
        _ => setting.key.clone(),
    }
}

/// The schema of a setting.
fn place<'s>(schema: &'s Value, setting: &Setting) -> Option<&'s Value> {
    let key = setting.key.replace('.', "/properties/");
    schema.pointer(&format!("/properties/{}/properties/{key}", setting.section))
}

/// The words that a key knows.
fn words<'s>(schema: &'s Value, setting: &Setting) -> impl Iterator<Item = &'s str> {
    let key = place(schema, setting);
    let list = |name: &str| key.and_then(|key| key.get(name)?.as_array()).into_iter().flatten();
    let constant = |word: &'s Value| word.get("const").or(Some(word))?.as_str();
    list("oneOf").chain(list("anyOf")).chain(list("enum")).filter_map(constant)
}

/// True for the name of a section or a key.
fn is_key(schema: &Value, word: &str) -> bool {
    let properties = |value: &Value| value.get("properties").and_then(Value::as_object).cloned();
    let sections = properties(schema).unwrap_or_default();
    let feed = schema.pointer("/properties/feed/items").and_then(properties).unwrap_or_default();
    word.split('.').all(|word| {
        sections.contains_key(word)
            || feed.contains_key(word)
            || sections.values().filter_map(properties).any(|keys| keys.contains_key(word))
    })
}

/// What of the listeners is a socket's path; for whoever looks for the daemon.
pub(super) fn sockets(config: &Config) -> impl Iterator<Item = &Path> {
    config.http.listen.iter().filter_map(|place| match place {
        Listen::Unix(path) => Some(path.as_path()),
        Listen::Tcp(_) => None,
    })
}
