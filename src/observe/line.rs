//! One log line: an event's message and fields, cleaned, as text for people or as JSON.
//!
//! Titles and error texts come from strangers: control characters, escape sequences and bidi
//! overrides are taken out before anybody's terminal sees them.

use crate::model::{Timestamp, text};
use serde_json::{Map, Value};
use std::fmt::{Debug, Write};
use tracing::Level;
use tracing::field::{Field, Visit};

/// Longest value of a field in bytes; the rest is cut off.
const VALUE_MAX: usize = 2048;

/// Fields of an event or a span, in the order in which they were written.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    /// Adds those of an outer span.
    pub(super) fn extend(&mut self, outer: &Self) {
        self.0.extend(outer.0.iter().cloned());
    }

    /// Adds a number.
    pub(super) fn add(&mut self, name: &'static str, number: u32) {
        self.0.push((name, number.into()));
    }

    /// The text of a field.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| *n == name)?.1.as_str()
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.push((field.name(), value.into()));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.push((field.name(), value.into()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.push((field.name(), value.into()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.push((field.name(), value.into()));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let clean = text::line(text::head(value, VALUE_MAX));
        self.0.push((field.name(), clean.into()));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.record_str(field, &value.to_string());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

/// What a line is made of.
pub(super) struct Line<'a> {
    pub(super) at: Timestamp,
    pub(super) level: Level,
    /// The module that speaks.
    pub(super) target: &'a str,
    pub(super) fields: &'a Fields,
}

impl Line<'_> {
    /// The line for a person, coloured where `colour` says so.
    pub(super) fn text(&self, colour: bool) -> String {
        let (on, off) = if colour { (paint(self.level), "\u{1b}[0m") } else { ("", "") };
        let message = self.fields.get("message").unwrap_or_default();
        let mut out = format!("{:.3} {on}{:>5}{off} {message}", self.at, self.level);
        for (name, value) in self.others() {
            let quoted = value.as_str().is_none_or(|text| text.contains([' ', '"', '=']));
            match value.as_str().filter(|_| !quoted) {
                Some(text) => out.extend([" ", name, "=", text]),
                None => drop(write!(out, " {name}={value}")),
            }
        }
        out.push('\n');
        out
    }

    /// The line as one JSON object.
    pub(super) fn json(&self) -> String {
        let message = self.fields.get("message").unwrap_or_default();
        let mut object = Map::new();
        object.insert("at".into(), format!("{:.3}", self.at).into());
        object.insert("level".into(), self.level.as_str().to_ascii_lowercase().into());
        object.insert("target".into(), self.target.into());
        object.insert("message".into(), message.into());
        for (name, value) in self.others() {
            object.insert((*name).into(), value.clone());
        }
        let mut out = Value::Object(object).to_string();
        out.push('\n');
        out
    }

    fn others(&self) -> impl Iterator<Item = &(&'static str, Value)> {
        self.fields.0.iter().filter(|(name, _)| *name != "message")
    }
}

/// The terminal's colour of a level.
fn paint(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\u{1b}[31m",
        Level::WARN => "\u{1b}[33m",
        Level::INFO => "\u{1b}[32m",
        _ => "\u{1b}[2m",
    }
}
