//! The report as text: findings first, then a heading for each part and a line for each fact.

use crate::model::figures;
use serde_json::Value;

/// Columns of a fact's name.
const NAME: usize = 26;

/// The report for a person.
pub(super) fn text(report: &Value) -> String {
    let mut out =
        String::from("wiredesk doctor: holds no secrets; look through it before you publish it\n");
    out.push_str("\nfindings\n");
    let findings = report.get("findings").and_then(Value::as_array).cloned().unwrap_or_default();
    if findings.is_empty() {
        out.push_str("  nothing is wrong as far as this can tell\n");
    }
    for finding in &findings {
        let text = |name: &str| finding.get(name).and_then(Value::as_str).unwrap_or_default();
        line(&mut out, &format!("{}: {}: {}", text("severity"), text("name"), text("problem")));
        line(&mut out, &format!("  -> {}", text("remedy")));
    }
    for (name, value) in report.as_object().into_iter().flatten() {
        match value {
            _ if name == "findings" => {}
            Value::Object(fields) => {
                out.extend(["\n", name.as_str(), "\n"]);
                for (name, value) in fields {
                    fact(&mut out, name, value);
                }
            }
            value => fact(&mut out, name, value),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn line(out: &mut String, text: &str) {
    out.extend(["  ", text, "\n"]);
}

/// One fact; a part of a part has its name before its own, a list a line for each item.
fn fact(out: &mut String, name: &str, value: &Value) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (inner, value) in fields {
                fact(out, &format!("{name}.{inner}"), value);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let is_set = |item: &&Value| item.get("origin") != Some(&"default".into());
            for item in items.iter().filter(is_set) {
                line(out, &format!("{name:NAME$} {}", row(item)));
            }
        }
        // What is not known or not there is left out.
        Value::Null | Value::Object(_) => {}
        Value::Array(items) => {
            for item in items {
                line(out, &format!("{name:NAME$} {}", plain(item)));
            }
        }
        value => {
            match (name.strip_suffix("_bytes").or(name.strip_suffix(".bytes")), value.as_u64()) {
                (Some(name), Some(bytes)) => {
                    line(out, &format!("{name:NAME$} {}", figures::size(bytes)));
                }
                _ => line(out, &format!("{name:NAME$} {}", plain(value))),
            }
        }
    }
}

/// An item of a list: a setting as a line of the configuration, others as names and values. Defaults
/// are everybody's and left out of the text.
fn row(item: &Value) -> String {
    let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
    if item.get("key").is_some() {
        return format!(
            "[{}] {} = {}  # {}",
            text("section"),
            text("key"),
            text("value"),
            text("origin")
        );
    }
    let fields = item.as_object().into_iter().flatten();
    let fields: Vec<_> = fields.map(|(name, value)| format!("{name}={}", plain(value))).collect();
    fields.join(" ")
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "unknown".to_owned(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
