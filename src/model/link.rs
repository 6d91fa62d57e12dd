//! [`Link`]: a web address that is safe to store, show and fetch as far as its spelling goes.
//!
//! Whether the address behind the host may be dialled is decided by `fetch` at connect time.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use url::Url;

/// Longest link in bytes; longer ones are not links that anybody wrote by hand or by program.
const LINK_MAX: usize = 8 * 1024;

/// An absolute `http` or `https` URL with a host, without user name and password, at most 8 KiB,
/// host in lower case ASCII.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Link(Url);

impl Link {
    /// The link that `text` spells, resolved against `base` where it is relative; `None` where
    /// that is no link (another scheme, no host, too long).
    pub fn parse(text: &str, base: Option<&Link>) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > LINK_MAX {
            return None;
        }
        let url = match base {
            Some(base) => base.0.join(text),
            None => Url::parse(text),
        };
        Self::from_url(url.ok()?)
    }

    /// The link of a parsed URL, its user name and password removed; `None` as in [`Link::parse`].
    pub fn from_url(mut url: Url) -> Option<Self> {
        // A host of dots alone passes for one in the URL standard; no name server knows it.
        let named = url.host_str().is_some_and(|host| host.bytes().any(|byte| byte != b'.'));
        if !matches!(url.scheme(), "http" | "https") || !named {
            return None;
        }
        if !url.username().is_empty() || url.password().is_some() {
            url.set_username("").ok()?;
            url.set_password(None).ok()?;
        }
        (url.as_str().len() <= LINK_MAX).then_some(Self(url))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The address as a parsed URL.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The host: a domain in ASCII or an IP address.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The site: the registrable domain by the public suffix list (`news.example.co.uk` →
    /// `example.co.uk`), else the host.
    pub fn site(&self) -> &str {
        match self.0.host() {
            Some(url::Host::Domain(name)) => psl::domain_str(name).unwrap_or(name),
            _ => self.host(),
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({self})")
    }
}

impl Serialize for Link {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text, None)
            .ok_or_else(|| serde::de::Error::custom("not an absolute http or https URL"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Option<&str>) {
        let base = Link::parse("https://Example.org/dir/page", None);
        assert_eq!(Link::parse(text, base.as_ref()).map(|l| l.to_string()).as_deref(), expect);
    }

    #[test]
    fn only_web_addresses_are_links() {
        check("../a?b=1#c", Some("https://example.org/a?b=1#c"));
        check("//other.example/x", Some("https://other.example/x"));
        check(" http://user:secret@host.example:8080/ ", Some("http://host.example:8080/"));
        check("http://bücher.example/", Some("http://xn--bcher-kva.example/"));
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "mailto:a@b",
            "http://",
            "http://../a",
            "",
        ] {
            check(bad, None);
        }
        check(&format!("/{}", "x".repeat(9000)), None);
    }

    #[test]
    fn sites_are_registrable_domains() {
        let site = |s: &str| Link::parse(s, None).unwrap().site().to_owned();
        assert_eq!(site("https://www.news.example.co.uk/a"), "example.co.uk");
        assert_eq!(site("http://127.0.0.1:8080/a"), "127.0.0.1");
    }
}
