//! The complete configuration file, made from the types: every key with its documentation and its
//! default. `config/wiredesk.full.toml` is this text.

use super::schema::{FEED_TABLES, schema};
use super::suggest;
use serde_json::{Map, Number, Value};
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
            Some(item) if name == "feed" => table(&mut out, "[[feed]]", item),
            Some(item) => aside(&mut out, &format!("[[{name}]]"), item),
            None => table(&mut out, &format!("[{name}]"), section),
        }
    }
    out
}

/// Writes a table; the tables within it follow it under headers of their own.
fn table(out: &mut String, header: &str, schema: &Value) {
    out.push('\n');
    comment(out, text(schema, "description"));
    out.push_str(header);
    out.push('\n');
    let is_table = |key: &Value| properties(key).is_some_and(|keys| !keys.is_empty());
    let keys = || properties(schema).into_iter().flatten();
    for (name, schema) in keys().filter(|(_, schema)| !is_table(schema)) {
        if header != "[[feed]]" || !belongs_to_a_stage(name) {
            key(out, name, schema);
        }
    }
    for (name, schema) in keys().filter(|(_, schema)| is_table(schema) && header != "[[feed]]") {
        let section = header.trim_matches(['[', ']']);
        table(out, &format!("[{section}.{name}]"), schema);
    }
}

/// Writes a table as comments: there is none by default.
fn aside(out: &mut String, header: &str, schema: &Value) {
    let mut text = String::new();
    table(&mut text, header, schema);
    for line in text.lines() {
        let mark = if line.is_empty() || line.starts_with('#') { "" } else { "# " };
        out.extend([mark, line, "\n"]);
    }
}

fn key(out: &mut String, name: &str, schema: &Value) {
    out.push('\n');
    comment(out, text(schema, "description"));
    words(out, schema);
    let default = schema.get("default").and_then(toml_value);
    let example = schema.pointer("/examples/0").and_then(toml_value).unwrap_or_default();
    let line = match default {
        Some(default) => format!("{name} = {default}"),
        None if name == "url" => format!("{name} = {example}"),
        None => format!("# {name} = {example}").trim_end().to_owned(),
    };
    out.extend([line.as_str(), "\n"]);
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
                .filter_map(|(name, value)| {
                    Some(format!("{} = {}", bare_or_quoted(name), toml_value(value)?))
                })
                .collect();
            Some(if fields.is_empty() {
                "{}".into()
            } else {
                format!("{{ {} }}", fields.join(", "))
            })
        }
        Value::String(text) => Some(quoted(text)),
        Value::Number(number) => Some(shortest(number)),
        Value::Bool(value) => Some(value.to_string()),
    }
}

/// A number without the digits that a 32 bit float gains on its way through JSON.
fn shortest(number: &Number) -> String {
    let narrow = number.to_string().parse::<f32>().ok().filter(|_| number.is_f64());
    match narrow {
        Some(narrow) if number.as_f64() == Some(f64::from(narrow)) => format!("{narrow:?}"),
        _ => number.to_string(),
    }
}

fn bare_or_quoted(name: &str) -> String {
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
