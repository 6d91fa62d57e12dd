//! Settings of `fetch` and their defaults.

use super::Kind;
use crate::model::{ByteSize, Link, Span};
use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Requests in flight at once: enough to keep a line busy, few enough for a home router's table.
const CONCURRENCY: usize = 64;
/// Requests in flight at once to one host: what a browser of the polite kind opens.
const PER_HOST_CONCURRENCY: usize = 2;
/// From the start of one request to a host to the start of the next: what most `robots.txt` bear.
const PER_HOST_INTERVAL: Span = Span::seconds(1);
/// A whole fetch: the slowest healthy feeds need some ten seconds.
const TIMEOUT: Span = Span::seconds(30);
/// Name look-up, TCP and TLS together.
const CONNECT_TIMEOUT: Span = Span::seconds(10);
/// Until the answer's header is complete: some feeds are made anew for each request.
const HEAD_TIMEOUT: Span = Span::seconds(20);
/// Between two pieces of a body: a healthy server is never silent for this long.
const IDLE_TIMEOUT: Span = Span::seconds(10);
/// The largest feeds that people read have some ten MiB.
const MAX_BODY: ByteSize = ByteSize::mib(16);
/// The largest article pages have some five MiB, most of it script.
const MAX_PAGE: ByteSize = ByteSize::mib(8);
/// Scheme, `www`, path and language change make four; twice that is a fault.
const MAX_REDIRECTS: usize = 8;

/// Ten days: what most hubs grant.
const LEASE: Span = Span::seconds(864_000);

/// How documents are fetched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Requests in flight at once, all hosts together.
    #[schemars(range(min = 1))]
    pub concurrency: usize,
    /// Requests in flight at once to one host.
    #[schemars(range(min = 1))]
    pub per_host_concurrency: usize,
    /// Least time from the start of one request to a host to the start of the next.
    pub per_host_interval: Span,
    /// Longest time for a whole fetch, redirects included, waiting for the host's turn excluded.
    pub timeout: Span,
    /// Longest time for look-up, connection and TLS handshake.
    pub connect_timeout: Span,
    /// Longest time until the answer's header is complete.
    pub head_timeout: Span,
    /// Longest silence within a body.
    pub idle_timeout: Span,
    /// Largest feed, counted on the wire and again after inflating.
    pub max_body: ByteSize,
    /// Largest article page, counted likewise.
    pub max_page: ByteSize,
    /// Most redirects followed in one fetch.
    pub max_redirects: usize,
    /// Which requests ask a host's `robots.txt` first.
    pub robots: ObeyRobots,
    /// Networks that may be asked although they are not public, such as `10.0.0.0/8`.
    #[schemars(with = "Vec<String>", example = ["10.0.0.0/8"])]
    pub allow_private_networks: Vec<IpNet>,
    /// Proxy for all requests: `http://…`, `socks5://…` (we look names up) or `socks5h://…` (it does).
    pub proxy: Option<String>,
    /// Certificates (PEM) trusted besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// Pushes by WebSub hubs; off where `callback` or `listen` is not set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WebSubSettings {
    /// Address under which hubs reach `listen`, such as `https://desk.example.org/push`: usually a
    /// web server's in front of it. Hubs then tell of new entries at once, and feeds that they
    /// speak for are polled a dozen times more rarely.
    pub callback: Option<String>,
    /// Where hubs' calls arrive; nothing else is served there.
    #[schemars(with = "Option<String>")]
    pub listen: Option<SocketAddr>,
    /// For how long hubs are asked to push; renewed in time.
    pub lease: Span,
}

impl Default for WebSubSettings {
    fn default() -> Self {
        Self { callback: None, listen: None, lease: LEASE }
    }
}

impl WebSubSettings {
    /// The callback where pushes are wanted.
    pub fn base(&self) -> Option<Link> {
        self.listen?;
        Link::parse(self.callback.as_deref()?, None)
    }

    /// What is wrong with the settings: the key, the fault, the remedy.
    pub fn faults(&self) -> Vec<(&'static str, String, String)> {
        let wrong = |text: &&String| Link::parse(text, None).is_none();
        if let Some(text) = self.callback.as_ref().filter(wrong) {
            let advice = "write for example `callback = \"https://desk.example.org/push\"`";
            return vec![("callback", format!("`{text}` is no web address"), advice.to_owned())];
        }
        let (key, other) = match (&self.callback, self.listen) {
            (Some(_), None) => ("callback", "listen"),
            (None, Some(_)) => ("listen", "callback"),
            _ => return Vec::new(),
        };
        vec![(key, format!("without `{other}` no hub can call"), format!("set `{other}` as well"))]
    }
}

/// Which requests ask a host's `robots.txt` first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ObeyRobots {
    /// None.
    Off,
    /// Requests that nobody configured: article pages and the search for feeds. A feed is meant to
    /// be read by programs.
    Articles,
    /// All, feeds too.
    All,
}

impl ObeyRobots {
    pub(super) fn binds(self, kind: Kind) -> bool {
        match kind {
            Kind::Robots => false,
            Kind::Feed => self == Self::All,
            Kind::Page | Kind::Discovery => self != Self::Off,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            concurrency: CONCURRENCY,
            per_host_concurrency: PER_HOST_CONCURRENCY,
            per_host_interval: PER_HOST_INTERVAL,
            timeout: TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
            head_timeout: HEAD_TIMEOUT,
            idle_timeout: IDLE_TIMEOUT,
            max_body: MAX_BODY,
            max_page: MAX_PAGE,
            max_redirects: MAX_REDIRECTS,
            robots: ObeyRobots::Articles,
            allow_private_networks: Vec::new(),
            proxy: None,
            ca_file: None,
        }
    }
}
