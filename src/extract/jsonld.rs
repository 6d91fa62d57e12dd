//! What a page says of itself in JSON-LD (schema.org): the article object among all others.
//!
//! Pages in the wild hold broken JSON, several objects, graphs with references and objects of
//! other articles; what cannot be read is left out without a word.

use super::slim::Script;
use serde_json::{Map, Value};

/// Objects looked at in one page.
const OBJECTS_MAX: usize = 2000;

/// The article as JSON-LD describes it; texts are as published.
#[derive(Debug, Clone, Default)]
pub(super) struct Ld {
    pub headline: Option<String>,
    pub authors: Vec<String>,
    /// Those of them that the page calls organisations.
    pub houses: Vec<String>,
    pub published: Option<String>,
    pub modified: Option<String>,
    pub body: Option<String>,
    pub description: Option<String>,
    pub publisher: Option<String>,
    pub language: Option<String>,
    pub url: Option<String>,
    pub images: Vec<String>,
    pub tags: Vec<String>,
    /// `isAccessibleForFree` says no.
    pub paywalled: bool,
}

/// The article object of a page's scripts; `None` where none is of an article's type.
pub(super) fn read(scripts: &[Script<'_>], page_title: &str) -> Option<Ld> {
    let documents: Vec<Value> = scripts
        .iter()
        .filter(|s| s.attributes.to_ascii_lowercase().contains("ld+json"))
        .filter_map(|s| parse(s.body))
        .collect();
    let objects = objects(&documents);
    let articles = objects.iter().filter(|o| is_article(o)).map(|o| describe(o, &objects));
    let best = articles.enumerate().max_by_key(|(at, ld)| (fit(ld, page_title), usize::MAX - at));
    let pages: Vec<Ld> =
        objects.iter().filter(|o| is_page(o)).map(|o| of_page(o, &objects)).collect();
    match best {
        Some((_, article)) => Some(pages.into_iter().fold(article, completed)),
        None => pages.into_iter().reduce(completed),
    }
}

/// What the page's own object says of its article: who wrote it and when; its name is the
/// document's title.
fn of_page(object: &Map<String, Value>, all: &[&Map<String, Value>]) -> Ld {
    let own = describe(object, all);
    Ld {
        authors: own.authors,
        houses: own.houses,
        published: own.published,
        modified: own.modified,
        language: own.language,
        ..Ld::default()
    }
}

/// The article with what only the other object says.
fn completed(article: Ld, other: Ld) -> Ld {
    let taken = article.authors.is_empty();
    Ld {
        authors: if taken { other.authors } else { article.authors },
        houses: if taken { other.houses } else { article.houses },
        published: article.published.or(other.published),
        modified: article.modified.or(other.modified),
        language: article.language.or(other.language),
        ..article
    }
}

/// How well an object describes the article of this page.
fn fit(ld: &Ld, page_title: &str) -> u32 {
    let named = ld.headline.as_deref().is_some_and(|h| h.len() > 8 && page_title.contains(h));
    u32::from(named) * 4
        + u32::from(ld.headline.is_some()) * 2
        + u32::from(ld.published.is_some())
        + u32::from(!ld.authors.is_empty())
        + u32::from(ld.body.is_some())
}

/// The value of a script; a second try without raw control characters and comment marks.
fn parse(body: &str) -> Option<Value> {
    let body = body.trim().trim_end_matches(';');
    if let Ok(value) = serde_json::from_str(body) {
        return Some(value);
    }
    let inner = body
        .trim_start_matches("<!--")
        .trim_start_matches("//<![CDATA[")
        .trim_start_matches("<![CDATA[")
        .trim_end_matches("-->")
        .trim_end_matches("]]>")
        .trim_end_matches("//");
    let clean: String = inner.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut values = serde_json::Deserializer::from_str(&clean).into_iter::<Value>();
    values.next()?.ok()
}

/// All objects, outer ones first.
fn objects(documents: &[Value]) -> Vec<&Map<String, Value>> {
    let mut queue: std::collections::VecDeque<&Value> = documents.iter().collect();
    let mut out = Vec::new();
    while let Some(value) = queue.pop_front() {
        match value {
            Value::Array(items) => queue.extend(items),
            Value::Object(map) => {
                out.push(map);
                queue.extend(map.values().filter(|v| v.is_object() || v.is_array()));
            }
            _ => {}
        }
        if out.len() >= OBJECTS_MAX {
            break;
        }
    }
    out
}

fn is_page(object: &Map<String, Value>) -> bool {
    strings(object.get("@type")).iter().any(|t| {
        let t = t.rsplit(['/', ':', '#']).next().unwrap_or_default();
        matches!(t, "WebPage" | "ItemPage" | "FAQPage" | "QAPage" | "AboutPage" | "MedicalWebPage")
    })
}

fn is_article(object: &Map<String, Value>) -> bool {
    strings(object.get("@type")).iter().any(|t| {
        let t = t.rsplit(['/', ':', '#']).next().unwrap_or_default();
        t.ends_with("Article")
            || matches!(
                t,
                "BlogPosting"
                    | "LiveBlogPosting"
                    | "Report"
                    | "SocialMediaPosting"
                    | "Posting"
                    | "CreativeWork"
                    | "WebArticle"
                    | "Review"
                    | "Recipe"
                    | "HowTo"
                    | "DiscussionForumPosting"
            )
    })
}

fn describe(object: &Map<String, Value>, all: &[&Map<String, Value>]) -> Ld {
    let text = |key: &str| strings(object.get(key)).into_iter().next().filter(|s| !s.is_empty());
    let names = |key: &str| names(object.get(key), all);
    let mut authors = names("author");
    if authors.is_empty() {
        authors = names("creator");
    }
    let houses = houses(object.get("author"), all);
    Ld {
        houses,
        headline: text("headline").or_else(|| text("name")),
        authors,
        published: text("datePublished").or_else(|| text("dateCreated")),
        modified: text("dateModified"),
        body: text("articleBody").or_else(|| text("text")),
        description: text("description"),
        publisher: names("publisher").into_iter().next(),
        language: text("inLanguage"),
        url: text("mainEntityOfPage").or_else(|| text("url")),
        images: strings(object.get("image")),
        tags: strings(object.get("keywords")),
        paywalled: object.get("isAccessibleForFree").is_some_and(is_false),
    }
}

fn is_false(value: &Value) -> bool {
    value == &Value::Bool(false) || value.as_str().is_some_and(|s| s.eq_ignore_ascii_case("false"))
}

/// The texts of a value: itself, its items, or what its objects are called.
fn strings(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => items.iter().filter_map(one_string).collect(),
        Some(other) => one_string(other).into_iter().collect(),
        None => Vec::new(),
    }
}

fn one_string(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(map) => ["url", "@id", "name", "@value", "contentUrl", "alternateName"]
            .iter()
            .find_map(|key| map.get(*key).and_then(Value::as_str))
            .map(str::to_owned),
        _ => None,
    }
}

/// Names of persons or organisations; a reference is looked up among all objects.
fn names(value: Option<&Value>, all: &[&Map<String, Value>]) -> Vec<String> {
    items(value).iter().flat_map(|item| name(item, all)).collect()
}

/// The names among these that are those of organisations.
fn houses(value: Option<&Value>, all: &[&Map<String, Value>]) -> Vec<String> {
    let is_house = |item: &&Value| {
        let kinds = item.as_object().and_then(|own| described(own, all)).map(|o| o.get("@type"));
        strings(kinds.flatten()).iter().any(|kind| kind.ends_with("Organization"))
    };
    items(value).iter().filter(is_house).flat_map(|item| name(item, all)).collect()
}

fn items(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// The object itself where it has a name, else the one with a name that it refers to.
fn described<'v>(
    own: &'v Map<String, Value>,
    all: &[&'v Map<String, Value>],
) -> Option<&'v Map<String, Value>> {
    if own.contains_key("name") {
        return Some(own);
    }
    let id = own.get("@id").and_then(Value::as_str)?;
    let is_same = |o: &&&Map<String, Value>| o.get("@id").and_then(Value::as_str) == Some(id);
    all.iter().filter(is_same).find(|o| o.contains_key("name")).copied()
}

fn name(value: &Value, all: &[&Map<String, Value>]) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Object(map) => {
            let part = |key: &str| map.get(key).and_then(Value::as_str);
            let named = described(map, all).map(|o| strings(o.get("name"))).unwrap_or_default();
            match (part("givenName"), part("familyName")) {
                (Some(given), Some(family)) if named.is_empty() => {
                    vec![format!("{given} {family}")]
                }
                _ => named,
            }
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ld(body: &str) -> Option<Ld> {
        read(&[Script { attributes: "type=\"application/ld+json\"", body }], "")
    }

    #[test]
    fn the_article_is_found_in_a_graph() {
        let found = ld(r##"{"@graph":[{"@type":"WebSite","name":"Site"},
            {"@type":["NewsArticle"],"headline":"Bridge opens","author":{"@id":"#ann"},
             "datePublished":"2026-01-02","isAccessibleForFree":"False"},
            {"@id":"#ann","@type":"Person","name":"Ann Example"}]}"##)
        .unwrap();
        assert_eq!(found.headline.as_deref(), Some("Bridge opens"));
        assert_eq!(found.authors, ["Ann Example"]);
        assert!(found.paywalled);
    }

    #[test]
    fn organisations_among_the_authors_are_told() {
        let found =
            ld(r#"{"@type":"NewsArticle","author":[{"@type":"Person","name":"Ann Example"},
            {"@type":"NewsMediaOrganization","name":"The Gazette"}]}"#);
        let found = found.unwrap();
        assert_eq!(found.authors, ["Ann Example", "The Gazette"]);
        assert_eq!(found.houses, ["The Gazette"]);
    }

    #[test]
    fn broken_json_is_read_as_far_as_it_goes() {
        assert!(ld("{\"@type\":\"NewsArticle\",\"headline\":\"two\nlines\"};").is_some());
        assert!(ld("{\"@type\":").is_none());
        assert!(ld(&"[".repeat(100_000)).is_none());
    }
}
