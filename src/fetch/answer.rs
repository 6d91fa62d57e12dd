//! What an answer means: a document, "not modified", "gone", or a status that is a failure.

use super::body::{self, Bounds};
use super::journey::Journey;
use super::outcome::{Failure, FailureKind, Fetched, Outcome, Unchanged};
use super::{Freshness, Kind};
use crate::model::{ByteSize, Validators};
use crate::observe::now;
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, ETAG, HeaderMap, HeaderName, LAST_MODIFIED, LINK};
use tokio::sync::Semaphore;

/// Longer validators are not stored: they would be sent with every request.
const VALIDATOR_MAX: usize = 1024;
/// `robots.txt` is read up to this size (RFC 9309, 2.5, asks for 500 KiB at least).
const ROBOTS_MAX: ByteSize = ByteSize::mib(1);

/// The meaning of `response`, its body read. `large` are the permits for large bodies.
pub(super) async fn read(response: Response, journey: &Journey<'_>, large: &Semaphore) -> Outcome {
    let delta = journey.wants_delta() && is_feed_delta(response.headers());
    match response.status().as_u16() {
        200 | 203 => document(response, journey, large).await,
        226 if delta => document(response, journey, large).await,
        304 if journey.is_conditional() => {
            Outcome::Unchanged(Box::new(unchanged(&response, journey)))
        }
        410 => Outcome::Gone,
        status => {
            let what = format!("the server answers {}", response.status());
            let mut failure = Failure::new(FailureKind::Status(status), what);
            failure.freshness = Freshness::read(response.headers(), now());
            Outcome::Failed(Box::new(failure))
        }
    }
}

async fn document(response: Response, journey: &Journey<'_>, large: &Semaphore) -> Outcome {
    let status = response.status().as_u16();
    let headers = response.headers();
    let freshness = Freshness::read(headers, now());
    let validators = validators(headers);
    let content_type = texts(headers, &CONTENT_TYPE).next();
    let link_headers = texts(headers, &LINK).collect();
    let (body, wire_bytes) = match body::read(response, &bounds(journey, large)).await {
        Ok(read) => read,
        Err(failure) => return Outcome::Failed(Box::new(failure)),
    };
    Outcome::Fetched(Box::new(Fetched {
        final_url: journey.at.clone(),
        permanent_to: journey.permanent_to(),
        status,
        validators,
        freshness,
        content_type,
        link_headers,
        body,
        wire_bytes,
        took: journey.took(),
    }))
}

fn unchanged(response: &Response, journey: &Journey<'_>) -> Unchanged {
    Unchanged {
        final_url: journey.at.clone(),
        permanent_to: journey.permanent_to(),
        validators: validators(response.headers()),
        freshness: Freshness::read(response.headers(), now()),
        took: journey.took(),
    }
}

fn bounds<'l>(journey: &Journey<'_>, large: &'l Semaphore) -> Bounds<'l> {
    let own = match journey.request.kind {
        Kind::Feed => journey.settings.max_body,
        Kind::Page | Kind::Discovery => journey.settings.max_page,
        Kind::Robots => ROBOTS_MAX,
    };
    let max = journey.request.max_bytes.unwrap_or(own).get();
    Bounds { max, idle: journey.settings.idle_timeout.get(), large }
}

/// True where an answer says that it holds the new entries of a feed only.
fn is_feed_delta(headers: &HeaderMap) -> bool {
    let used = headers.get("im").and_then(|value| value.to_str().ok()).unwrap_or_default();
    used.split(',').any(|name| name.trim().eq_ignore_ascii_case("feed"))
}

fn validators(headers: &HeaderMap) -> Validators {
    let bytes = |name: &HeaderName| {
        let value = headers.get(name)?.as_bytes();
        (!value.is_empty() && value.len() <= VALIDATOR_MAX).then(|| value.to_vec())
    };
    Validators { etag: bytes(&ETAG), last_modified: bytes(&LAST_MODIFIED) }
}

fn texts<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = String> + 'h {
    let values = headers.get_all(name).into_iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}
