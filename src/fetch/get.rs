//! [`Fetcher`]: one document by one call, redirects followed hop by hop.
//!
//! Each hop takes its host's turn, has its address judged, gets only the headers that are its own,
//! and runs within what is left of the fetch's time. Waiting for a turn is not counted: a crowded
//! host is not a slow one.

use super::body::{self, Bounds, LARGE_AT_ONCE};
use super::client::{Clients, SetUpError};
use super::journey::{Journey, is_redirect, target};
use super::outcome::{Failure, FailureKind, Fetched, Outcome, Reason, Unchanged};
use super::robots::{Known, Robots};
use super::{Freshness, Hosts, Kind, Request, Settings, failure, guard};
use crate::model::{ByteSize, Link, Validators};
use crate::observe::{now, steady};
use reqwest::header::{CONTENT_TYPE, ETAG, HeaderMap, HeaderName, LAST_MODIFIED, LINK};
use reqwest::{Client, Response, StatusCode};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use url::Position;

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
    robots: Robots,
    /// Our name in a `robots.txt`.
    token: String,
    large: Semaphore,
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
            robots: Robots::default(),
            token: identity.split(['/', ' ']).next().unwrap_or_default().to_owned(),
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
        self.shared.travel(request).await
    }
}

fn failed(kind: FailureKind, message: impl Into<String>) -> Outcome {
    Outcome::Failed(Box::new(Failure::new(kind, message)))
}

impl Shared {
    async fn travel(&self, request: &Request) -> Outcome {
        let client = match self.clients.of(&request.access.line) {
            Ok(client) => client,
            Err(error) => return failed(FailureKind::SetUp, error.to_string()),
        };
        let mut journey = Journey::new(request.url.clone());
        loop {
            if let Some(objection) = self.objection(request, &journey.at).await {
                return objection;
            }
            match self.hop(&client, request, &mut journey).await {
                Hop::Arrived(outcome) => return outcome,
                Hop::Redirect(status, target) => {
                    if let Err(reason) = journey.follow(status, target, self.settings.max_redirects)
                    {
                        let message = format!("{}: {reason}", journey.at);
                        return failed(FailureKind::Redirect, message);
                    }
                }
            }
        }
    }

    /// Why `url` is not asked; `None` where nothing speaks against it.
    async fn objection(&self, request: &Request, url: &Link) -> Option<Outcome> {
        let allow = self.clients.allow(&request.access.line);
        if guard::literal(url.url()).is_some_and(|ip| !guard::allowed(ip, &allow)) {
            return Some(Outcome::Refused(Reason::PrivateAddress(url.host().to_owned())));
        }
        if !self.settings.robots.binds(request.kind) {
            return None;
        }
        let known = self.robots_of(request, url).await;
        let Some(rules) = known.rules else { return known.trouble };
        if let Some(delay) = rules.delay {
            self.hosts.slow_down(url, delay);
        }
        let forbidden = !rules.allow(&url.url()[Position::BeforePath..Position::AfterQuery]);
        forbidden.then(|| Outcome::Refused(Reason::Robots(url.to_string())))
    }

    /// What is known of the `robots.txt` of `url`'s origin; asks for the file where that is old.
    async fn robots_of(&self, request: &Request, url: &Link) -> Known {
        let origin = url.url().origin().ascii_serialization();
        let place = self.robots.of(&origin);
        let mut place = place.lock().await;
        if let Some(known) = place.as_ref().filter(|known| known.is_fresh(steady())) {
            return known.clone();
        }
        let outcome = match Link::parse("/robots.txt", Some(url)) {
            Some(file) => {
                let access = Arc::clone(&request.access);
                let file = Request { access, ..Request::new(file, Kind::Robots) };
                Box::pin(self.travel(&file)).await
            }
            None => Outcome::Gone,
        };
        let known = Known::after(place.as_ref(), &outcome, &self.token, steady());
        self.robots.weigh(&known);
        *place = Some(known.clone());
        known
    }

    async fn hop(&self, client: &Client, request: &Request, journey: &mut Journey) -> Hop {
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
