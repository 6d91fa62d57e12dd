//! The configuration as it counts: every key with its value and where that was written.

use super::document::{Document, Keys};
use super::full::toml_value;
use super::source::{Place, Source};
use super::{Config, Feed, Problems};
use crate::model::FeedId;
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;

/// A key as it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The section; `feed` for what only feeds have.
    pub section: &'static str,
    /// The key; of a table within the section `table.key`.
    pub key: String,
    /// Its value in TOML's spelling; secrets are asterisks.
    pub value: String,
    /// `default`, `FILE:LINE` or `$VARIABLE`.
    pub origin: String,
}

/// Every setting of the configuration that [`super::load`] reads, or those that count for one feed;
/// `None` where there is no such feed.
///
/// # Errors
/// Those of [`super::load`].
pub fn show(
    path: Option<&std::path::Path>,
    env: impl Iterator<Item = (String, String)>,
    feed: Option<&FeedId>,
) -> Result<Option<Vec<Setting>>, Problems> {
    let (loaded, origins) = super::read(path, env, Origins::of)?;
    Ok(match feed {
        None => Some(all(&loaded.config, &origins)),
        Some(id) => {
            let position = loaded.config.feeds.iter().position(|f| f.id == *id);
            position.and_then(|at| Some(of_feed(loaded.config.feeds.get(at)?, at, &origins)))
        }
    })
}

fn all(config: &Config, origins: &Origins) -> Vec<Setting> {
    let origin = |section: &str, key: &str| origins.of_section(section, key);
    let mut out = Vec::new();
    add(&mut out, "daemon", &config.daemon, &origin);
    add(&mut out, "identity", &config.identity, &origin);
    add(&mut out, "log", &config.log, &origin);
    add(&mut out, "http", &config.http, &origin);
    add(&mut out, "schedule", &*config.schedule, &origin);
    add(&mut out, "fetch", &*config.fetch, &origin);
    add(&mut out, "extract", &*config.extract, &origin);
    add(&mut out, "dedup", &*config.dedup, &origin);
    add(&mut out, "websub", &*config.websub, &origin);
    add(&mut out, "archive", &*config.archive, &origin);
    add(&mut out, "store", &*config.store, &origin);
    out
}

fn of_feed(feed: &Feed, position: usize, origins: &Origins) -> Vec<Setting> {
    let origin = |section: &str, key: &str| {
        let of_feed = origins.of_feed(position, section, key);
        of_feed.unwrap_or_else(|| origins.of_section(section, key))
    };
    let headers: Vec<_> = feed.headers.iter().map(|(name, _)| name).collect();
    let own = serde_json::json!({
        "id": feed.id, "url": feed.url, "tags": feed.tags, "note": feed.note,
        "disabled": feed.disabled, "headers": headers,
    });
    let mut out = Vec::new();
    add(&mut out, "feed", &own, &origin);
    add(&mut out, "schedule", &*feed.schedule, &origin);
    add(&mut out, "fetch", &*feed.fetch, &origin);
    add(&mut out, "extract", &*feed.extract, &origin);
    add(&mut out, "dedup", &*feed.dedup, &origin);
    out
}

fn add(
    out: &mut Vec<Setting>,
    section: &'static str,
    settings: &impl Serialize,
    origin: &dyn Fn(&str, &str) -> String,
) {
    let Ok(settings) = serde_json::to_value(settings) else { return };
    // Keys still to be laid open, the next one last.
    let mut open = vec![(String::new(), settings)];
    while let Some((key, value)) = open.pop() {
        match value {
            Value::Object(inner) if !inner.is_empty() || key.is_empty() => {
                let path = |name| if key.is_empty() { name } else { format!("{key}.{name}") };
                open.extend(inner.into_iter().rev().map(|(name, value)| (path(name), value)));
            }
            value => out.extend(toml_value(&value).map(|value| Setting {
                section,
                value,
                origin: origin(section, &key),
                key,
            })),
        }
    }
}

/// Section (or a feed's table) and key, dots between the parts of its path.
type Name = (String, String);

/// Where each key was written; those of a feed by its position.
struct Origins {
    sections: HashMap<Name, String>,
    feeds: Vec<HashMap<Name, String>>,
}

impl Origins {
    fn of(document: &Document<'_>, sources: &[Source]) -> Self {
        let mut sections = HashMap::new();
        for (name, section) in &document.sections {
            note(&mut sections, name, &section.keys, sources);
        }
        let feeds = document.feeds.iter().map(|feed| {
            let mut own = HashMap::new();
            note(&mut own, "feed", &feed.keys, sources);
            // A key of [schedule] stands among the feed's own, those of other stages in tables.
            note(&mut own, "schedule", &feed.keys, sources);
            for (path, key) in &feed.keys {
                if let Some((table, rest)) = path.split_first().filter(|(_, r)| !r.is_empty()) {
                    own.insert((table.clone(), rest.join(".")), origin(&key.place, sources));
                }
            }
            own
        });
        Self { feeds: feeds.collect(), sections }
    }

    fn of_section(&self, section: &str, key: &str) -> String {
        let written = self.sections.get(&(section.to_owned(), key.to_owned()));
        written.cloned().unwrap_or_else(|| "default".to_owned())
    }

    fn of_feed(&self, position: usize, section: &str, key: &str) -> Option<String> {
        self.feeds.get(position)?.get(&(section.to_owned(), key.to_owned())).cloned()
    }
}

fn note(out: &mut HashMap<Name, String>, name: &str, keys: &Keys<'_>, sources: &[Source]) {
    for (path, written) in keys {
        out.insert((name.to_owned(), path.join(".")), origin(&written.place, sources));
    }
}

fn origin(place: &Place, sources: &[Source]) -> String {
    let Some(source) = sources.get(place.source) else { return String::new() };
    match source.text.split_once('=').filter(|_| source.variable.is_some()) {
        Some((variable, _)) => format!("${variable}"),
        None => format!("{}:{}", source.name, source.line_column(place.span.start).0),
    }
}
