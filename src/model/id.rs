//! Identities: [`FeedId`] is chosen by the person who configures, [`ArticleId`] follows from what
//! the article is, so that the same article has the same id on every machine.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Longest feed id in bytes: fits a metric label and a store key.
const FEED_ID_MAX: usize = 64;

/// Crockford's base 32 in lower case: no letter that is mistaken for a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Text that is no valid id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidId(String);

/// The stable name of a configured feed: 1 to 64 of `a-z A-Z 0-9 . _ -`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct FeedId(String);

impl FeedId {
    /// The id, when the text is one.
    ///
    /// # Errors
    /// The text is empty, longer than 64 bytes, or holds another character.
    pub fn new(text: &str) -> Result<Self, InvalidId> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if text.is_empty() || text.len() > FEED_ID_MAX || !text.chars().all(allowed) {
            return Err(InvalidId(format!(
                "a feed id has 1 to {FEED_ID_MAX} letters, digits, '.', '_' or '-'"
            )));
        }
        Ok(Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FeedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for FeedId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The stable id of an article: 128 bits of its identity's BLAKE3, written as 26 characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ArticleId([u8; 16]);

impl ArticleId {
    /// The id of an identity: the canonical URL's key, else feed id and GUID.
    pub fn of(identity: &str) -> Self {
        let mut bytes = [0; 16];
        blake3::Hasher::new().update(identity.as_bytes()).finalize_xof().fill(&mut bytes);
        Self(bytes)
    }

    /// The id with these 16 bytes, as kept in the store.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes, as kept in the store.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        let bits = u128::from_be_bytes(self.0);
        // 26 digits of 5 bits hold 130; the first digit carries the upper 3 of 128.
        for digit in (0..26).rev() {
            let value = usize::try_from((bits >> (digit * 5)) & 31).unwrap_or_default();
            f.write_char(char::from(ALPHABET.get(value).copied().unwrap_or(b'0')))?;
        }
        Ok(())
    }
}

impl fmt::Debug for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ArticleId({self})")
    }
}

impl FromStr for ArticleId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = || InvalidId("an article id has 26 characters of 0-9 and a-z".to_owned());
        let mut bits: u128 = 0;
        if text.len() != 26 || !matches!(text.as_bytes().first(), Some(b'0'..=b'7')) {
            return Err(invalid());
        }
        for byte in text.bytes() {
            let value = ALPHABET.iter().position(|&a| a == byte).ok_or_else(invalid)?;
            bits = (bits << 5) | u128::try_from(value).map_err(|_| invalid())?;
        }
        Ok(Self(bits.to_be_bytes()))
    }
}

impl Serialize for ArticleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ArticleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn feed_ids_are_checked() {
        for good in ["bne", "a.b_c-D9", "x"] {
            assert_eq!(FeedId::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "a b", "ä", "a/b", &"x".repeat(65)] {
            assert!(FeedId::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn article_ids_are_stable() {
        let id = ArticleId::of("example.org/a").to_string();
        assert_eq!(id.len(), 26);
        assert_eq!(id, ArticleId::of("example.org/a").to_string());
        assert_ne!(id, ArticleId::of("example.org/b").to_string());
        assert!("8zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<ArticleId>().is_err());
    }

    proptest! {
        #[test]
        fn article_ids_survive_text(bytes: [u8; 16]) {
            let id = ArticleId::from_bytes(bytes);
            prop_assert_eq!(id.to_string().parse::<ArticleId>().unwrap(), id);
        }
    }
}
