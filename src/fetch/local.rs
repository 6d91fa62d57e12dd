//! A client of the daemon's own API, used by the command line: no politeness, no policy.

use super::client::{system_roots, verifying};
use bytes::Bytes;
use rustls::RootCertStore;
use std::path::Path;
use std::time::Duration;

/// The daemon is on this machine as a rule: it accepts at once or not at all.
const CONNECT: Duration = Duration::from_secs(2);

/// A client of the API.
#[derive(Debug, Clone)]
pub struct Local {
    client: reqwest::Client,
    /// What stands before the path: `http://localhost`.
    base: String,
    /// What a guarded port wants to see.
    token: Option<String>,
}

/// An answer whose body is still to be read.
#[derive(Debug)]
pub struct LocalAnswer {
    response: reqwest::Response,
}

/// The daemon did not answer, or stopped in the middle; in words.
#[derive(Debug, thiserror::Error)]
#[error("the daemon does not answer: {0}")]
pub struct LocalError(String);

impl Local {
    /// A client of the socket at `path`; nothing is sent yet.
    ///
    /// # Errors
    /// The client cannot be built.
    pub fn new(path: &Path) -> Result<Self, LocalError> {
        // No address is dialled over TLS here; the client only wants to be told so.
        let builder = plain(RootCertStore::empty())?.unix_socket(path);
        Self::of(builder, "http://localhost".to_owned(), None)
    }

    /// A client of the API at an address such as `http://127.0.0.1:7420`, which is sent `token`;
    /// nothing is sent yet.
    ///
    /// # Errors
    /// The client cannot be built.
    pub fn at(address: &str, token: Option<&str>) -> Result<Self, LocalError> {
        let secure = address.starts_with("https:");
        let roots = if secure { system_roots() } else { RootCertStore::empty() };
        let base = address.trim_end_matches('/').to_owned();
        Self::of(plain(roots)?, base, token.map(str::to_owned))
    }

    fn of(
        builder: reqwest::ClientBuilder,
        base: String,
        token: Option<String>,
    ) -> Result<Self, LocalError> {
        let client = builder.build().map_err(|e| told(&e))?;
        Ok(Self { client, base, token })
    }

    /// The answer to `GET path`, where `path` starts with a slash.
    ///
    /// # Errors
    /// Nobody listens there.
    pub async fn get(&self, path: &str) -> Result<LocalAnswer, LocalError> {
        self.send(self.client.get(format!("{}{path}", self.base))).await
    }

    /// The answer to `POST path` without a body.
    ///
    /// # Errors
    /// Nobody listens there.
    pub async fn post(&self, path: &str) -> Result<LocalAnswer, LocalError> {
        self.send(self.client.post(format!("{}{path}", self.base))).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<LocalAnswer, LocalError> {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let response = request.send().await.map_err(|e| told(&e))?;
        Ok(LocalAnswer { response })
    }
}

/// A client that asks nobody but whom it is told to.
fn plain(roots: RootCertStore) -> Result<reqwest::ClientBuilder, LocalError> {
    let tls = verifying(roots).map_err(|e| LocalError(e.to_string()))?.with_no_client_auth();
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy())
}

impl LocalAnswer {
    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// The next part of the body; `None` at its end.
    ///
    /// # Errors
    /// The daemon went away in the middle of the answer.
    pub async fn part(&mut self) -> Result<Option<Bytes>, LocalError> {
        self.response.chunk().await.map_err(|e| told(&e))
    }
}

/// The innermost reason, which is the one a person can act on.
fn told(error: &reqwest::Error) -> LocalError {
    let mut reason: &dyn std::error::Error = error;
    while let Some(inner) = reason.source() {
        reason = inner;
    }
    LocalError(reason.to_string())
}
