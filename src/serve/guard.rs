//! Who may ask over TCP. A unix socket needs no guard: its file's mode says who may connect.
//!
//! On loopback every program of the machine may read, but no web page in a person's browser: a page
//! can make its own name point to 127.0.0.1 (DNS rebinding), and then the `Host` header gives it
//! away. Everywhere else a token is needed; it also opens loopback under any name, for a proxy.

use super::Problem;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use std::sync::Arc;

/// Paths that anybody may ask: they tell nothing but that the daemon lives, and those who watch
/// over it have no token.
const OPEN: [&str; 2] = ["/healthz", "/readyz"];

/// The rule of one TCP listener.
#[derive(Clone)]
pub struct Guard {
    /// True where only programs of this machine can connect.
    pub loopback: bool,
    /// What strangers must send; nobody gets in from elsewhere without one.
    pub token: Option<Arc<str>>,
}

/// The routes behind a guard.
pub fn guarded(router: Router, guard: Guard) -> Router {
    router.layer(from_fn_with_state(guard, watch))
}

async fn watch(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if OPEN.contains(&request.uri().path()) || guard.knows(headers) {
        return next.run(request).await;
    }
    let host = host(&request);
    match guard.loopback {
        // A page in a browser cannot read what it is not told, but it can send forms.
        true if is_loopback(host) && !request.method().is_safe() => {
            Problem::stranger().into_response()
        }
        true if is_loopback(host) => next.run(request).await,
        true => Problem::misdirected(host).into_response(),
        false => {
            let mut answer = Problem::stranger().into_response();
            let ask = header::HeaderValue::from_static("Bearer");
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, ask);
            answer
        }
    }
}

impl Guard {
    /// True where the request brings the token.
    fn knows(&self, headers: &HeaderMap) -> bool {
        let sent = headers.get(header::AUTHORIZATION).map(header::HeaderValue::as_bytes);
        let sent = sent.and_then(|value| value.strip_prefix(b"Bearer "));
        // Hashes are compared, so that the time taken tells nothing about the token.
        let same = |token: &str, sent: &[u8]| blake3::hash(token.as_bytes()) == blake3::hash(sent);
        self.token.as_deref().zip(sent).is_some_and(|(token, sent)| same(token, sent))
    }
}

/// The name under which the client knows us, with or without a port.
fn host(request: &Request) -> &str {
    let header = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    request.uri().host().or(header).unwrap_or_default()
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None if host.matches(':').count() > 1 => host,
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_address = name.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    is_address || name.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(host: &str, expect: bool) {
        assert_eq!(is_loopback(host), expect, "{host}");
    }

    #[test]
    fn loopback_has_few_names() {
        for own in ["localhost", "LocalHost:7420", "127.0.0.1:80", "127.8.9.1", "[::1]:80", "::1"] {
            check(own, true);
        }
        for foreign in [
            "",
            "example.org",
            "localhost.example.org",
            "127.0.0.1.example.org",
            "[fe80::1]:80",
            "10.0.0.1",
        ] {
            check(foreign, false);
        }
    }
}
