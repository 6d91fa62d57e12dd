//! Address → key: one text for all spellings of a page's address.
//!
//! For recognising only: an article keeps its addresses as they were fetched and published. The
//! tables of what is left out are in [`super::rules`].

use super::rules::{
    CHANNELS, DOUBTFUL_NAMES, HOST_LABELS, Inside, RENDERINGS, TRACKING_NAMES, TRACKING_PREFIXES,
    WRAPPERS,
};
use crate::model::Link;
use std::fmt;

/// Endings of the last path segment that choose a rendering or a file type, not a page.
const ENDINGS: [&str; 7] = [".amp", ".html", ".htm", ".shtml", ".xhtml", ".amphtml", "_amp"];

/// Last path segments that stand for their folder.
const INDEX: [&str; 6] =
    ["index", "index.php", "index.asp", "index.aspx", "default.asp", "default.aspx"];

/// The canonical spelling of an address: `host[:port]/path[?query]`, without scheme.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UrlKey(String);

impl UrlKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// BLAKE3 of the key, first 16 bytes: what the index keeps.
    pub fn hash(&self) -> [u8; 16] {
        let mut hash = [0; 16];
        blake3::Hasher::new().update(self.0.as_bytes()).finalize_xof().fill(&mut hash);
        hash
    }

    /// The site behind the address, redirectors and caches taken off: its registrable domain,
    /// else the host.
    pub fn site(&self) -> &str {
        let address = self.0.split('/').next().unwrap_or_default();
        let host = match address.find(']') {
            Some(end) => address.get(..=end).unwrap_or_default(),
            None => address.split(':').next().unwrap_or_default(),
        };
        psl::domain_str(host).filter(|_| !is_number(host)).unwrap_or(host)
    }

    /// True for a site's home page, which is the address of no article.
    pub fn is_home(&self) -> bool {
        self.0.split_once('/').is_none_or(|(_, path)| path.is_empty())
    }
}

impl fmt::Display for UrlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The key of an address; the key's own text, read as an address, has the same key.
pub fn url_key(link: &Link) -> UrlKey {
    let mut page = link.clone();
    while let Some(inner) = unwrapped(&page) {
        page = inner;
    }
    let url = page.url();
    let mut key = host(url.host_str().unwrap_or_default());
    if let Some(port) = url.port() {
        key.push(':');
        key.push_str(&port.to_string());
    }
    key.push_str(&path(url.path()));
    let query = query(url.query().unwrap_or_default());
    if !query.is_empty() {
        key.push('?');
        key.push_str(&query);
    }
    if let Some(route) = url.fragment().filter(|fragment| fragment.starts_with('!')) {
        key.push('#');
        key.push_str(route);
    }
    UrlKey(key)
}

/// True where the page's own word on its address can be believed: it names the same site, and
/// neither a home page nor a section of which the page is a part.
pub fn trusted_canonical(page: &Link, canonical: &Link) -> bool {
    let (page_key, key) = (url_key(page), url_key(canonical));
    if page_key == key {
        return !key.is_home();
    }
    canonical.site() == page.site()
        && !key.is_home()
        && names_a_page(&key)
        && !above(&key, &page_key)
}

/// True where `upper` is `lower` cut at a segment or before its query: a section or a template.
fn above(upper: &UrlKey, lower: &UrlKey) -> bool {
    let rest = lower.0.strip_prefix(upper.0.as_str());
    rest.is_some_and(|rest| rest.starts_with(['/', '?', '&']))
}

/// True where the last segment looks like an article's: a number, several words, or a query.
fn names_a_page(key: &UrlKey) -> bool {
    if key.0.contains('?') || key.0.contains("#!") {
        return true;
    }
    let last = key.0.rsplit('/').next().unwrap_or_default();
    let words = last.split(['-', '_', '+', '.', '%']).filter(|word| !word.is_empty()).count();
    last.chars().any(|c| c.is_ascii_digit()) || words > 2 || last.len() > 20
}

/// True for an IP address, which has no registrable domain.
fn is_number(host: &str) -> bool {
    host.starts_with('[') || host.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

fn host(host: &str) -> String {
    let mut rest = host.trim_end_matches('.');
    while let Some((label, tail)) = rest.split_once('.') {
        if !HOST_LABELS.contains(&label) || psl::domain_str(tail).is_none() {
            break;
        }
        rest = tail;
    }
    rest.to_owned()
}

/// The path: one slash between segments, no renderings, no session, no file ending.
fn path(path: &str) -> String {
    let mut segments: Vec<String> = path
        .split('/')
        .map(|segment| escapes(without_session(segment)))
        .filter(|s| !is_dots(s) && !s.eq_ignore_ascii_case("amp"))
        .collect();
    while let Some(last) = segments.last_mut() {
        let bare = without_endings(last);
        if bare.len() < last.len() {
            last.truncate(bare.len());
        }
        let lower = last.to_ascii_lowercase();
        if lower != "amp" && !INDEX.contains(&lower.as_str()) {
            break;
        }
        segments.pop();
    }
    format!("/{}", segments.join("/"))
}

/// `page;jsessionid=…` → `page`.
fn without_session(segment: &str) -> &str {
    match segment.split_once(';') {
        Some((page, parameters)) if is_session(parameters) => page,
        _ => segment,
    }
}

fn is_session(parameters: &str) -> bool {
    let start = parameters.get(..10).unwrap_or_default();
    start.eq_ignore_ascii_case("jsessionid") || parameters.starts_with("sid=")
}

fn without_endings(segment: &str) -> &str {
    let mut bare = segment;
    while let Some(shorter) = ENDINGS.iter().find_map(|ending| without_ending(bare, ending)) {
        bare = shorter;
    }
    bare
}

fn without_ending<'a>(segment: &'a str, ending: &str) -> Option<&'a str> {
    let at = segment.len().checked_sub(ending.len())?;
    let (bare, tail) = segment.split_at_checked(at)?;
    (!is_dots(bare) && tail.eq_ignore_ascii_case(ending)).then_some(bare)
}

/// True for nothing and for `.` and `..`, which are no page but a step in the path.
fn is_dots(segment: &str) -> bool {
    segment.bytes().all(|b| b == b'.')
}

/// Percent escapes in one spelling: letters, digits and `-._~` plain, the others in upper case.
fn escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, tail)) = rest.split_once('%') {
        out.push_str(plain);
        let byte = tail.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte {
            Some(b) if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => out.push(char::from(b)),
            Some(_) => {
                out.push('%');
                out.push_str(&tail.get(..2).unwrap_or_default().to_ascii_uppercase());
            }
            None => out.push_str("%25"),
        }
        rest = if byte.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    out.push_str(rest);
    out
}

/// The parameters that choose the page, sorted.
fn query(query: &str) -> String {
    let mut kept: Vec<String> = query
        .split(['&', ';'])
        .map(|pair| escapes(pair.trim_end_matches('=')))
        .filter(|pair| !pair.is_empty() && chooses_the_page(pair))
        .collect();
    kept.sort_unstable();
    kept.dedup();
    kept.join("&")
}

fn chooses_the_page(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let (name, value) = (name.to_ascii_lowercase(), value.to_ascii_lowercase());
    let renders = RENDERINGS.iter().any(|(n, values)| *n == name && values.contains(&&*value));
    let tracks = TRACKING_NAMES.contains(&&*name)
        || TRACKING_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || DOUBTFUL_NAMES.contains(&&*name) && names_a_channel(&value);
    !renders && !tracks
}

fn names_a_channel(value: &str) -> bool {
    value.is_empty()
        || value.split(|c: char| !c.is_ascii_alphanumeric()).any(|w| CHANNELS.contains(&w))
}

/// The address inside a redirector's or cache's address; shorter than that, so that unwrapping ends.
fn unwrapped(link: &Link) -> Option<Link> {
    let own = host(link.host());
    let (_, _, inside) = WRAPPERS.iter().find(|(host, start, _)| {
        let named = if host.starts_with('.') { own.ends_with(host) } else { own == *host };
        named && link.url().path().starts_with(start)
    })?;
    let found = match inside {
        Inside::Query(names) => in_query(link, names),
        Inside::Path(start) => in_path(link, start),
    };
    found.filter(|found| found.as_str().len() < link.as_str().len())
}

fn in_query(link: &Link, names: &[&str]) -> Option<Link> {
    let held = link.url().query_pairs().find_map(|(name, value)| {
        if names.contains(&&*name) {
            return Some(value.into_owned());
        }
        // `?https://…` alone is a name without a value.
        (names.contains(&"") && name.starts_with("http")).then(|| name.into_owned())
    })?;
    // A cache puts its own words before the address: `cache:xyz:https://…`.
    let start = held.find("http").unwrap_or(0);
    Link::parse(held.get(start..)?, None)
}

fn in_path(link: &Link, start: &str) -> Option<Link> {
    let rest = link.as_str().split_once(start)?.1;
    if let Some(at) = rest.find("http:/").or_else(|| rest.find("https:/")) {
        return Link::parse(rest.get(at..)?, None);
    }
    let bare = rest.strip_prefix("s/").unwrap_or(rest);
    Link::parse(&format!("https://{bare}"), None).filter(|inner| inner.host().contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn link(text: &str) -> Link {
        Link::parse(text, None).unwrap()
    }

    #[track_caller]
    fn check(address: &str, key: &str) {
        assert_eq!(url_key(&link(address)).as_str(), key, "{address}");
    }

    #[test]
    fn spellings_of_one_page_have_one_key() {
        let key = "example.org/a/b";
        for address in [
            "https://Example.ORG/a/b",
            "http://www.example.org:80/a//b/",
            "https://m.example.org/a/b.html#comments",
            "https://amp.www.example.org./a/b",
            "https://example.org/amp/a/b",
            "https://example.org/a/b/amp/",
            "https://example.org/a/b.amp.html",
            "https://example.org/a/%62?amp=1&utm_source=x&outputType=amp",
            "https://example.org/a/b?utm_medium=feed&fbclid=1&ref=rss&amp",
            "https://example.org/a/b/index.html;jsessionid=12AB",
            "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/a/b",
            "https://www.google.com/amp/s/www.example.org/a/b.amp",
            "https://www.google.com/url?sa=t&url=https%3A%2F%2Fexample.org%2Fa%2Fb&usg=x",
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa%2Fb%3Ffbclid%3D1&h=AT0",
            "https://web.archive.org/web/20240101000000/https://example.org/a/b",
            "https://example.org/a/..;jsessionid=1/b",
            "https://href.li/?https://example.org/a/b",
        ] {
            check(address, key);
        }
    }

    #[test]
    fn what_chooses_the_page_stays() {
        check("https://example.org/story.php?id=7&cat=4", "example.org/story.php?cat=4&id=7");
        check("https://example.org/?p=12", "example.org/?p=12");
        check("https://example.org/a?ref=7812&source=3", "example.org/a?ref=7812&source=3");
        check("https://example.org:8080/A?s=Go&b", "example.org:8080/A?b&s=Go");
        check("https://example.org/#!/item/7", "example.org/#!/item/7");
        check("https://m.example/x", "m.example/x");
        check("https://amp.github.io/x", "amp.github.io/x");
        check("https://192.168.0.1/a", "192.168.0.1/a");
        check("https://[::1]:8080/a", "[::1]:8080/a");
        check("https://example.org/50%25-off%2fnow", "example.org/50%25-off%2Fnow");
    }

    #[test]
    fn a_canonical_address_is_trusted_within_the_site() {
        #[track_caller]
        fn check(canonical: &str, expect: bool) {
            let page = link("https://m.example.co.uk/news/2024/a-long-title-12?utm_source=x");
            assert_eq!(trusted_canonical(&page, &link(canonical)), expect, "{canonical}");
        }
        check("https://www.example.co.uk/news/2024/a-long-title-12", true);
        check("https://www.example.co.uk/politics/a-long-title", true);
        check("https://www.example.co.uk/?p=12", true);
        check("https://www.example.co.uk/", false);
        check("https://www.example.co.uk/news/", false);
        check("https://www.example.co.uk/news/2024/", false);
        check("https://www.example.co.uk/sport", false);
        check("https://other.co.uk/news/2024/a-long-title-12", false);
    }

    proptest! {
        #[test]
        fn the_key_of_a_key_is_itself(
            host in "[a-z]{1,5}\\.(www\\.|m\\.)?[a-z]{2,8}\\.(org|co\\.uk)",
            path in "(/[a-zA-Z0-9._%~;=-]{0,9}|/amp|/index\\.html|\\.amp|\\.htm){0,5}",
            query in "([a-z_]{1,6}=?[a-z0-9%&;]{0,6}&?|utm_x=1&|&amp=1){0,4}",
        ) {
            if let Some(link) = Link::parse(&format!("https://{host}{path}?{query}"), None) {
                let key = url_key(&link);
                let again = Link::parse(&format!("https://{key}"), None).unwrap();
                prop_assert_eq!(url_key(&again), key);
            }
        }

        #[test]
        fn no_address_is_too_strange(text in "https?://[ -~]{0,60}") {
            if let Some(link) = Link::parse(&text, None) {
                url_key(&link);
            }
        }
    }
}
