//! The HTTP clients: one for all feeds, and one more for each other line (proxy, certificates,
//! networks) that some feed is configured with.

use super::Settings;
use super::access::{ClientCertificate, Line, read};
use super::guard::Resolver;
use ipnet::IpNet;
use reqwest::{Client, Proxy, redirect, retry};
use rustls::client::WantsClientCert;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// Idle connections are kept for the pages that follow a feed, not until its next poll: thousands
/// of hosts would leave no file descriptors.
pub(super) const KEEP_IDLE: Duration = Duration::from_secs(5);
/// Idle connections kept to one host.
const KEEP_IDLE_PER_HOST: usize = 2;
/// Header bytes of an HTTP/2 answer; HTTP/1.1 has the client's own limits (100 fields, 400 KiB).
const HEADER_MAX: u32 = 64 * 1024;

/// What the configuration names cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetUpError {
    /// A file cannot be read, or does not hold what it should.
    #[error("{}: {reason}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A header's name or value cannot be sent; the value is not shown.
    #[error("header {0}: name or value cannot be sent")]
    Header(String),
    /// Not a URL.
    #[error("not a URL: {0}")]
    Url(String),
    /// Not a proxy's URL.
    #[error("not a proxy's URL (http://, socks5:// or socks5h://): {0}")]
    Proxy(String),
    /// The client could not be made.
    #[error("HTTP client: {0}")]
    Client(String),
}

/// All clients, made when first needed.
pub(super) struct Clients {
    settings: Settings,
    agent: String,
    /// The system's certificates and those of the common settings.
    roots: RootCertStore,
    /// By line, and by whether connections are kept.
    made: Mutex<HashMap<(Line, bool), Client>>,
}

impl Clients {
    pub(super) fn new(settings: &Settings, agent: &str) -> Result<Self, SetUpError> {
        let mut roots = system_roots();
        if let Some(file) = &settings.ca_file {
            trust(&mut roots, file)?;
        }
        let made = Mutex::default();
        let clients = Self { settings: settings.clone(), agent: agent.to_owned(), roots, made };
        clients.of(&Line::default(), true)?;
        Ok(clients)
    }

    /// The client of a line; one that closes its connections after each request where they are not
    /// to be kept.
    pub(super) fn of(&self, line: &Line, kept: bool) -> Result<Client, SetUpError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let which = (line.clone(), kept);
        if let Some(client) = made.get(&which) {
            return Ok(client.clone());
        }
        let client = self.make(line, kept)?;
        made.insert(which, client.clone());
        Ok(client)
    }

    /// Networks that may be dialled on this line although they are not public.
    pub(super) fn allow(&self, line: &Line) -> Vec<IpNet> {
        [self.settings.allow_private_networks.as_slice(), &line.allow].concat()
    }

    fn make(&self, line: &Line, kept: bool) -> Result<Client, SetUpError> {
        let proxy = match line.proxy.as_ref().or(self.settings.proxy.as_ref()) {
            Some(text) => Some(proxy_url(text)?),
            None => None,
        };
        let resolver = Resolver::new(&self.allow(line), proxy.as_ref());
        let mut builder = Client::builder()
            .user_agent(&self.agent)
            .tls_backend_preconfigured(self.tls(line)?)
            .dns_resolver(resolver)
            .connect_timeout(self.settings.connect_timeout.get())
            .pool_idle_timeout(KEEP_IDLE)
            .pool_max_idle_per_host(if kept { KEEP_IDLE_PER_HOST } else { 0 })
            // As lenient as browsers are about header lines.
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_ignore_invalid_headers_in_responses(true)
            .http2_max_header_list_size(HEADER_MAX)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .no_proxy();
        if let Some(url) = proxy {
            let proxy = Proxy::all(url.clone()).map_err(|_| SetUpError::Proxy(url.to_string()))?;
            builder = builder.proxy(proxy);
        }
        builder.build().map_err(|error| SetUpError::Client(error.to_string()))
    }

    fn tls(&self, line: &Line) -> Result<ClientConfig, SetUpError> {
        let mut roots = self.roots.clone();
        if let Some(file) = &line.ca_file {
            trust(&mut roots, file)?;
        }
        let builder = verifying(roots)?;
        let mut config = match &line.client_certificate {
            None => builder.with_no_client_auth(),
            Some(own) => {
                let (chain, key) = identity(own)?;
                builder
                    .with_client_auth_cert(chain, key)
                    .map_err(|error| bad(&own.certificate, &error))?
            }
        };
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}

/// The system's certificates.
pub(super) fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

/// TLS that believes these certificates.
pub(super) fn verifying(
    roots: RootCertStore,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, SetUpError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SetUpError::Client(error.to_string()))?;
    Ok(builder.with_root_certificates(roots))
}

fn proxy_url(text: &str) -> Result<Url, SetUpError> {
    let url = Url::parse(text).map_err(|_| SetUpError::Proxy(text.to_owned()))?;
    let known = matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h");
    if known && url.has_host() { Ok(url) } else { Err(SetUpError::Proxy(text.to_owned())) }
}

/// Adds the certificates of a PEM file.
fn trust(roots: &mut RootCertStore, file: &Path) -> Result<(), SetUpError> {
    for certificate in certificates(file)? {
        roots.add(certificate).map_err(|error| bad(file, &error))?;
    }
    Ok(())
}

/// The certificates of a PEM file: at least one.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, SetUpError> {
    let text = read(file)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match found.map_err(|error| bad(file, &error))? {
        none if none.is_empty() => Err(bad(file, &"holds no certificate in PEM form")),
        some => Ok(some),
    }
}

fn identity(
    own: &ClientCertificate,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), SetUpError> {
    let chain = certificates(&own.certificate)?;
    let key = PrivateKeyDer::from_pem_slice(&read(&own.key)?).map_err(|e| bad(&own.key, &e))?;
    Ok((chain, key))
}

fn bad(file: &Path, reason: &impl ToString) -> SetUpError {
    SetUpError::File { file: file.to_owned(), reason: reason.to_string() }
}
