//! Sends a form to a hub: the only request that is no GET.

use super::get::{Fetcher, Shared, bearing_of};
use super::hosts::Bearing;
use super::outcome::{Failure, FailureKind};
use super::{Access, failure, guard};
use crate::model::Link;
use reqwest::header::CONTENT_TYPE;
use tokio::time::timeout;

/// The media type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

impl Fetcher {
    /// Whether the server at `url` took `form`, the fields of an HTML form; asked in its host's
    /// turn, without headers of any feed, redirects not followed.
    ///
    /// # Errors
    /// The address is not public, nobody answered, or the answer is no success.
    pub async fn submit(&self, url: &Link, form: String) -> Result<(), Failure> {
        self.shared.submit(url, form).await
    }
}

impl Shared {
    async fn submit(&self, url: &Link, form: String) -> Result<(), Failure> {
        let refused = |what: String| Failure::new(FailureKind::SetUp, what);
        let line = &Access::default().line;
        let client = self.clients.of(line, false).map_err(|e| refused(e.to_string()))?;
        if guard::literal(url.url())
            .is_some_and(|ip| !guard::allowed(ip, &self.clients.allow(line)))
        {
            return Err(refused(format!("{} is not a public address", url.host())));
        }
        let rests = |_| refused("the host asked for rest".to_owned());
        let permit = self.hosts.admit(url).await.map_err(rests)?;
        let request = client.post(url.url().clone()).header(CONTENT_TYPE, FORM).body(form);
        let answer = timeout(self.settings.head_timeout.get(), request.send()).await;
        let result = match answer {
            Ok(Ok(answer)) if answer.status().is_success() => Ok(()),
            Ok(Ok(answer)) => {
                let status = answer.status();
                let kind = FailureKind::Status(status.as_u16());
                Err(Failure::new(kind, format!("the server answers {status}")))
            }
            Ok(Err(error)) => Err(Failure::new(FailureKind::Protocol, failure::words(&error))),
            Err(_) => Err(Failure::new(FailureKind::Timeout, "no answer in time")),
        };
        let bearing = result.as_ref().err().map_or(Bearing::Well, bearing_of);
        self.hosts.done(url, permit, bearing);
        result
    }
}
