//! Secrets: they stand in files of their own, are read once, and never come out in a log or dump.

use super::paths::Env;
use schemars::JsonSchema;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::path::{Path, PathBuf};

/// Longest secret in bytes: an HTTP header that servers still take.
const SECRET_MAX: usize = 8 * 1024;

/// Where a secret stands: `{ file = "…" }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretFile {
    /// File whose content, without white space at its ends, is the value.
    pub(super) file: PathBuf,
}

/// Where a secret stands: `{ file = "…" }` or `{ env = "…" }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = r#"a secret stands elsewhere: { file = "…" } or { env = "…" }"#
)]
pub(super) enum SecretPlace {
    /// In a file, without white space at its ends.
    File {
        /// The file.
        file: PathBuf,
    },
    /// In an environment variable.
    Env {
        /// Its name.
        env: String,
    },
}

/// A text that is shown to nobody: its debug and serialised forms are asterisks.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    text: String,
    /// Where it was read; `None` for one that stood in an address or in the environment.
    file: Option<PathBuf>,
}

impl Secret {
    /// The secret that `text` is.
    pub(super) fn new(text: String) -> Self {
        Self { text, file: None }
    }

    /// The secret that a webhook's `secret` names; a relative path counts from `base`.
    ///
    /// # Errors
    /// In words: as [`Secret::read`], or there is no such variable.
    pub(super) fn at(place: &SecretPlace, base: &Path, env: &Env) -> Result<Self, String> {
        match place {
            SecretPlace::File { file } => Self::read(file, base),
            SecretPlace::Env { env: name } => {
                let found = env.iter().find(|(variable, _)| variable == name);
                let (_, text) = found.ok_or(format!("there is no variable {name}"))?;
                Self::checked(text, &format!("the variable {name}"))
            }
        }
    }

    /// The secret in a file, without white space at its ends; a relative path counts from `base`.
    ///
    /// # Errors
    /// In words: the file cannot be read, is empty, too long, or holds what a header cannot carry.
    pub(super) fn read(file: &Path, base: &Path) -> Result<Self, String> {
        let path = base.join(file);
        let text = std::fs::read_to_string(&path)
            .map_err(|e| format!("cannot read the secret in {}: {e}", path.display()))?;
        let secret = Self::checked(&text, &path.display().to_string())?;
        Ok(Self { file: Some(path), ..secret })
    }

    fn checked(text: &str, place: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty()
            || text.len() > SECRET_MAX
            || !text.bytes().all(|b| (b' '..=b'~').contains(&b))
        {
            return Err(format!(
                "{place} holds no usable secret: it must be one line of at most {SECRET_MAX} ASCII characters"
            ));
        }
        Ok(Self::new(text.to_owned()))
    }

    /// The secret itself, for the one place that sends or compares it.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// The file in which it stands, where it has one.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("***")
    }
}

/// HTTP headers by name. Reading them never repeats a value in a message: somebody may have written
/// the secret itself there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Headers(pub(super) Vec<(String, SecretFile)>);

impl Serialize for Headers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, file)| (name, file)))
    }
}

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(HeadersVisitor)
    }
}

/// What a webhook's `secret` may look like.
pub(super) fn example_place() -> serde_json::Value {
    serde_json::json!({ "file": "/run/credentials/wiredesk.service/webhook" })
}

/// What `headers` may look like.
pub(super) fn example() -> serde_json::Value {
    serde_json::json!({ "Authorization": { "file": "/run/credentials/wiredesk.service/example" } })
}

struct HeadersVisitor;

impl<'de> Visitor<'de> for HeadersVisitor {
    type Value = Headers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(r#"a table such as { Authorization = { file = "…" } }"#)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Headers, E> {
        Err(E::custom("headers are a table, and their values stand in files"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Headers, A::Error> {
        let mut headers = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if !is_header_name(&name) {
                return Err(A::Error::custom(format!("`{name}` is no HTTP header name")));
            }
            let Ok(file) = map.next_value::<SecretFile>() else {
                return Err(A::Error::custom(format!(
                    "the value of header `{name}` stands in a file"
                )));
            };
            headers.push((name, file));
        }
        Ok(Headers(headers))
    }
}

/// RFC 9110, section 5.6.2: the characters of a token.
fn is_header_name(name: &str) -> bool {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(token)
}
