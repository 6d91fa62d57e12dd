//! [`Fetcher`]: one document by one call, redirects followed hop by hop.
//!
//! Each hop has its address judged, `robots.txt` asked where that binds, takes its host's turn,
//! gets only the headers that are its own, and runs within what is left of the fetch's time.
//! Waiting for a turn is not counted: a crowded host is not a slow one.

use super::body::LARGE_AT_ONCE;
use super::client::{Clients, SetUpError};
use super::hosts::Bearing;
use super::journey::{Journey, Redirect};
use super::line::Line;
use super::outcome::{Failure, FailureKind, Outcome, Reason};
use super::robots::{Known, Robots};
use super::warm::Warm;
use super::{Hosts, Kind, Request, Settings, answer, failure, guard};
use crate::model::Link;
use crate::observe::steady;
use reqwest::Client;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use url::Position;

/// A host that takes longer for one answer is asked by fewer at once.
const SLOW: Duration = Duration::from_secs(5);

/// The one door to the network. A cheap handle: clones share connections and politeness.
#[derive(Clone)]
pub struct Fetcher {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) clients: Clients,
    pub(super) hosts: Hosts,
    robots: Arc<Robots>,
    line: Line,
    warm: Warm,
    /// Our name in a `robots.txt`.
    token: String,
    large: Semaphore,
}

/// What one hop brought.
enum Hop {
    Redirected(Redirect),
    Arrived(Outcome),
}

impl Fetcher {
    /// A fetcher that introduces itself to servers as `identity`, the `User-Agent`: name, version
    /// and where to complain.
    ///
    /// # Errors
    /// Where `identity` cannot be sent, the proxy is none, or `ca_file` holds no certificates.
    pub fn new(settings: &Settings, identity: &str) -> Result<Self, SetUpError> {
        Shared::new(settings, identity).map(|shared| Self { shared: Arc::new(shared) })
    }

    /// A fetcher with other settings that remembers what this one learned: files of `robots.txt`,
    /// and, unless their limits changed, what each host bears.
    ///
    /// # Errors
    /// As [`Fetcher::new`].
    pub fn renewed(&self, settings: &Settings, identity: &str) -> Result<Self, SetUpError> {
        let old = &self.shared;
        let fresh = Shared {
            hosts: old.hosts.renewed(&old.settings, settings),
            robots: Arc::clone(&old.robots),
            ..Shared::new(settings, identity)?
        };
        Ok(Self { shared: Arc::new(fresh) })
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

impl Shared {
    fn new(settings: &Settings, identity: &str) -> Result<Self, SetUpError> {
        Ok(Self {
            settings: settings.clone(),
            clients: Clients::new(settings, identity)?,
            hosts: Hosts::new(settings),
            robots: Arc::default(),
            line: Line::default(),
            warm: Warm::default(),
            token: identity.split(['/', ' ']).next().unwrap_or_default().to_owned(),
            large: Semaphore::new(LARGE_AT_ONCE),
        })
    }

    async fn travel(&self, request: &Request) -> Outcome {
        let settings = request.settings.as_deref().unwrap_or(&self.settings);
        let mut journey = Journey::new(request, settings);
        loop {
            if let Some(objection) = self.objection(&journey).await {
                return objection;
            }
            match self.hop(&mut journey).await {
                Hop::Arrived(outcome) => return name(outcome, &journey.at),
                Hop::Redirected(redirect) => {
                    if let Err(reason) = journey.follow(redirect) {
                        return name(failed(FailureKind::Redirect, reason), &journey.at);
                    }
                }
            }
        }
    }

    /// Why the next address is not asked; `None` where nothing speaks against it.
    async fn objection(&self, journey: &Journey<'_>) -> Option<Outcome> {
        let (request, url) = (journey.request, &journey.at);
        let allow = self.clients.allow(&request.access.line);
        if guard::literal(url.url()).is_some_and(|ip| !guard::allowed(ip, &allow)) {
            return Some(Outcome::Refused(Reason::PrivateAddress(url.host().to_owned())));
        }
        if !journey.settings.robots.binds(request.kind) {
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
                let settings = request.settings.clone();
                let file = Request { access, settings, ..Request::new(file, Kind::Robots) };
                Box::pin(self.travel(&file)).await
            }
            None => Outcome::Gone,
        };
        let known = Known::after(place.as_ref(), &outcome, &self.token, steady());
        self.robots.weigh(&known);
        *place = Some(known.clone());
        known
    }

    /// Asks the next address, when it is its host's turn.
    async fn hop(&self, journey: &mut Journey<'_>) -> Hop {
        if self.line.is_down(&journey.at, steady()) {
            return Hop::Arrived(Outcome::Refused(Reason::Offline));
        }
        let permit = match self.hosts.admit(&journey.at).await {
            Ok(permit) => permit,
            Err(rest) => return Hop::Arrived(Outcome::Refused(Reason::HostPaused(rest))),
        };
        let kept = self.warm.may_stay(&journey.at, steady());
        let client = match self.clients.of(&journey.request.access.line, kept) {
            Ok(client) => client,
            Err(error) => return Hop::Arrived(failed(FailureKind::SetUp, error.to_string())),
        };
        let left = journey.depart();
        // Most of those who wait for their turn would keep room for it.
        let exchange = Box::pin(self.exchange(&client, journey));
        let hop = match timeout(left, exchange).await {
            Ok(hop) => hop,
            Err(_) => Hop::Arrived(failed(
                FailureKind::Timeout,
                format!("not done in {}", journey.settings.timeout),
            )),
        };
        self.hosts.done(&journey.at, permit, bearing(&hop, journey.took_hop()));
        if self.line.note(&journey.at, is_unreached(&hop), steady()) {
            return Hop::Arrived(Outcome::Refused(Reason::Offline));
        }
        hop
    }

    /// Sends the request and reads the answer.
    async fn exchange(&self, client: &Client, journey: &Journey<'_>) -> Hop {
        let url = &journey.at;
        let request = client.get(url.url().clone()).headers(journey.request.headers_at(url));
        let longest = journey.settings.head_timeout;
        let response = match timeout(longest.get(), request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Hop::Arrived(failure::of_request(&error)),
            Err(_) => {
                let what = format!("no answer in {longest}");
                return Hop::Arrived(failed(FailureKind::Timeout, what));
            }
        };
        match Redirect::of(&response, url) {
            Some(redirect) => Hop::Redirected(redirect),
            None => Hop::Arrived(answer::read(response, journey, &self.large).await),
        }
    }
}

/// What the answer says of how much its host bears.
fn bearing(hop: &Hop, took: Duration) -> Bearing {
    match hop {
        Hop::Arrived(Outcome::Failed(failure)) => bearing_of(failure),
        _ if took > SLOW => Bearing::Slowly,
        _ => Bearing::Well,
    }
}

/// What a failure says of how much its host bears.
pub(super) fn bearing_of(failure: &Failure) -> Bearing {
    match failure.kind {
        FailureKind::Status(429 | 503) => Bearing::Not(failure.freshness.retry_after),
        FailureKind::Status(403) => Bearing::Forbidden,
        FailureKind::Timeout => Bearing::Slowly,
        _ => Bearing::Well,
    }
}

/// True where nobody was reached: the host's fault, or our line's.
fn is_unreached(hop: &Hop) -> bool {
    matches!(hop, Hop::Arrived(Outcome::Failed(failure)) if failure.kind.may_be_offline())
}

fn failed(kind: FailureKind, message: impl Into<String>) -> Outcome {
    Outcome::Failed(Box::new(Failure::new(kind, message)))
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
