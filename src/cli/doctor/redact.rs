//! [`Redactor`]: makes texts fit to be shown to strangers. What is not known to be harmless is taken
//! for a secret.

use crate::config::{Config, Secret};
use serde_json::Value;
use std::fmt::Write;

/// What stands in place of what is not shown.
const STARS: &str = "***";

/// Folders whose entries are named after users.
const HOMES: [&str; 3] = ["/home/", "/Users/", "/run/user/"];

/// Shorter secrets would strike out half of a report.
const SECRET_MIN: usize = 4;

/// Knows what must not be shown.
#[derive(Debug, Default)]
pub(super) struct Redactor {
    /// Texts of the configuration that are secret wherever they turn up.
    secrets: Vec<String>,
    /// The user's name and home folder.
    user: Vec<String>,
}

impl Redactor {
    /// A redactor that knows the secrets of a configuration and the user in the environment.
    pub(super) fn new(
        config: Option<&Config>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Self {
        let of_feeds = config.into_iter().flat_map(|config| &config.feeds);
        let headers = of_feeds.flat_map(|feed| feed.headers.iter().map(|(_, value)| value));
        let token = config.and_then(|config| config.http.token.as_ref());
        let mut secrets: Vec<_> = headers
            .chain(token)
            .map(Secret::reveal)
            .flat_map(|text| std::iter::once(text).chain(text.split_whitespace()))
            .filter(|text| text.len() >= SECRET_MIN && !["Basic", "Bearer"].contains(text))
            .map(str::to_owned)
            .collect();
        // The longest first, lest a part of it stays.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        let names = ["USER", "LOGNAME", "SUDO_USER"];
        let user = env
            .filter(|(name, value)| names.contains(&name.as_str()) && value != "root")
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
            .collect();
        Self { secrets, user }
    }

    /// A path without names of users.
    pub(super) fn path(&self, path: &std::path::Path) -> String {
        self.text(&path.display().to_string())
    }

    /// A text without addresses' details, names of users in paths, and known secrets.
    pub(super) fn text(&self, text: &str) -> String {
        let mut out = addresses(text);
        for home in HOMES {
            out = behind(&out, home);
        }
        for user in &self.user {
            out = out.replace(&format!("/{user}/"), "/***/");
            if out.ends_with(&format!("/{user}")) {
                out.truncate(out.len() - user.len());
                out.push_str(STARS);
            }
        }
        for secret in &self.secrets {
            out = out.replace(secret, STARS);
        }
        out
    }

    /// A value with every text in it gone through [`Redactor::text`] once more: what somebody forgot
    /// above is caught here.
    pub(super) fn all(&self, value: Value) -> Value {
        match value {
            Value::String(text) => self.text(&text).into(),
            Value::Array(items) => items.into_iter().map(|item| self.all(item)).collect(),
            Value::Object(fields) => {
                fields.into_iter().map(|(name, value)| (name, self.all(value))).collect()
            }
            other => other,
        }
    }

    /// A configuration's complaint without anything that may be quoted from the file but `known`
    /// words: quotations, and what looks like a host.
    pub(super) fn complaint(&self, text: &str, known: impl Fn(&str) -> bool) -> String {
        let mut out = String::new();
        for (n, part) in text.split(['`', '"']).enumerate() {
            match n % 2 {
                0 => out.push_str(&hosts(&self.text(part), &known)),
                _ if known(part) => drop(write!(out, "`{part}`")),
                _ => out.push_str("`***`"),
            }
        }
        out
    }
}

/// The text with every address cut down to its scheme.
fn addresses(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        let end = after.find(|c: char| {
            c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | ',' | ']' | ')')
        });
        out.extend([before, "://", STARS]);
        rest = after.get(end.unwrap_or(after.len())..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The text with every name of a host, and every address, replaced.
fn hosts(text: &str, known: impl Fn(&str) -> bool) -> String {
    let shown = |word: &str| {
        let end = word.find(|c: char| !(c.is_alphanumeric() || "-_.".contains(c)));
        let (head, rest) = word.split_at(end.unwrap_or(word.len()));
        let name = head.trim_end_matches('.');
        let is_host = name.contains('.') && !known(name);
        if is_host { format!("{STARS}{rest}") } else { word.to_owned() }
    };
    text.split(' ').map(shown).collect::<Vec<_>>().join(" ")
}

/// The text with the part of a path that follows each `home` left out.
fn behind(text: &str, home: &str) -> String {
    let mut parts = text.split(home);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part
            .find(|c: char| c == '/' || c.is_whitespace() || matches!(c, '"' | '\'' | ':' | ','));
        out.extend([home, STARS, part.get(end.unwrap_or(part.len())..).unwrap_or_default()]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor() -> Redactor {
        let env = [("USER", "mallory"), ("HOME", "/srv/people/mallory")];
        let env = env.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Redactor { secrets: vec!["hunter2".to_owned()], ..Redactor::new(None, env) }
    }

    #[test]
    fn texts_lose_what_is_private() {
        let check = |text: &str, expect: &str| assert_eq!(redactor().text(text), expect);
        check("/home/alice/state", "/home/***/state");
        check("/home/alice", "/home/***");
        check("cannot read /Users/bob/x: no such file", "cannot read /Users/***/x: no such file");
        check("/srv/people/mallory/state", "/srv/people/***/state");
        check("/srv/people/mallory", "/srv/people/***");
        check("/var/lib/wiredesk", "/var/lib/wiredesk");
        check("https://u:p@host.example/a?token=x: no answer", "https://*** no answer");
        check("[\"http://a.example\", \"b\"]", "[\"http://***\", \"b\"]");
        check("the token hunter2 is wrong", "the token *** is wrong");
    }

    #[test]
    fn complaints_quote_known_words_only() {
        let known = |word: &str| word == "listen";
        let text = redactor().complaint("`listen`: `unix:/x y` is no place; see `hunter2`", known);
        assert_eq!(text, "`listen`: `***` is no place; see `***`");
        let known = |word: &str| word == "fetch.proxy";
        let text = "the password for a.example, invalid string \"hunter\"; see fetch.proxy.";
        let expect = "the password for ***, invalid string `***`; see fetch.proxy.";
        assert_eq!(redactor().complaint(text, known), expect);
    }
}
