//! [`Fetcher`]: one document by one call, redirects followed hop by hop.
//!
//! Each hop takes its host's turn, has its address judged, gets only the headers that are its own,
//! and runs within what is left of the fetch's time. Waiting for a turn is not counted: a crowded
//! host is not a slow one.

use super::body::{self, Bounds, LARGE_AT_ONCE};
use super::client::{Clients, SetUpError};
use super::outcome::{Failure, FailureKind, Fetched, Outcome, Reason, Unchanged};
use super::{Freshness, Hosts, Kind, Request, Settings, failure, guard};
use crate::model::{ByteSize, Link, Validators};
use crate::observe::{now, steady};
use reqwest::header::{CONTENT_TYPE, ETAG, HeaderMap, HeaderName, LAST_MODIFIED, LINK, LOCATION};
use reqwest::{Client, Response, StatusCode};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Longer validators are not stored: they would be sent with every request.
const VALIDATOR_MAX: usize = 1024;
/// `robots.txt` is read up to this size (RFC 9309, 2.5, asks for 500 KiB at least).
const ROBOTS_MAX: u64 = 512 * 1024;
/// The host's rest after 429 or 503 without a length.
const REST: Duration = Duration::from_secs(30);

/// The one door to the network. A cheap handle: clones share connections and politeness.
#[derive(Clone)]
pub struct Fetcher {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    clients: Clients,
    hosts: Hosts,
    large: Semaphore,
}

/// One fetch on its way through redirects.
struct Journey {
    /// The address asked now.
    at: Link,
    /// All addresses asked before, to find circles.
    behind: Vec<Link>,
    /// Every redirect so far was permanent and none gave up HTTPS.
    permanent: bool,
    /// Time spent so far, without waiting for turns.
    spent: Duration,
}

/// What one hop brought.
enum Hop {
    Redirect(StatusCode, Option<Link>),
    Arrived(Outcome),
}

impl Fetcher {
    /// A fetcher that introduces itself to servers as `identity`, the `User-Agent`: name, version
    /// and where to complain.
    ///
    /// # Errors
    /// Where `identity` cannot be sent, the proxy is none, or `ca_file` holds no certificates.
    pub fn new(settings: &Settings, identity: &str) -> Result<Self, SetUpError> {
        let shared = Shared {
            settings: settings.clone(),
            clients: Clients::new(settings, identity)?,
            hosts: Hosts::new(settings),
            large: Semaphore::new(LARGE_AT_ONCE),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Whose turn it is: for callers that prefer work which need not wait.
    pub fn hosts(&self) -> &Hosts {
        &self.shared.hosts
    }

    /// What the server made of `request`. Ends by itself: after the host's turn has come it takes
    /// at most [`Settings::timeout`].
    pub async fn get(&self, request: &Request) -> Outcome {
        let client = match self.shared.clients.of(&request.access.line) {
            Ok(client) => client,
            Err(error) => return failed(FailureKind::SetUp, error.to_string()),
        };
        let mut journey = Journey::new(request.url.clone());
        loop {
            match self.shared.hop(&client, request, &mut journey).await {
                Hop::Arrived(outcome) => return outcome,
                Hop::Redirect(status, target) => {
                    let most = self.shared.settings.max_redirects;
                    if let Err(reason) = journey.follow(status, target, most) {
                        let message = format!("{}: {reason}", journey.at);
                        return failed(FailureKind::Redirect, message);
                    }
                }
            }
        }
    }
}

fn failed(kind: FailureKind, message: impl Into<String>) -> Outcome {
    Outcome::Failed(Box::new(Failure::new(kind, message)))
}

impl Journey {
    fn new(at: Link) -> Self {
        Self { at, behind: Vec::new(), permanent: true, spent: Duration::ZERO }
    }

    fn follow(
        &mut self,
        status: StatusCode,
        target: Option<Link>,
        most: usize,
    ) -> Result<(), &'static str> {
        let Some(target) = target else { return Err("redirects to no web address") };
        if self.behind.len() >= most {
            return Err("too many redirects");
        }
        let insecure = self.at.url().scheme() == "https" && target.url().scheme() == "http";
        let permanent =
            matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT);
        self.permanent &= permanent && !insecure;
        self.behind.push(std::mem::replace(&mut self.at, target));
        if self.behind.contains(&self.at) { Err("redirects in a circle") } else { Ok(()) }
    }

    fn permanent_to(&self) -> Option<Link> {
        (self.permanent && !self.behind.is_empty()).then(|| self.at.clone())
    }
}

impl Shared {
    async fn hop(&self, client: &Client, request: &Request, journey: &mut Journey) -> Hop {
        let allow = self.clients.allow(&request.access.line);
        if guard::literal(journey.at.url()).is_some_and(|ip| !guard::allowed(ip, &allow)) {
            let host = journey.at.host().to_owned();
            return Hop::Arrived(Outcome::Refused(Reason::PrivateAddress(host)));
        }
        let permit = match self.hosts.admit(&journey.at).await {
            Ok(permit) => permit,
            Err(rest) => return Hop::Arrived(Outcome::Refused(Reason::HostPaused(rest))),
        };
        let start = steady();
        let left = self.settings.timeout.get().saturating_sub(journey.spent);
        let exchange = self.exchange(client, request, journey, start);
        let hop = timeout(left, exchange).await.unwrap_or_else(|_| {
            let most = self.settings.timeout;
            Hop::Arrived(failed(
                FailureKind::Timeout,
                format!("{}: not done in {most}", journey.at),
            ))
        });
        drop(permit);
        journey.spent += steady().duration_since(start);
        hop
    }

    /// Sends the request and reads the answer.
    async fn exchange(
        &self,
        client: &Client,
        request: &Request,
        journey: &Journey,
        start: Instant,
    ) -> Hop {
        let url = &journey.at;
        let sending = client.get(url.url().clone()).headers(request.headers_at(url)).send();
        let response = match timeout(self.settings.head_timeout.get(), sending).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Hop::Arrived(name(failure::of_request(&error), url)),
            Err(_) => {
                let most = self.settings.head_timeout;
                let message = format!("{url}: no answer in {most}");
                return Hop::Arrived(failed(FailureKind::Timeout, message));
            }
        };
        let status = response.status();
        if is_redirect(status) {
            return Hop::Redirect(status, target(&response, url));
        }
        Hop::Arrived(self.arrive(request, journey, response, start).await)
    }

    async fn arrive(
        &self,
        request: &Request,
        journey: &Journey,
        response: Response,
        start: Instant,
    ) -> Outcome {
        let status = response.status();
        let freshness = Freshness::read(response.headers(), now());
        let took = || journey.spent + steady().duration_since(start);
        match status {
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {
                match self.fetched(request, journey, response).await {
                    Ok(fetched) => {
                        Outcome::Fetched(Box::new(Fetched { freshness, took: took(), ..fetched }))
                    }
                    Err(failure) => name(Outcome::Failed(Box::new(failure)), &journey.at),
                }
            }
            StatusCode::NOT_MODIFIED if request.is_conditional_at(&journey.at) => {
                Outcome::Unchanged(Box::new(Unchanged {
                    final_url: journey.at.clone(),
                    permanent_to: journey.permanent_to(),
                    validators: validators(response.headers()),
                    freshness,
                    took: took(),
                }))
            }
            StatusCode::GONE => Outcome::Gone,
            _ => self.turned_away(status, freshness, &journey.at),
        }
    }

    async fn fetched(
        &self,
        request: &Request,
        journey: &Journey,
        response: Response,
    ) -> Result<Fetched, Failure> {
        let headers = response.headers();
        let status = response.status().as_u16();
        let validators = validators(headers);
        let content_type = texts(headers, &CONTENT_TYPE).next();
        let link_headers = texts(headers, &LINK).collect();
        let (body, wire_bytes) = body::read(response, &self.bounds(request)).await?;
        Ok(Fetched {
            final_url: journey.at.clone(),
            permanent_to: journey.permanent_to(),
            status,
            validators,
            freshness: Freshness::default(),
            content_type,
            link_headers,
            body,
            wire_bytes,
            took: Duration::ZERO,
        })
    }

    /// An answer without a document; a host that asks for rest gets it.
    fn turned_away(&self, status: StatusCode, freshness: Freshness, url: &Link) -> Outcome {
        if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            self.hosts.pause(url, freshness.retry_after.unwrap_or(REST));
        }
        let kind = FailureKind::Status(status.as_u16());
        let mut failure = Failure::new(kind, format!("{url}: the server answers {status}"));
        failure.freshness = freshness;
        Outcome::Failed(Box::new(failure))
    }

    fn bounds(&self, request: &Request) -> Bounds<'_> {
        let own = match request.kind {
            Kind::Feed => self.settings.max_body.get(),
            Kind::Page | Kind::Discovery => self.settings.max_page.get(),
            Kind::Robots => ROBOTS_MAX,
        };
        let max = request.max_bytes.map_or(own, ByteSize::get);
        Bounds { max, idle: self.settings.idle_timeout.get(), large: &self.large }
    }
}

/// Puts the address in front of a failure's message.
fn name(outcome: Outcome, url: &Link) -> Outcome {
    match outcome {
        Outcome::Failed(mut failure) => {
            failure.message = format!("{url}: {}", failure.message);
            Outcome::Failed(failure)
        }
        other => other,
    }
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Where a redirect leads; `None` where that is no web address.
fn target(response: &Response, base: &Link) -> Option<Link> {
    let location = response.headers().get(LOCATION)?;
    let mut url =
        Link::parse(&String::from_utf8_lossy(location.as_bytes()), Some(base))?.url().clone();
    url.set_fragment(None);
    Link::from_url(url)
}

fn validators(headers: &HeaderMap) -> Validators {
    let bytes = |name: &HeaderName| {
        let value = headers.get(name)?.as_bytes();
        (!value.is_empty() && value.len() <= VALIDATOR_MAX).then(|| value.to_vec())
    };
    Validators { etag: bytes(&ETAG), last_modified: bytes(&LAST_MODIFIED) }
}

fn texts<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = String> + 'h {
    headers
        .get_all(name)
        .into_iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
