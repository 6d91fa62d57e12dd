//! A feed's address as written: the link itself, apart from the login that may stand in it.
//!
//! The login never stays in the link, because links are logged, stored and shown.

use super::secret::Secret;
use crate::model::{FeedId, Link};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes of a made-up id before its hash: room for a hyphen and the hash in the longest feed id.
const SLUG_MAX: usize = 48;

/// A feed's address.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FeedUrl {
    /// Where the feed is.
    pub(super) link: Link,
    /// What to send as `Authorization` where the address held a user name or password.
    pub(super) authorization: Option<Secret>,
}

impl FeedUrl {
    /// The address that `text` spells.
    ///
    /// # Errors
    /// In words that never repeat the text: it is no absolute http or https URL.
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || "not an absolute http or https URL".to_owned();
        let url = url::Url::parse(text.trim()).map_err(|e| format!("{}: {e}", wrong()))?;
        let authorization = basic_authorization(&url);
        Ok(Self { link: Link::from_url(url).ok_or_else(wrong)?, authorization })
    }
}

/// The header that a URL's user name and password ask for (RFC 7617).
fn basic_authorization(url: &url::Url) -> Option<Secret> {
    let password = url.password().unwrap_or_default();
    if url.username().is_empty() && password.is_empty() {
        return None;
    }
    let mut login: Vec<u8> = percent_decode_str(url.username()).collect();
    login.push(b':');
    login.extend(percent_decode_str(password));
    Some(Secret::new(format!("Basic {}", STANDARD.encode(login))))
}

/// The id of a feed that was given none: host and path in the letters of an id, and where that
/// leaves something out, a hash of the whole address. It depends on the address alone.
pub fn made_id(link: &Link) -> Option<FeedId> {
    let host = link.host().trim_start_matches("www.");
    let plain = format!("{host}{}", link.url().path().trim_end_matches('/'));
    let slug: String = plain
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' })
        .take(SLUG_MAX)
        .collect();
    let complete = slug.len() == plain.len()
        && plain.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/'))
        && link.url().query().is_none();
    let slug = slug.trim_matches('-');
    if complete {
        return FeedId::new(slug).ok();
    }
    let hash = blake3::hash(link.as_str().as_bytes()).to_hex();
    FeedId::new(&format!("{slug}-{}", hash.get(..8)?)).ok()
}

impl Serialize for FeedUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.link.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FeedUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
