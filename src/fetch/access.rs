//! What one feed needs beyond the common settings: headers, credentials, proxy, certificates.
//!
//! [`AccessSettings`] is what was written in the configuration, [`Access`] what was understood:
//! secret files are read and headers checked once, when the configuration is taken over.

use super::client::SetUpError;
use crate::model::Link;
use ipnet::IpNet;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use url::Url;

/// What one feed needs beyond the common settings, as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AccessSettings {
    /// Headers sent to the feed's own origin (scheme, host and port) and to no other.
    pub headers: BTreeMap<String, Secret>,
    /// User name and password, sent to the feed's own origin only.
    pub basic_auth: Option<BasicAuth>,
    /// Proxy instead of the common one.
    pub proxy: Option<String>,
    /// Certificates (PEM) trusted besides the common ones.
    pub ca_file: Option<PathBuf>,
    /// Certificate by which we show who we are.
    pub client_certificate: Option<ClientCertificate>,
    /// Networks that may be asked for this feed although they are not public.
    #[schemars(with = "Vec<String>", example = ["10.0.0.0/8"])]
    pub allow_private_networks: Vec<IpNet>,
}

/// User name and password of HTTP's Basic scheme (RFC 7617).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasicAuth {
    /// User name, without a colon.
    pub user: String,
    /// Password.
    pub password: Secret,
}

/// Certificate and key by which we show who we are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientCertificate {
    /// The certificate and what leads to its root (PEM).
    pub certificate: PathBuf,
    /// Its private key (PEM).
    pub key: PathBuf,
}

/// A value that may be secret: `{ file = "…" }`, or the text itself where it is none.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Secret {
    /// The value stands in this file; white space at its end does not belong to it.
    File {
        /// Where the value stands.
        file: PathBuf,
    },
    /// The value itself.
    Text(String),
}

impl Secret {
    fn load(&self) -> Result<String, SetUpError> {
        match self {
            Self::Text(text) => Ok(text.clone()),
            Self::File { file } => {
                let text = read(file)?;
                Ok(String::from_utf8_lossy(&text).trim_end().to_owned())
            }
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file } => write!(f, "Secret({})", file.display()),
            Self::Text(_) => f.write_str("Secret(…)"),
        }
    }
}

/// The bytes of a file that the configuration names.
pub(super) fn read(file: &Path) -> Result<Vec<u8>, SetUpError> {
    std::fs::read(file)
        .map_err(|error| SetUpError::File { file: file.to_owned(), reason: error.to_string() })
}

/// What one feed needs beyond the common settings, understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// The origin that alone sees `headers`.
    origin: Option<url::Origin>,
    /// Marked as sensitive, so that no log shows them.
    headers: HeaderMap,
    /// What decides which client serves the feed.
    pub(super) line: Line,
}

/// What decides which client serves a request: feeds with equal lines share connections.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Line {
    pub(super) proxy: Option<String>,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) client_certificate: Option<ClientCertificate>,
    pub(super) allow: Vec<IpNet>,
}

impl Access {
    /// What `settings` say for the feed at `url`. A user name and password within `url` count as
    /// `basic_auth` where that is not set.
    ///
    /// # Errors
    /// Where a secret's file cannot be read, or a header cannot be sent.
    pub fn load(settings: &AccessSettings, url: &str) -> Result<Self, SetUpError> {
        let url = Url::parse(url.trim()).map_err(|_| SetUpError::Url(url.to_owned()))?;
        let mut headers = HeaderMap::new();
        for (name, value) in &settings.headers {
            headers.insert(header_name(name)?, secret_header(name, &value.load()?)?);
        }
        if let Some(credentials) = credentials(settings, &url)? {
            headers.insert(AUTHORIZATION, secret_header("Authorization", &credentials)?);
        }
        let line = Line {
            proxy: settings.proxy.clone(),
            ca_file: settings.ca_file.clone(),
            client_certificate: settings.client_certificate.clone(),
            allow: settings.allow_private_networks.clone(),
        };
        Ok(Self { origin: Some(url.origin()), headers, line })
    }

    /// The headers that a request to `url` carries: none outside the feed's own origin.
    pub(super) fn headers_for(&self, url: &Link) -> Option<&HeaderMap> {
        let own = self.origin.as_ref().is_some_and(|origin| *origin == url.url().origin());
        own.then_some(&self.headers)
    }
}

fn header_name(name: &str) -> Result<HeaderName, SetUpError> {
    name.parse().map_err(|_| SetUpError::Header(name.to_owned()))
}

fn secret_header(name: &str, value: &str) -> Result<HeaderValue, SetUpError> {
    let mut value =
        HeaderValue::from_str(value).map_err(|_| SetUpError::Header(name.to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The value of `Authorization`, where there is one.
fn credentials(settings: &AccessSettings, url: &Url) -> Result<Option<String>, SetUpError> {
    let (user, password) = match &settings.basic_auth {
        Some(auth) => (auth.user.clone(), auth.password.load()?),
        None if url.username().is_empty() => return Ok(None),
        None => (unescape(url.username()), unescape(url.password().unwrap_or_default())),
    };
    Ok(Some(format!("Basic {}", base64(format!("{user}:{password}").as_bytes()))))
}

/// `text` with its percent escapes undone.
fn unescape(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        match (first, tail) {
            (b'%', [high, low, after @ ..]) if let Some(byte) = hex(*high, *low) => {
                out.push(byte);
                rest = after;
            }
            _ => {
                out.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = (0..3).fold(0_u32, |group, i| {
            group << 8 | u32::from(chunk.get(i).copied().unwrap_or_default())
        });
        for i in 0..4 {
            let digit = ALPHABET.get((group >> (18 - 6 * i) & 63) as usize).copied();
            out.push(if i <= chunk.len() { digit.map_or('=', char::from) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_matches_the_rfc() {
        for (text, expect) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(text.as_bytes()), expect);
        }
    }

    #[track_caller]
    fn check(asked: &str, expect: Option<&str>) {
        let access =
            Access::load(&AccessSettings::default(), "https://me:p%40ss@a.example/feed").unwrap();
        let headers = access.headers_for(&Link::parse(asked, None).unwrap());
        let sent = headers.and_then(|h| h.get(AUTHORIZATION)).map(|v| v.to_str().unwrap());
        assert_eq!(sent, expect, "{asked}");
    }

    #[test]
    fn credentials_stay_with_their_origin() {
        check("https://a.example/feed", Some("Basic bWU6cEBzcw=="));
        check("https://a.example:443/other", Some("Basic bWU6cEBzcw=="));
        check("http://a.example/feed", None);
        check("https://a.example:8443/feed", None);
        check("https://b.a.example/feed", None);
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown = format!("{:?}", Secret::Text("hush".to_owned()));
        assert!(!shown.contains("hush"));
    }
}
