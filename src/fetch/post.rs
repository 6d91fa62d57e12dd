//! Sends a message to a receiver that a person configured: the door for webhooks.
//!
//! The address guard holds as for every request. A host's turns do not: they are politeness to
//! strangers, while a receiver asked for its messages, gets one at a time, and is obeyed where it
//! wants a pause. Redirects are not followed: the message is meant for one address.

use super::failure;
use super::get::{Fetcher, Shared};
use super::outcome::{Failure, FailureKind, Outcome};
use super::{Access, Freshness, guard};
use crate::model::{Link, Span};
use crate::observe::{now, steady};
use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::time::Duration;
use tokio::time::timeout;

/// Bytes that are read of an answer: enough for a person to see what is wrong.
const ANSWER_MAX: usize = 1 << 10;

/// How long the beginning of the body is waited for.
const BODY_PATIENCE: Duration = Duration::from_secs(2);

/// A message to send.
#[derive(Debug, Clone)]
pub struct Post {
    /// The receiver.
    pub url: Link,
    /// Header fields.
    pub headers: Vec<(&'static str, String)>,
    /// What is sent.
    pub body: Bytes,
    /// Longest time until the answer is there.
    pub timeout: Span,
}

/// A receiver's answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Posted {
    /// The status.
    pub status: u16,
    /// After which time to come again, where it says so.
    pub retry_after: Option<Duration>,
    /// The beginning of the body.
    pub body: Vec<u8>,
    /// From the connection to the answer.
    pub took: Duration,
}

impl Fetcher {
    /// What the receiver answers.
    ///
    /// # Errors
    /// The address is not public, a header cannot be sent, or no answer came in time.
    pub async fn post(&self, post: Post) -> Result<Posted, Failure> {
        self.shared.post(post).await
    }
}

impl Shared {
    async fn post(&self, post: Post) -> Result<Posted, Failure> {
        let set_up = |what: String| Failure::new(FailureKind::SetUp, what);
        let line = &Access::default().line;
        let client = self.clients.of(line, true).map_err(|e| set_up(e.to_string()))?;
        if guard::literal(post.url.url())
            .is_some_and(|ip| !guard::allowed(ip, &self.clients.allow(line)))
        {
            return Err(set_up(refusal(post.url.host())));
        }
        let headers = headers(&post.headers).ok_or_else(|| set_up("a header".to_owned()))?;
        let request = client.post(post.url.url().clone()).headers(headers).body(post.body);
        let began = steady();
        let late = |_| Failure::new(FailureKind::Timeout, format!("no answer in {}", post.timeout));
        let answer = timeout(post.timeout.get(), request.send()).await.map_err(late)?;
        let mut answer = answer.map_err(|error| unsent(&error))?;
        let mut body = Vec::new();
        // The status says it all: a body that breaks off or does not end changes nothing.
        let read = async {
            while body.len() < ANSWER_MAX
                && let Ok(Some(part)) = answer.chunk().await
            {
                body.extend(part.iter().take(ANSWER_MAX - body.len()));
            }
        };
        drop(timeout(BODY_PATIENCE, read).await);
        let status = answer.status().as_u16();
        let retry_after = Freshness::read(answer.headers(), now()).retry_after;
        Ok(Posted { status, retry_after, body, took: began.elapsed() })
    }
}

fn headers(fields: &[(&'static str, String)]) -> Option<HeaderMap> {
    let field = |(name, value): &(&'static str, String)| {
        Some((HeaderName::from_static(name), HeaderValue::from_str(value).ok()?))
    };
    fields.iter().map(field).collect()
}

fn unsent(error: &reqwest::Error) -> Failure {
    match failure::of_request(error) {
        Outcome::Failed(failure) => *failure,
        Outcome::Refused(reason) => Failure::new(FailureKind::SetUp, reason.to_string()),
        // No answer's header came.
        _ => Failure::new(FailureKind::Protocol, failure::words(error)),
    }
}

fn refusal(host: &str) -> String {
    super::Reason::PrivateAddress(host.to_owned()).to_string()
}
