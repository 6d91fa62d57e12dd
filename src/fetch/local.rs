//! A client for the daemon's own socket, used by the command line: no network, no policy.

use bytes::Bytes;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The daemon is on this machine: it accepts at once or not at all.
const CONNECT: Duration = Duration::from_secs(2);

/// A client of the API on a unix socket.
#[derive(Debug, Clone)]
pub struct Local {
    client: reqwest::Client,
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
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        // No address is dialled over TLS here; the client only wants to be told so.
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| LocalError(e.to_string()))?
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .unix_socket(path)
            .connect_timeout(CONNECT)
            .no_proxy()
            .build()
            .map_err(|e| LocalError(e.to_string()))?;
        Ok(Self { client })
    }

    /// The answer to `GET path`, where `path` starts with a slash.
    ///
    /// # Errors
    /// Nobody listens on the socket.
    pub async fn get(&self, path: &str) -> Result<LocalAnswer, LocalError> {
        let url = format!("http://localhost{path}");
        let response = self.client.get(url).send().await.map_err(|e| told(&e))?;
        Ok(LocalAnswer { response })
    }

    /// The answer to `POST path` without a body.
    ///
    /// # Errors
    /// Nobody listens on the socket.
    pub async fn post(&self, path: &str) -> Result<LocalAnswer, LocalError> {
        let url = format!("http://localhost{path}");
        let response = self.client.post(url).send().await.map_err(|e| told(&e))?;
        Ok(LocalAnswer { response })
    }
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
