//! The complete configuration file, made from the types: every key with its documentation and its
//! default. `config/wiredesk.full.toml` is this text.

use super::schema::{FEED_TABLES, schema};
use super::suggest;
use serde_json::{Map, Value};
use std::fmt::Write;

/// Width of the generated comments in characters.
const WIDTH: usize = 98;

/// What stands above everything.
const HEAD: &str = "\
# Every key of wiredesk.toml with its default. Made by `wiredesk config full`; do not edit.
# A key that has no default is shown as a comment with an example.
";

/// The text of `wiredesk.full.toml`.
pub fn full() -> String {
    let schema = schema();
    let mut out = HEAD.to_owned();
    for (name, section) in properties(&schema).into_iter().flatten() {
        match section.get("items") {
            Some(item) => table(&mut out, &format!("[[{name}]]"), item),
            None => table(&mut out, &format!("[{name}]"), section),
        }
    }
    out
}

fn table(out: &mut String, header: &str, schema: &Value) {
    out.push('\n');
    comment(out, text(schema, "description"));
    out.push_str(header);
    out.push('\n');
    for (name, key) in properties(schema).into_iter().flatten() {
        if header == "[[feed]]" && belongs_to_a_stage(name) {
            continue;
        }
        out.push('\n');
        comment(out, text(key, "description"));
        words(out, key);
        let default = key.get("default").and_then(toml_value);
        let example = key.pointer("/examples/0").and_then(toml_value).unwrap_or_default();
        line(
            out,
            &match default {
                Some(default) => format!("{name} = {default}"),
                None if name == "url" => format!("{name} = {example}"),
                None => format!("# {name} = {example}").trim_end().to_owned(),
            },
        );
    }
}

/// True for the keys of a feed that are documented in their own sections.
fn belongs_to_a_stage(key: &str) -> bool {
    FEED_TABLES.contains(&key) || suggest::keys("schedule").iter().any(|k| k == key)
}

/// The words that a key knows, each with its meaning.
fn words(out: &mut String, key: &Value) {
    for word in key.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
        if let Some(name) = word.get("const").and_then(Value::as_str) {
            comment(out, &format!("\"{name}\": {}", text(word, "description")));
        }
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

/// Writes a text as comment lines of bounded width.
fn comment(out: &mut String, text: &str) {
    for paragraph in text.split("\n\n").filter(|p| !p.is_empty()) {
        let mut column = 0;
        for word in paragraph.split_whitespace() {
            let length = word.chars().count();
            if column == 0 || column + 1 + length > WIDTH {
                out.push_str(if column == 0 { "#" } else { "\n#" });
                column = 1;
            }
            out.push(' ');
            out.push_str(word);
            column += 1 + length;
        }
        out.push('\n');
    }
}

fn properties(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("properties")?.as_object()
}

fn text<'a>(schema: &'a Value, key: &str) -> &'a str {
    schema.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A value in TOML's spelling, tables inline; `None` for null, which TOML does not have.
pub(super) fn toml_value(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Array(items) => {
            let items: Vec<_> = items.iter().filter_map(toml_value).collect();
            Some(format!("[{}]", items.join(", ")))
        }
        Value::Object(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .filter_map(|(name, value)| Some(format!("{} = {}", key(name), toml_value(value)?)))
                .collect();
            Some(if fields.is_empty() {
                "{}".into()
            } else {
                format!("{{ {} }}", fields.join(", "))
            })
        }
        Value::String(text) => Some(quoted(text)),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
    }
}

fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { quoted(name) }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => drop(write!(out, "\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
