//! [`Journey`]: one fetch on its way through redirects, and what they say of the feed's address.

use crate::model::Link;
use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode};
use std::time::Duration;

/// One fetch on its way through redirects.
pub(super) struct Journey {
    /// The address asked now.
    pub(super) at: Link,
    /// All addresses asked before, to find circles.
    behind: Vec<Link>,
    /// Every redirect so far was permanent and none gave up HTTPS.
    permanent: bool,
    /// Time spent so far, without waiting for turns.
    pub(super) spent: Duration,
}

impl Journey {
    pub(super) fn new(at: Link) -> Self {
        Self { at, behind: Vec::new(), permanent: true, spent: Duration::ZERO }
    }

    pub(super) fn follow(
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

    pub(super) fn permanent_to(&self) -> Option<Link> {
        (self.permanent && !self.behind.is_empty()).then(|| self.at.clone())
    }
}

pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Where a redirect leads; `None` where that is no web address.
pub(super) fn target(response: &Response, base: &Link) -> Option<Link> {
    let location = response.headers().get(LOCATION)?;
    let mut url =
        Link::parse(&String::from_utf8_lossy(location.as_bytes()), Some(base))?.url().clone();
    url.set_fragment(None);
    Link::from_url(url)
}
