//! JSON Feed, versions 1 and 1.1, read leniently: a field of the wrong type is a field that is
//! missing, and one bad item costs only itself.

use super::parsed::{FeedInfo, Format, Media, Paging, Parsed, Warning};
use super::read::{capped, escape, person};
use super::xml::text::plain;
use crate::model::{Enclosure, Entry, FeedHints, Link, Person, Timestamp};
use serde_json::{Map, Value};

/// Most values read of one document: bounds memory, which JSON can inflate thirtyfold.
const VALUES_MAX: usize = 1_500_000;

type Object = Map<String, Value>;

/// The feed in a JSON text; `None` where it is no JSON Feed.
pub(super) fn parse(text: &str, media: &Media, max_entries: usize) -> Option<Parsed> {
    if text.bytes().filter(|b| matches!(b, b',' | b'[' | b'{')).count() > VALUES_MAX {
        return None;
    }
    let mut warnings = Vec::new();
    let root: Value = serde_json::from_str(text)
        .or_else(|fault| {
            warnings.push(Warning::Malformed(fault.to_string()));
            serde_json::from_str(&repaired(text))
        })
        .ok()?;
    let root = root.as_object()?;
    let items: Vec<&Object> = list(root, "items").filter_map(Value::as_object).collect();
    if !is_feed(root, &items) {
        return None;
    }
    if items.len() > max_entries {
        warnings.push(Warning::EntriesCut(max_entries));
    }
    let url = media.url.clone();
    let base =
        url.or_else(|| link(root, "feed_url", None)).or_else(|| link(root, "home_page_url", None));
    let info = info(root, base.as_ref());
    Some(Parsed {
        format: Format::Json,
        hints: FeedHints {
            hub: list(root, "hubs")
                .filter_map(Value::as_object)
                .find_map(|h| link(h, "url", base.as_ref())),
            self_link: link(root, "feed_url", base.as_ref()),
            ..FeedHints::default()
        },
        paging: Paging { next: link(root, "next_url", base.as_ref()), ..Paging::default() },
        entries: items
            .into_iter()
            .take(max_entries)
            .map(|item| entry(item, &info, base.as_ref()))
            .collect(),
        info,
        warnings,
    })
}

/// A document says that it is a feed, or looks like one.
fn is_feed(root: &Object, items: &[&Object]) -> bool {
    let says = root.get("version").and_then(Value::as_str).is_some_and(|v| v.contains("jsonfeed"));
    let fields = ["content_html", "content_text", "date_published", "external_url"];
    let looks = |item: &&Object| {
        fields.iter().any(|f| item.contains_key(*f))
            || (item.contains_key("id") && item.contains_key("url"))
    };
    says || items.first().is_some_and(looks)
}

fn info(root: &Object, base: Option<&Link>) -> FeedInfo {
    FeedInfo {
        id: None,
        title: title(root, "title"),
        link: link(root, "home_page_url", base),
        description: string(root, "description").map(|text| escape(&text)),
        language: line(root, "language"),
        authors: authors(root),
        image: link(root, "icon", base).or_else(|| link(root, "favicon", base)),
        ..FeedInfo::default()
    }
}

fn entry(item: &Object, feed: &FeedInfo, base: Option<&Link>) -> Entry {
    let html = string(item, "content_html");
    let text = || string(item, "content_text").map(|text| escape(&text));
    let mut authors = authors(item);
    if authors.is_empty() {
        authors.clone_from(&feed.authors);
    }
    let guid = line(item, "id");
    let permalink = || guid.as_deref().and_then(|id| Link::parse(id, None));
    Entry {
        link: link(item, "url", base)
            .or_else(|| link(item, "external_url", base))
            .or_else(permalink),
        title: title(item, "title"),
        published: date(item, "date_published"),
        updated: date(item, "date_modified"),
        authors,
        summary: string(item, "summary").map(|text| escape(&text)),
        content: html.or_else(text),
        categories: categories(item),
        enclosures: list(item, "attachments")
            .filter_map(|a| enclosure(a.as_object()?, base))
            .collect(),
        language: line(item, "language").or_else(|| feed.language.clone()),
        image: link(item, "image", base).or_else(|| link(item, "banner_image", base)),
        guid,
        ..Entry::default()
    }
}

fn categories(item: &Object) -> Vec<String> {
    match item.get("tags") {
        Some(Value::String(tags)) => {
            tags.split(',').map(capped).filter(|t| !t.is_empty()).collect()
        }
        _ => list(item, "tags")
            .filter_map(scalar)
            .map(|t| capped(&t))
            .filter(|t| !t.is_empty())
            .collect(),
    }
}

fn enclosure(attachment: &Object, base: Option<&Link>) -> Option<Enclosure> {
    let length = attachment.get("size_in_bytes").and_then(scalar);
    Some(Enclosure {
        url: link(attachment, "url", base)?,
        media_type: line(attachment, "mime_type"),
        length: length.and_then(|l| l.split('.').next()?.parse().ok()),
    })
}

/// `authors` (1.1), else `author` (1.0), as objects or names.
fn authors(object: &Object) -> Vec<Person> {
    let named = |value: &Value| match value {
        Value::Object(author) => {
            let (name, uri) = (title(author, "name"), line(author, "url"));
            (!name.is_empty() || uri.is_some()).then_some(Person { name, email: None, uri })
        }
        other => person(&scalar(other)?),
    };
    let mut found: Vec<Person> = Vec::new();
    for person in list(object, "authors").filter_map(named) {
        if !found.contains(&person) {
            found.push(person);
        }
    }
    if found.is_empty() {
        found.extend(object.get("author").and_then(named));
    }
    found
}

/// The members of an array; none where the field is something else.
fn list<'a>(object: &'a Object, name: &str) -> impl Iterator<Item = &'a Value> {
    object.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn string(object: &Object, name: &str) -> Option<String> {
    object.get(name).and_then(scalar).filter(|text| !text.trim().is_empty())
}

fn line(object: &Object, name: &str) -> Option<String> {
    string(object, name).map(|text| capped(&text)).filter(|text| !text.is_empty())
}

/// Titles are plain text by the standard, but many bear references and tags.
fn title(object: &Object, name: &str) -> String {
    string(object, name).map(|text| capped(&plain(&text))).unwrap_or_default()
}

fn link(object: &Object, name: &str, base: Option<&Link>) -> Option<Link> {
    Link::parse(&string(object, name)?, base)
}

fn date(object: &Object, name: &str) -> Option<Timestamp> {
    super::date(&string(object, name)?)
}

/// The text with the usual faults mended: commas before a closing bracket, raw controls in
/// strings, brackets that are never closed.
fn repaired(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut open = Vec::new();
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        if quoted {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = false,
                _ => {}
            }
            out.push(if c < ' ' { ' ' } else { c });
            continue;
        }
        match c {
            '"' => quoted = true,
            '{' => open.push('}'),
            '[' => open.push(']'),
            '}' | ']' => {
                open.pop();
                drop_comma(&mut out);
            }
            _ => {}
        }
        out.push(c);
    }
    out.extend(quoted.then_some('"'));
    drop_comma(&mut out);
    out.extend(open.iter().rev());
    out
}

fn drop_comma(out: &mut String) {
    let end = out.trim_end().len();
    if out.trim_end().ends_with(',') {
        out.truncate(end - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Parsed> {
        parse(text, &Media::default(), 100)
    }

    #[test]
    fn faults_cost_little() {
        let feed = r#"{"version":1,"title":null,"items":[{"id":7,"url":"http://e.org/7","tags":"a, b"},null,"x",
            {"content_text":"1 < 2","attachments":[{"url":"http://e.org/a","size_in_bytes":1.5}],},],"#;
        let parsed = read(feed).unwrap();
        let [first, second] = parsed.entries.as_slice() else { panic!("two entries") };
        assert_eq!((first.guid.as_deref(), first.categories.len()), (Some("7"), 2));
        assert_eq!(second.content.as_deref(), Some("1 &lt; 2"));
        assert_eq!(second.enclosures.first().and_then(|e| e.length), Some(1));
        assert!(matches!(parsed.warnings.as_slice(), [Warning::Malformed(_)]));
    }

    #[test]
    fn other_json_is_no_feed() {
        for text in
            ["{}", "[]", r#"{"items":[1,2]}"#, r#"{"items":[{"name":"x"}]}"#, &"[".repeat(10_000)]
        {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
