//! OPML, the lists in which feed readers exchange subscriptions: folders become tags and back.
//!
//! Read as leniently as feeds: any charset, attributes in any case, missing `text` or `type`,
//! unclosed outlines. What is no subscription is named, not silently dropped.

use super::decode::decode;
use super::parsed::Media;
use super::read::capped;
use super::xml::scan::{Scanner, Token, attr, split_name};
use super::xml::text::unescape;
use crate::model::Link;
use std::collections::BTreeMap;

/// Deepest nesting of folders that is followed.
const DEPTH_MAX: usize = 32;

/// Most subscriptions taken from one list.
const SUBSCRIPTIONS_MAX: usize = 100_000;

/// A list of subscriptions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opml {
    /// Name of the list, plain text; may be empty.
    pub title: String,
    /// The feeds, each address once, in the order of the list.
    pub subscriptions: Vec<Subscription>,
    /// Addresses in the list that are none: left out.
    pub refused: Vec<String>,
}

/// One feed of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Where the feed is.
    pub url: Link,
    /// What the list calls it, plain text; may be empty.
    pub title: String,
    /// The site that the feed belongs to.
    pub site: Option<Link>,
    /// The folders it lies in, outermost first, and its categories; each once.
    pub tags: Vec<String>,
}

/// The list in a document.
///
/// # Errors
/// The document has no `opml` element; the text says so for a person.
pub fn read(body: &[u8], media: &Media) -> Result<Opml, String> {
    let decoded = decode(body, media.content_type.as_deref());
    let mut list = Opml::default();
    let mut folders: Vec<Vec<String>> = Vec::new();
    let (mut is_opml, mut in_title) = (false, false);
    for token in Scanner::new(&decoded.text) {
        match token {
            Token::Start { name, .. } if is(name, "opml") => is_opml = true,
            Token::Start { name, attrs, empty } if is(name, "outline") => {
                is_opml = true;
                let tags = outline(attrs, folders.last(), &mut list);
                if !empty && folders.len() < DEPTH_MAX {
                    folders.push(tags);
                }
            }
            Token::End(name) if is(name, "outline") => {
                folders.pop();
            }
            Token::Start { name, .. } => in_title = is(name, "title") && list.title.is_empty(),
            Token::Text(text) if in_title => list.title = capped(&unescape(text)),
            Token::End(_) => in_title = false,
            Token::Text(_) | Token::Cdata(_) => {}
        }
    }
    if !is_opml {
        return Err("not an OPML list: it has no `opml` element".to_owned());
    }
    let mut seen = std::collections::HashSet::new();
    list.subscriptions.retain(|s| seen.insert(s.url.clone()));
    Ok(list)
}

fn is(name: &str, expect: &str) -> bool {
    split_name(name).1.eq_ignore_ascii_case(expect)
}

/// Takes one outline; the tags that hold below it are returned.
fn outline(attrs: &str, folder: Option<&Vec<String>>, list: &mut Opml) -> Vec<String> {
    let value =
        |name| attr(attrs, name).map(|v| unescape(v).trim().to_owned()).filter(|v| !v.is_empty());
    let name = value("title").or_else(|| value("text")).map(|t| capped(&t)).unwrap_or_default();
    let mut tags = folder.cloned().unwrap_or_default();
    let address = value("xmlUrl")
        .or_else(|| value("url").filter(|_| value("type").is_some_and(|t| t.contains("rss"))));
    let Some(address) = address else {
        push_tag(&mut tags, &name);
        return tags;
    };
    let below = tags.clone();
    for category in value("category").unwrap_or_default().split([',', '/']) {
        push_tag(&mut tags, category);
    }
    let link = |text: &str| {
        Link::parse(text, None).or_else(|| Link::parse(&text.replacen("feed:", "http:", 1), None))
    };
    match link(&address) {
        Some(url) if list.subscriptions.len() < SUBSCRIPTIONS_MAX => {
            let site = value("htmlUrl").and_then(|site| Link::parse(&site, None));
            list.subscriptions.push(Subscription { url, title: name, site, tags });
        }
        _ if list.refused.len() < SUBSCRIPTIONS_MAX => list.refused.push(capped(&address)),
        _ => {}
    }
    below
}

fn push_tag(tags: &mut Vec<String>, tag: &str) {
    let tag = capped(tag);
    if !tag.is_empty() && !tags.contains(&tag) {
        tags.push(tag);
    }
}

/// The list as OPML 2.0: each feed once, in a folder named after its first tag.
pub fn write(list: &Opml) -> String {
    let mut folders: BTreeMap<&str, Vec<&Subscription>> = BTreeMap::new();
    for subscription in &list.subscriptions {
        let folder = subscription.tags.first().map_or("", String::as_str);
        folders.entry(folder).or_default().push(subscription);
    }
    let mut out =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n");
    out.extend(["<head><title>", &escape(&list.title), "</title></head>\n<body>\n"]);
    for (folder, subscriptions) in folders {
        if !folder.is_empty() {
            let name = escape(folder);
            out.extend(["<outline text=\"", &name, "\" title=\"", &name, "\">\n"]);
        }
        for subscription in subscriptions {
            push_outline(&mut out, subscription);
        }
        if !folder.is_empty() {
            out.push_str("</outline>\n");
        }
    }
    out.push_str("</body>\n</opml>\n");
    out
}

fn push_outline(out: &mut String, subscription: &Subscription) {
    let title = escape(&subscription.title);
    let url = escape(subscription.url.as_str());
    out.extend([
        "<outline type=\"rss\" text=\"",
        &title,
        "\" title=\"",
        &title,
        "\" xmlUrl=\"",
        &url,
        "\"",
    ]);
    if let Some(site) = &subscription.site {
        out.extend([" htmlUrl=\"", &escape(site.as_str()), "\""]);
    }
    if !subscription.tags.is_empty() {
        out.extend([" category=\"", &escape(&subscription.tags.join(",")), "\""]);
    }
    out.push_str("/>\n");
}

fn escape(text: &str) -> String {
    super::read::escape(text).replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The subscriptions as `url [tags] title`, and the refused addresses as `! address`.
    #[track_caller]
    fn check(doc: &[u8], expect: &[&str]) {
        let list = read(doc, &Media::default()).unwrap();
        let mut lines: Vec<_> = list
            .subscriptions
            .iter()
            .map(|s| format!("{} {:?} {}", s.url, s.tags, s.title))
            .collect();
        lines.extend(list.refused.iter().map(|r| format!("! {r}")));
        assert_eq!(lines, expect);
    }

    #[test]
    fn lists_are_read_leniently() {
        check(
            b"<opml><body><outline text='News'><outline title='World &amp; all'>
              <outline XMLURL='http://e.org/a?x=1&amp;y=2' title='A' category='/x,y'/></outline>
              <outline xmlUrl='http://e.org/b'></outline><outline xmlUrl='http://e.org/b'/>
              <outline type='rss' url='http://e.org/c' text='C'/></outline>
              <outline xmlUrl='nonsense' text='D'/>",
            &[
                "http://e.org/a?x=1&y=2 [\"News\", \"World & all\", \"x\", \"y\"] A",
                "http://e.org/b [\"News\"] ",
                "http://e.org/c [\"News\"] C",
                "! nonsense",
            ],
        );
        check(
            b"<?xml version='1.0' encoding='iso-8859-1'?><opml><outline text='\xe9' xmlUrl='http://e.org/'/></opml>",
            &["http://e.org/ [] \u{e9}"],
        );
        assert!(read(b"<html></html>", &Media::default()).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_not(body: Vec<u8>) {
            drop(read(&body, &Media::default()));
        }

        #[test]
        fn what_is_written_is_read(feeds in prop::collection::vec(("[a-z&\"<' ]{0,8}", prop::collection::vec("[a-z&\"]{1,5}", 0..3)), 0..5)) {
            let subscription = |(at, (title, tags)): (usize, (String, Vec<String>))| Subscription {
                url: Link::parse(&format!("http://e.org/{at}?a=1&b='"), None).unwrap(),
                title: capped(&title),
                site: None,
                tags: tags.iter().fold(Vec::new(), |mut tags, tag| { push_tag(&mut tags, tag); tags }),
            };
            let mut subscriptions: Vec<_> = feeds.into_iter().enumerate().map(subscription).collect();
            let list = Opml { title: "T & t".to_owned(), subscriptions: subscriptions.clone(), refused: Vec::new() };
            let mut back = read(write(&list).as_bytes(), &Media::default()).unwrap();
            subscriptions.sort_by_key(|s| s.url.to_string());
            back.subscriptions.sort_by_key(|s| s.url.to_string());
            prop_assert_eq!(back.subscriptions, subscriptions);
            prop_assert_eq!(back.title, list.title);
        }
    }
}
