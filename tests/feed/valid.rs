//! What holds for everything that the stage hands on, whatever it was given.

use wiredesk::feed::Parsed;
use wiredesk::model::text::is_unwanted;

/// Longest title, name or category in bytes, as the stage promises.
const LINE_MAX: usize = 1024;

/// Fails where a feed breaks a promise that later stages rely on.
pub(crate) fn check(parsed: &Parsed) {
    line(&parsed.info.title);
    for entry in &parsed.entries {
        assert!(!entry.key.is_empty() && entry.key.len() <= 512, "key {:?}", entry.key);
        line(&entry.title);
        entry.categories.iter().for_each(|c| line(c));
        entry.authors.iter().for_each(|a| line(&a.name));
        assert!(entry.guid.as_deref() != Some(""));
        for text in [&entry.summary, &entry.content].into_iter().flatten() {
            assert!(text.len() <= 1 << 20);
        }
    }
}

fn line(text: &str) {
    assert!(text.len() <= LINE_MAX && !text.chars().any(is_unwanted), "{text:?}");
    assert_eq!(text.trim(), text);
}
