//! Remedies: which sections and keys there are, and which of them a misspelt word may mean.

use super::full::toml_value;
use super::problem::Problem;
use super::schema::schema;
use serde_json::Value;
use std::sync::LazyLock;
use toml::de::DeValue;

/// The sections as the types have them.
static SECTIONS: LazyLock<Vec<Section>> = LazyLock::new(|| {
    let schema = schema();
    let sections = schema.get("properties").and_then(Value::as_object);
    sections.into_iter().flatten().map(|(name, schema)| Section::of(name, schema)).collect()
});

/// A section with its keys; of the list `feed`, those of each feed.
struct Section {
    name: String,
    keys: Vec<String>,
    schema: Value,
}

impl Section {
    fn of(name: &str, schema: &Value) -> Self {
        let schema = schema.get("items").unwrap_or(schema).clone();
        let keys = schema.get("properties").and_then(Value::as_object);
        let keys = keys.into_iter().flat_map(|keys| keys.keys().cloned()).collect();
        Self { name: name.to_owned(), keys, schema }
    }
}

/// What is written as `[[name]]`, once for each.
const LISTS: [&str; 2] = ["feed", "webhook"];

/// True for the name of a list of tables.
pub(super) fn is_list(name: &str) -> bool {
    LISTS.contains(&name)
}

/// True for the name of a `[section]`, which a list is not.
pub(super) fn is_section(name: &str) -> bool {
    !is_list(name) && SECTIONS.iter().any(|section| section.name == name)
}

/// The keys that a section may hold.
pub(super) fn keys(section: &str) -> &'static [String] {
    SECTIONS.iter().find(|s| s.name == section).map_or(&[], |s| &s.keys)
}

/// What may stand at a path: the name of the key, or of the last one on the way whose shape is
/// known, and a value in TOML's spelling: its default, or an example where that is none or empty.
pub(super) fn example(section: &str, path: &[String]) -> Option<(String, String)> {
    let (name, schema) = schema_of(section, path)?;
    let telling = |text: &String| !matches!(text.as_str(), "[]" | "{}" | "\"\"");
    let default = schema.get("default").and_then(toml_value).filter(telling);
    let value = default.or_else(|| schema.pointer("/examples/0").and_then(toml_value))?;
    Some((name.join("."), value))
}

/// Says so where a number lies outside the bounds that the key's schema gives.
pub(super) fn out_of_range(section: &str, path: &[String], value: &DeValue<'_>) -> Option<String> {
    let number: f64 = match value {
        DeValue::Integer(number) => number.as_str().parse().ok()?,
        DeValue::Float(number) => number.as_str().parse().ok()?,
        _ => return None,
    };
    let (_, schema) = schema_of(section, path)?;
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    let least = bound("minimum").filter(|least| number < *least);
    let most = bound("maximum").filter(|most| number > *most);
    let least = least.map(|least| format!("{number} is too little: at least {least}"));
    least.or_else(|| most.map(|most| format!("{number} is too much: at most {most}")))
}

/// The schema at a path and the names that lead to it, as far as its shape is known.
fn schema_of<'p>(section: &str, path: &'p [String]) -> Option<(Vec<&'p str>, &'static Value)> {
    let mut schema = &SECTIONS.iter().find(|s| s.name == section)?.schema;
    let mut name = Vec::new();
    for part in path {
        let Some(inner) = schema.get("properties").and_then(|keys| keys.get(part)) else { break };
        name.push(part.as_str());
        schema = inner;
    }
    Some((name, schema))
}

/// A name at the top of a file that is no section.
pub(super) fn unknown_top(name: &str) -> Problem {
    let problem = Problem::error(format!("there is no section `{name}`"));
    if let Some(section) = home_of(name, "") {
        return problem.help(belongs(name, section));
    }
    let names = || SECTIONS.iter().map(|section| section.name.as_str());
    match nearest(name, names()) {
        Some(list) if is_list(list) => problem.help(format!("did you mean [[{list}]]?")),
        Some(section) => problem.help(format!("did you mean [{section}]?")),
        None => {
            problem.help(format!("the sections are {}", names().collect::<Vec<_>>().join(", ")))
        }
    }
}

/// A key that its section does not have; `known` are those that it has.
pub(super) fn unknown_key(name: &str, section: &str, known: &[String]) -> Problem {
    let problem = Problem::error(format!("[{section}] has no key `{name}`"));
    if let Some(near) = nearest(name, known.iter().map(String::as_str)) {
        return problem.help(format!("did you mean `{near}`?"));
    }
    match home_of(name, section) {
        Some(home) => problem.help(belongs(name, home)),
        None if known.is_empty() => problem.help("it has no keys at all"),
        None => problem.help(format!("its keys are {}", known.join(", "))),
    }
}

fn belongs(key: &str, section: &str) -> String {
    if is_list(section) {
        return format!("`{key}` belongs into [[{section}]]");
    }
    format!("`{key}` belongs into [{section}]")
}

/// The section other than `not` that has this key.
fn home_of(key: &str, not: &str) -> Option<&'static str> {
    SECTIONS
        .iter()
        .find(|section| section.name != not && section.keys.iter().any(|k| k == key))
        .map(|section| section.name.as_str())
}

/// The word that `name` most likely means: at most a third of its letters are wrong.
pub(super) fn nearest<'a>(name: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase().replace('-', "_");
    words
        .map(|word| (distance(&name, word), word))
        .filter(|(distance, word)| *distance <= word.len().max(3) / 3)
        .min()
        .map(|(_, word)| word)
}

/// How many letters must be put in, left out, replaced or swapped with their neighbour to make one
/// word from the other (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut last = None;
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut cost =
                (at(&row, j) + usize::from(x != *y)).min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            let swapped = j > 0 && b.get(j - 1) == Some(&x) && last == Some(*y);
            if swapped {
                cost = cost.min(at(&before, j - 1) + 1);
            }
            next.push(cost);
        }
        last = Some(x);
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, expect: Option<&str>) {
        let words = ["timeout", "connect_timeout", "max_body", "every", "min"];
        assert_eq!(nearest(word, words.into_iter()), expect);
    }

    #[test]
    fn misspelt_words_are_recognised() {
        check("tiemout", Some("timeout"));
        check("time_out", Some("timeout"));
        check("max-body", Some("max_body"));
        check("evry", Some("every"));
        check("mni", Some("min"));
        check("colour", None);
    }
}
