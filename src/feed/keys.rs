//! What identifies an entry within its feed: stable from poll to poll, and the same for two entries
//! only where they say the same.
//!
//! A GUID is used where it tells entries apart. Where the document gives several entries the same
//! one (all empty, all `N/A`, a template's), link and text decide instead.

use super::parsed::Warning;
use crate::model::{Entry, Link};
use std::collections::{HashMap, HashSet};

/// Longest key in bytes; longer GUIDs and links are hashed.
const KEY_MAX: usize = 512;

/// Settles the keys.
pub(super) fn settle(entries: &mut [Entry], warnings: &mut Vec<Warning>) {
    let mut uses: HashMap<String, usize> = HashMap::with_capacity(entries.len());
    for guid in entries.iter().filter_map(|e| e.guid.as_deref()) {
        *uses.entry(guid.to_owned()).or_default() += 1;
    }
    let shared = uses.values().filter(|n| **n > 1).map(|n| n - 1).sum();
    let anonymous = entries.iter().filter(|e| e.guid.is_none() && e.link.is_none()).count();
    let mut taken = HashSet::with_capacity(entries.len());
    for entry in entries.iter_mut() {
        let own = entry.guid.as_ref().filter(|g| uses.get(*g) == Some(&1) && is_telling(g));
        let key = own.cloned().unwrap_or_else(|| fallback(entry));
        entry.key =
            if taken.contains(&bounded(&key)) { bounded(&said(entry)) } else { bounded(&key) };
        taken.insert(entry.key.clone());
    }
    let warning = |n, warning: fn(usize) -> Warning| (n > 0).then(|| warning(n));
    warnings.extend(warning(shared, Warning::DuplicateGuids));
    warnings.extend(warning(anonymous, Warning::Anonymous));
}

/// False for what templates leave behind.
fn is_telling(guid: &str) -> bool {
    const EMPTY: [&str; 7] = ["n/a", "na", "null", "none", "undefined", "0", "-"];
    !EMPTY.contains(&guid.to_ascii_lowercase().as_str())
}

/// The link, else what the entry says.
fn fallback(entry: &Entry) -> String {
    entry.link.as_ref().map_or_else(|| said(entry), |link| link.as_str().to_owned())
}

/// A hash of everything that tells the entry from others.
fn said(entry: &Entry) -> String {
    let mut hasher = blake3::Hasher::new();
    let enclosure = entry.enclosures.first().map(|e| e.url.as_str());
    let parts = [
        entry.guid.as_deref(),
        entry.link.as_ref().map(Link::as_str),
        Some(entry.title.as_str()),
        entry.content.as_deref().or(entry.summary.as_deref()),
        enclosure,
    ];
    for part in parts {
        hasher.update(part.unwrap_or_default().as_bytes()).update(&[0]);
    }
    if entry.title.is_empty() && entry.link.is_none() {
        let date = entry.published.or(entry.updated).map(|d| d.to_string());
        hasher.update(date.unwrap_or_default().as_bytes());
    }
    format!("text:{}", hasher.finalize().to_hex())
}

fn bounded(key: &str) -> String {
    if key.len() <= KEY_MAX {
        return key.to_owned();
    }
    format!("hash:{}", blake3::hash(key.as_bytes()).to_hex())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(guid: &str, link: &str, title: &str) -> Entry {
        Entry {
            guid: (!guid.is_empty()).then(|| guid.to_owned()),
            link: Link::parse(link, None),
            title: title.to_owned(),
            ..Entry::default()
        }
    }

    /// The keys of entries given as GUID, link, title; hashes are shown as `#`.
    #[track_caller]
    fn check(entries: &[(&str, &str, &str)], expect: &[&str]) {
        let mut entries: Vec<_> = entries.iter().map(|(g, l, t)| entry(g, l, t)).collect();
        settle(&mut entries, &mut Vec::new());
        let hash = |k: &str| k.starts_with("text:") || k.starts_with("hash:");
        let keys: Vec<_> =
            entries.iter().map(|e| if hash(&e.key) { "#" } else { &e.key }).collect();
        assert_eq!(keys, expect);
    }

    #[test]
    fn keys_are_stable_and_distinct() {
        check(&[("a", "", ""), ("b", "", "")], &["a", "b"]);
        check(&[("", "http://e.org/1", ""), ("", "", "x")], &["http://e.org/1", "#"]);
        check(
            &[("t", "http://e.org/1", ""), ("t", "http://e.org/2", "")],
            &["http://e.org/1", "http://e.org/2"],
        );
        check(
            &[("t", "http://e.org/1", "x"), ("t", "http://e.org/1", "y")],
            &["http://e.org/1", "#"],
        );
        check(&[("", "", "x"), ("", "", "x")], &["#", "#"]);
        check(&[("N/A", "http://e.org/1", "")], &["http://e.org/1"]);
        check(&[(&"g".repeat(600), "", "")], &["#"]);
    }
}
