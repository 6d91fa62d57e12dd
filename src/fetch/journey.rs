//! [`Journey`]: one fetch on its way through redirects: where it stands, what it asks there, how
//! much time is left, and what the redirects say of the feed's address.

use super::{Request, Settings};
use crate::model::Link;
use crate::observe::steady;
use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode};
use std::time::{Duration, Instant};

/// One fetch on its way through redirects.
pub(super) struct Journey<'r> {
    pub(super) request: &'r Request,
    /// The feed's own settings, or everybody's.
    pub(super) settings: &'r Settings,
    /// The address asked now.
    pub(super) at: Link,
    /// All addresses asked before, to find circles.
    behind: Vec<Link>,
    /// Every redirect so far was permanent and none gave up HTTPS.
    permanent: bool,
    /// Time spent on earlier hops, without waiting for turns.
    spent: Duration,
    /// When the present hop began.
    hop_start: Instant,
}

impl<'r> Journey<'r> {
    pub(super) fn new(request: &'r Request, settings: &'r Settings) -> Self {
        Self {
            request,
            settings,
            at: request.url.clone(),
            behind: Vec::new(),
            permanent: true,
            spent: Duration::ZERO,
            hop_start: steady(),
        }
    }

    /// Begins a hop, now that it is its host's turn; the time that is left for it.
    pub(super) fn depart(&mut self) -> Duration {
        self.hop_start = steady();
        self.settings.timeout.get().saturating_sub(self.spent)
    }

    /// Time spent on all hops so far, without waiting for turns.
    pub(super) fn took(&self) -> Duration {
        self.spent + self.took_hop()
    }

    /// Time spent on the present hop.
    pub(super) fn took_hop(&self) -> Duration {
        steady().duration_since(self.hop_start)
    }

    /// Turns to where a redirect leads.
    ///
    /// # Errors
    /// Why it is not followed.
    pub(super) fn follow(&mut self, redirect: Redirect) -> Result<(), &'static str> {
        self.spent = self.took();
        let Some(target) = redirect.target else { return Err("redirects to no web address") };
        if self.behind.len() >= self.settings.max_redirects {
            return Err("too many redirects");
        }
        let insecure = self.at.url().scheme() == "https" && target.url().scheme() == "http";
        self.permanent &= redirect.permanent && !insecure;
        self.behind.push(std::mem::replace(&mut self.at, target));
        if self.behind.contains(&self.at) { Err("redirects in a circle") } else { Ok(()) }
    }

    /// Where the document has moved to for good.
    pub(super) fn permanent_to(&self) -> Option<Link> {
        (self.permanent && !self.behind.is_empty()).then(|| self.at.clone())
    }

    /// True where the present address is asked whether something has changed.
    pub(super) fn is_conditional(&self) -> bool {
        self.request.is_conditional_at(&self.at)
    }

    /// True where the present address may answer with the new entries only.
    pub(super) fn wants_delta(&self) -> bool {
        self.request.wants_delta_at(&self.at)
    }
}

/// An answer that leads elsewhere.
pub(super) struct Redirect {
    permanent: bool,
    /// `None` where that is no web address.
    target: Option<Link>,
}

impl Redirect {
    /// Where `response` leads from `base`; `None` where it is no redirect.
    pub(super) fn of(response: &Response, base: &Link) -> Option<Self> {
        let permanent = match response.status() {
            StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT => true,
            StatusCode::FOUND | StatusCode::SEE_OTHER | StatusCode::TEMPORARY_REDIRECT => false,
            _ => return None,
        };
        Some(Self { permanent, target: target(response, base) })
    }
}

fn target(response: &Response, base: &Link) -> Option<Link> {
    let location = response.headers().get(LOCATION)?;
    let location = String::from_utf8_lossy(location.as_bytes());
    let mut url = Link::parse(&location, Some(base))?.url().clone();
    url.set_fragment(None);
    Link::from_url(url)
}
