//! Namespaces of feeds, recognised as publishers write them: by address whatever its case, scheme
//! and final slash, else by the customary prefix.

/// The vocabulary an element belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ns {
    /// RSS of any version, also RDF's own elements and everything without a namespace.
    Rss,
    /// Atom 1.0 and its drafts.
    Atom,
    /// Dublin Core, both sets.
    Dc,
    /// RSS content module.
    Content,
    /// Media RSS.
    Media,
    /// Apple podcasts.
    Itunes,
    /// RSS syndication module: how often the feed changes.
    Syndication,
    /// Feed history (RFC 5005).
    History,
    /// `FeedBurner`'s extensions.
    Feedburner,
    /// XHTML.
    Xhtml,
    /// Sitemaps.
    Sitemap,
    /// Google News sitemaps.
    News,
    /// Slash and well-formed web: comments.
    Comments,
    /// Anything else.
    Other,
}

/// Addresses without scheme, `www.`, final slash or hash, in lower case.
const ADDRESSES: [(&str, Ns); 26] = [
    ("w3.org/2005/atom", Ns::Atom),
    ("purl.org/atom/ns", Ns::Atom),
    ("purl.org/dc/elements/1.1", Ns::Dc),
    ("purl.org/dc/elements/1.0", Ns::Dc),
    ("purl.org/dc/terms", Ns::Dc),
    ("purl.org/metadata/dublin_core", Ns::Dc),
    ("purl.org/rss/1.0/modules/content", Ns::Content),
    ("purl.org/rss/1.0/modules/syndication", Ns::Syndication),
    ("purl.org/rss/1.0/modules/slash", Ns::Comments),
    ("purl.org/rss/1.0/modules/dcterms", Ns::Dc),
    ("wellformedweb.org/commentapi", Ns::Comments),
    ("purl.org/rss/1.0", Ns::Rss),
    ("my.netscape.com/rdf/simple/0.9", Ns::Rss),
    ("channel.netscape.com/rdf/simple/0.9", Ns::Rss),
    ("backend.userland.com/rss2", Ns::Rss),
    ("blogs.law.harvard.edu/tech/rss", Ns::Rss),
    ("w3.org/1999/02/22-rdf-syntax-ns", Ns::Rss),
    ("search.yahoo.com/mrss", Ns::Media),
    ("video.search.yahoo.com/mrss", Ns::Media),
    ("itunes.com/dtds/podcast-1.0.dtd", Ns::Itunes),
    ("purl.org/syndication/history/1.0", Ns::History),
    ("rssnamespace.org/feedburner/ext/1.0", Ns::Feedburner),
    ("w3.org/1999/xhtml", Ns::Xhtml),
    ("sitemaps.org/schemas/sitemap/0.9", Ns::Sitemap),
    ("google.com/schemas/sitemap/0.84", Ns::Sitemap),
    ("google.com/schemas/sitemap-news/0.9", Ns::News),
];

/// Customary prefixes, for feeds that never declare them or declare a fantasy.
const PREFIXES: [(&str, Ns); 22] = [
    ("rss", Ns::Rss),
    ("rdf", Ns::Rss),
    ("atom", Ns::Atom),
    ("atom10", Ns::Atom),
    ("a10", Ns::Atom),
    ("dc", Ns::Dc),
    ("dcterms", Ns::Dc),
    ("dct", Ns::Dc),
    ("dcq", Ns::Dc),
    ("content", Ns::Content),
    ("media", Ns::Media),
    ("mrss", Ns::Media),
    ("itunes", Ns::Itunes),
    ("sy", Ns::Syndication),
    ("fh", Ns::History),
    ("feedburner", Ns::Feedburner),
    ("xhtml", Ns::Xhtml),
    ("xht", Ns::Xhtml),
    ("sitemap", Ns::Sitemap),
    ("news", Ns::News),
    ("wfw", Ns::Comments),
    ("slash", Ns::Comments),
];

/// Most bindings remembered of one document; feeds declare a dozen.
const BINDINGS_MAX: usize = 128;

/// The prefixes that are bound at a place of the document.
#[derive(Debug, Default)]
pub(super) struct Bindings<'a> {
    bound: Vec<(&'a str, Ns)>,
}

impl<'a> Bindings<'a> {
    /// How many bindings there are: what [`Self::leave`] takes.
    pub(super) fn mark(&self) -> usize {
        self.bound.len()
    }

    /// Takes the declarations of a start tag.
    pub(super) fn enter(&mut self, attrs: &'a str) {
        if !attrs.contains("xmlns") {
            return;
        }
        for (name, value) in super::scan::attrs(attrs) {
            let Some(rest) = name.strip_prefix("xmlns") else { continue };
            let prefix = rest.strip_prefix(':').unwrap_or(rest);
            if self.bound.len() < BINDINGS_MAX {
                self.bound
                    .push((prefix, by_address(value).or(by_prefix(prefix)).unwrap_or(Ns::Other)));
            }
        }
    }

    /// Forgets what was declared since the mark.
    pub(super) fn leave(&mut self, mark: usize) {
        self.bound.truncate(mark);
    }

    /// The vocabulary of a prefix; `None` for an undeclared default.
    pub(super) fn resolve(&self, prefix: &str) -> Option<Ns> {
        let bound = self.bound.iter().rev().find(|(p, _)| p.eq_ignore_ascii_case(prefix));
        match bound {
            Some((_, ns)) => Some(*ns),
            None if prefix.is_empty() => None,
            None => Some(by_prefix(prefix).unwrap_or(Ns::Other)),
        }
    }
}

fn by_address(address: &str) -> Option<Ns> {
    let address = address.trim().to_ascii_lowercase();
    let bare = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
    let bare = bare.strip_prefix("www.").unwrap_or(bare).trim_end_matches(['/', '#']);
    let exact = ADDRESSES.iter().find(|(known, _)| *known == bare);
    let draft = || bare.starts_with("purl.org/atom/ns").then_some(Ns::Atom);
    exact.map(|(_, ns)| *ns).or_else(draft)
}

fn by_prefix(prefix: &str) -> Option<Ns> {
    PREFIXES.iter().find(|(known, _)| known.eq_ignore_ascii_case(prefix)).map(|(_, ns)| *ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(attrs: &str, prefix: &str, expect: Option<Ns>) {
        let mut bindings = Bindings::default();
        bindings.enter(attrs);
        assert_eq!(bindings.resolve(prefix), expect, "{attrs} {prefix}");
    }

    #[test]
    fn vocabularies_are_recognised() {
        check("xmlns:m='HTTPS://search.yahoo.com/mrss'", "m", Some(Ns::Media));
        check("xmlns='http://purl.org/atom/ns#draft-ietf-atompub-format-08'", "", Some(Ns::Atom));
        check("xmlns:x='http://example.org/x'", "x", Some(Ns::Other));
        check("", "dc", Some(Ns::Dc));
        check("", "", None);
    }
}
