//! The article's text where it stands elsewhere than in the page's own elements: in JSON-LD, in
//! the data of a script, in the feed's entry. Taken only where the page itself shows little, and
//! only where it says much more than the page.

use super::jsonld::Ld;
use super::slim::Script;
use super::{Settings, entry, title};
use crate::model::{Entry, Image, Link, TextSource};
use serde_json::Value;

/// A page that shows more, in characters, is taken as it is.
const SHOWN_MAX: usize = 1500;

/// A text elsewhere has to be so long, in characters, and so many times as long as what is shown.
const TEXT_MIN: usize = 600;
const TIMES: usize = 3;

/// A page that shows less, in characters, shows nothing of the article.
const NOTHING: usize = 200;

/// Largest script that is read, in bytes, and values looked at in one script.
const SCRIPT_MAX: usize = 4 << 20;
const VALUES_MAX: usize = 200_000;

/// A paragraph in a list has at least so many characters; an item with more than the second is an
/// article of its own, and the list one of articles.
const PARAGRAPH_MIN: usize = 50;
const PARAGRAPH_MAX: usize = 3000;

/// Keys under which texts and their pieces stand.
const KEYS: [&str; 12] = [
    "articlebody",
    "body",
    "bodyhtml",
    "content",
    "contenthtml",
    "fulltext",
    "html",
    "markup",
    "paragraph",
    "story",
    "text",
    "value",
];

/// A text that was found elsewhere.
pub(super) struct Elsewhere {
    pub text: String,
    pub html: String,
    pub images: Vec<Image>,
    pub from: TextSource,
}

/// What a page holds of its article besides what it shows.
pub(super) struct Sources<'s> {
    pub ld: Option<&'s Ld>,
    pub scripts: &'s [Script<'s>],
    pub base: Option<&'s Link>,
}

/// The text in the page's data, where it says much more than what is shown.
pub(super) fn in_data(
    shown: &str,
    sources: &Sources<'_>,
    settings: &Settings,
) -> Option<Elsewhere> {
    let count = shown.chars().count();
    if count > SHOWN_MAX {
        return None;
    }
    let enough = |text: &str| text.len() >= TEXT_MIN.max(count.saturating_mul(TIMES));
    let body = sources.ld.and_then(|l| l.body.as_deref()).filter(|b| enough(b));
    let source = match body {
        Some(body) => as_html(body),
        None => in_scripts(shown, sources.scripts).filter(|t| enough(t))?,
    };
    let found = read(&source, sources.base, settings, TextSource::JsonLd);
    enough(&found.text).then_some(found)
}

/// The feed's own text, where the page shows less than half of it.
pub(super) fn in_entry(
    shown: &str,
    entry: Option<&Entry>,
    base: Option<&Link>,
    settings: &Settings,
) -> Option<Elsewhere> {
    let content = entry?.content.as_deref()?;
    let least = TEXT_MIN.max(shown.len().saturating_mul(2));
    if content.len() < least {
        return None;
    }
    let found = read(content, base, settings, TextSource::Feed);
    (found.text.len() >= least).then_some(found)
}

fn read(html: &str, base: Option<&Link>, settings: &Settings, from: TextSource) -> Elsewhere {
    let (text, html, images) = entry::render_fragment(html, base, settings);
    Elsewhere { text, html, images, from }
}

/// A text as HTML: as it is where it has markup, else its lines as paragraphs.
fn as_html(text: &str) -> String {
    if ["<p", "<br", "<div"].iter().any(|tag| text.contains(tag)) {
        return text.to_owned();
    }
    let lines = text.lines().map(title::plain).filter(|line| !line.is_empty());
    lines.map(|l| format!("<p>{}</p>", l.replace('&', "&amp;").replace('<', "&lt;"))).collect()
}

/// Lines of what is shown that are looked for in a text elsewhere.
const LINES_MAX: usize = 8;

/// The longest text in the data of scripts; where the page shows a beginning, one of its lines has
/// to stand in it (the first may be a teaser).
fn in_scripts(shown: &str, scripts: &[Script<'_>]) -> Option<String> {
    let long = shown.lines().filter(|l| l.chars().count() >= PARAGRAPH_MIN).take(LINES_MAX);
    let long = long.filter(|_| shown.chars().count() >= NOTHING);
    let begins: Vec<String> = long.map(|l| squashed(l).chars().take(40).collect()).collect();
    let texts = scripts.iter().filter_map(data).flat_map(|value| texts(&value));
    let fits = |text: &String| {
        let text = squashed(text);
        begins.is_empty() || begins.iter().any(|b| text.contains(b.as_str()))
    };
    let fitting = texts.filter(fits);
    fitting.max_by_key(String::len)
}

/// Letters only, without markup.
fn squashed(text: &str) -> String {
    title::squash(&title::plain(text))
}

/// The data of a script: JSON as such, or assigned to a variable.
fn data(script: &Script<'_>) -> Option<Value> {
    let attributes = script.attributes.to_ascii_lowercase();
    if script.body.len() > SCRIPT_MAX || attributes.contains("ld+json") {
        return None;
    }
    let body = script.body.trim_start();
    let assigned = body.starts_with("window.") || body.starts_with("var ");
    let json = attributes.contains("json") || body.starts_with('{');
    let start = if json || assigned { body.find(['{', '['])? } else { return None };
    let mut values = serde_json::Deserializer::from_str(body.get(start..)?).into_iter::<Value>();
    values.next()?.ok()
}

/// The texts in a value that may be an article, as HTML: single strings, and lists of paragraphs.
fn texts(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![("", value)];
    let mut seen = 0;
    while let Some((key, value)) = open.pop() {
        seen += 1;
        if seen > VALUES_MAX {
            break;
        }
        match value {
            Value::String(text) if text.len() >= TEXT_MIN && is_text_key(key) => {
                found.push(as_html(text));
            }
            Value::Array(items) => {
                found.extend(paragraphs(items));
                open.extend(items.iter().map(|item| (key, item)));
            }
            Value::Object(map) => open.extend(map.iter().map(|(key, v)| (key.as_str(), v))),
            _ => {}
        }
    }
    found
}

fn is_text_key(key: &str) -> bool {
    KEYS.iter().any(|k| k.eq_ignore_ascii_case(key))
}

/// The items of a list as paragraphs, where at least three of them are.
fn paragraphs(items: &[Value]) -> Option<String> {
    let texts: Vec<String> = items.iter().take(2000).map(pieces).collect();
    let long = texts.iter().filter(|t| t.len() >= PARAGRAPH_MIN).count();
    if long < 3 || texts.iter().any(|t| t.len() > PARAGRAPH_MAX) {
        return None;
    }
    let lines = texts.iter().filter(|t| !t.trim().is_empty());
    Some(lines.map(|t| if t.contains("<p") { t.clone() } else { format!("<p>{t}</p>") }).collect())
}

/// The pieces of one paragraph in their order.
fn pieces(value: &Value) -> String {
    let mut out = String::new();
    let mut open = vec![("text", value)];
    while let Some((key, value)) = open.pop() {
        if out.len() > PARAGRAPH_MAX {
            break;
        }
        match value {
            Value::String(text) if is_text_key(key) => out.push_str(text),
            Value::Array(items) => open.extend(items.iter().rev().map(|item| (key, item))),
            Value::Object(map) => open.extend(map.iter().rev().map(|(key, v)| (key.as_str(), v))),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expect: Option<&str>) {
        let script = Script { attributes: "type=application/json", body };
        let sources = Sources { ld: None, scripts: &[script], base: None };
        let found = in_data("", &sources, &Settings::default());
        assert_eq!(found.map(|f| f.text).as_deref(), expect);
    }

    #[test]
    fn texts_in_scripts_are_found() {
        let line = "The council met again on Monday, and the report was read aloud to everybody. ";
        let long = line.repeat(10);
        let text = long.trim();
        check(&format!("{{\"a\":{{\"body\":\"<p>{text}</p>\"}}}}"), Some(text));
        check(&format!("{{\"a\":{{\"other\":\"{text}\"}}}}"), None);
        let list: Vec<String> = (0..4)
            .map(|_| {
                format!("{{\"kind\":\"p\",\"content\":[{{\"text\":\"{}\"}}]}}", line.repeat(4))
            })
            .collect();
        let expect = vec![line.repeat(4).trim().to_owned(); 4].join("\n\n");
        check(&format!("{{\"list\":[{}]}}", list.join(",")), Some(&expect));
    }
}
