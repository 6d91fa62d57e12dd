//! [`Request`]: what to bring, and the header fields that say so.

use super::{Access, Settings};
use crate::model::{ByteSize, Link, Validators};
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
};
use std::sync::Arc;

/// What we can inflate, best first.
const ENCODINGS: HeaderValue = HeaderValue::from_static("gzip, br, zstd, deflate");

/// Asks for what is new since the validators only (RFC 3229, with the feed's own manipulation).
const A_IM: HeaderName = HeaderName::from_static("a-im");
/// The manipulation by which an answer holds the new entries of a feed only.
const FEED_DELTA: HeaderValue = HeaderValue::from_static("feed");

/// What to bring.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where to ask first.
    pub url: Link,
    /// What the document is for.
    pub kind: Kind,
    /// Sent where the address asked is `validators_for`, after redirects too, and nowhere else.
    pub validators: Validators,
    /// The address that gave the validators.
    pub validators_for: Option<Link>,
    /// What the feed needs beyond the common settings.
    pub access: Arc<Access>,
    /// The feed's own settings, where they differ from the fetcher's: deadlines, sizes, redirects
    /// and `robots.txt`. Politeness and connections are everybody's.
    pub settings: Option<Arc<Settings>>,
    /// Largest document, instead of the settings' own limit.
    pub max_bytes: Option<ByteSize>,
}

/// What a document is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A feed that was configured.
    Feed,
    /// The page of an article.
    Page,
    /// A host's `robots.txt`.
    Robots,
    /// A page in which to look for feeds.
    Discovery,
}

impl Kind {
    fn accept(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Feed => {
                "application/atom+xml, application/rss+xml, application/feed+json, \
                 application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, \
                 application/json;q=0.7, */*;q=0.1"
            }
            Self::Page | Self::Discovery => {
                "text/html, application/xhtml+xml, application/xml;q=0.8, */*;q=0.1"
            }
            Self::Robots => "text/plain, */*;q=0.1",
        })
    }
}

impl Request {
    /// An unconditional request without special access.
    pub fn new(url: Link, kind: Kind) -> Self {
        Self {
            url,
            kind,
            validators: Validators::default(),
            validators_for: None,
            access: Arc::default(),
            settings: None,
            max_bytes: None,
        }
    }

    /// True where the request to `url`, the one asked for or a redirect's target, is conditional.
    pub(super) fn is_conditional_at(&self, url: &Link) -> bool {
        !self.validators.is_empty() && self.validators_for.as_ref() == Some(url)
    }

    /// True where the answer from `url` may hold the new entries only.
    pub(super) fn wants_delta_at(&self, url: &Link) -> bool {
        let comparable = self.kind == Kind::Feed && self.validators.etag.is_some();
        comparable && self.is_conditional_at(url)
    }

    /// The header fields of the request to `url`; no cookie and no `Referer`, ever.
    pub(super) fn headers_at(&self, url: &Link) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, self.kind.accept());
        headers.insert(ACCEPT_ENCODING, ENCODINGS);
        if self.is_conditional_at(url) {
            for (name, value) in [
                (IF_NONE_MATCH, &self.validators.etag),
                (IF_MODIFIED_SINCE, &self.validators.last_modified),
            ] {
                let value = value.as_deref().map(HeaderValue::from_bytes);
                if let Some(Ok(value)) = value {
                    headers.insert(name, value);
                }
            }
        }
        if self.wants_delta_at(url) {
            headers.insert(A_IM, FEED_DELTA);
        }
        if let Some(own) = self.access.headers_for(url) {
            headers.extend(own.clone());
        }
        headers
    }
}
