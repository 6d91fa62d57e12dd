//! Who wrote it: names and addresses in all the ways RSS and Atom mix them.

use super::fields::{capped, text, words};
use crate::feed::xml::names::Ns;
use crate::feed::xml::record::Record;
use crate::feed::xml::text::plain;
use crate::model::Person;

/// Most authors kept of an entry.
const PEOPLE_MAX: usize = 50;

/// The authors among the fields below `place`, from the first vocabulary that names any.
pub(super) fn authors(record: &Record<'_>, place: usize) -> Vec<Person> {
    const SOURCES: [(Ns, &str); 7] = [
        (Ns::Dc, "creator"),
        (Ns::Atom, "author"),
        (Ns::Rss, "author"),
        (Ns::Rss, "managingEditor"),
        (Ns::Itunes, "author"),
        (Ns::Dc, "author"),
        (Ns::Rss, "webMaster"),
    ];
    let named = SOURCES.iter().map(|(ns, name)| {
        let fields = record.below(place).filter(|(_, f)| f.is(*ns, name)).take(PEOPLE_MAX);
        fields.filter_map(|(at, _)| one(record, at)).collect::<Vec<_>>()
    });
    named.into_iter().find(|people| !people.is_empty()).unwrap_or_default()
}

/// The person of a field: from its children (Atom), else from its text.
fn one(record: &Record<'_>, place: usize) -> Option<Person> {
    let mut found = Person::default();
    for (_, child) in record.below(place) {
        match child.name.to_ascii_lowercase().as_str() {
            "name" => found.name = words(child).unwrap_or_default(),
            "email" => found.email = words(child),
            "uri" | "url" | "homepage" => found.uri = words(child),
            _ => {}
        }
    }
    if found != Person::default() {
        return Some(found);
    }
    let (_, field) = record.all().nth(place)?;
    person(&plain(&text(field)))
}

/// The person that a line names: `jo@example.org (Jo Doe)`, `Jo Doe <jo@example.org>`, either
/// alone; `None` where it is empty.
pub(in crate::feed) fn person(text: &str) -> Option<Person> {
    let text = capped(text);
    let Some(email) =
        text.split(|c: char| c.is_whitespace() || "()<>[],;\"".contains(c)).find(|w| is_email(w))
    else {
        return (!text.is_empty()).then(|| Person { name: text, ..Person::default() });
    };
    let address = email.strip_prefix("mailto:").unwrap_or(email).to_owned();
    let rest = text.replacen(email, " ", 1);
    let name = rest.trim_matches(|c: char| c.is_whitespace() || "()<>[],;\"-".contains(c));
    Some(Person { name: capped(name), email: Some(address), uri: None })
}

fn is_email(word: &str) -> bool {
    word.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && host.contains('.') && !host.contains('@') && !host.ends_with('.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_read() {
        let check = |text: &str, name: &str, email: Option<&str>| {
            let found = person(text).unwrap_or_default();
            assert_eq!((found.name.as_str(), found.email.as_deref()), (name, email), "{text}");
        };
        check("jo@example.org (Jo Doe)", "Jo Doe", Some("jo@example.org"));
        check("Jo Doe <jo@example.org>", "Jo Doe", Some("jo@example.org"));
        check("mailto:jo@example.org", "", Some("jo@example.org"));
        check("“jo@example.org”", "", Some("“jo@example.org”"));
        check("Jo @ Home", "Jo @ Home", None);
        check("", "", None);
    }
}
