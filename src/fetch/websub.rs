//! The subscriber's side of WebSub (W3C recommendation of 2018), as far as it needs no socket: who
//! the hub is, what to ask it for, which of its calls to believe, when to renew.
//!
//! A subscription saves polls, it never replaces them; who has no public address goes on polling.

use crate::model::{Link, Timestamp};
use ring::hmac;
use std::time::Duration;

/// Longest secret that a hub has to take, in bytes (section 5.1).
const SECRET_MAX: usize = 199;
/// A lease is renewed after this part of it has gone, at the earliest and at the latest.
const RENEW: (f64, f64) = (0.75, 0.9);
/// Bounds of what a hub may grant: shorter leases would be polling, longer ones forgotten ones.
const LEASE_MIN: Duration = Duration::from_mins(5);
const LEASE_MAX: Duration = Duration::from_hours(30 * 24);
/// `Link` headers read in one answer.
const LINKS_MAX: usize = 32;

/// Where a feed's publisher announces new entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Announced {
    /// The hub to subscribe at.
    pub hub: Option<Link>,
    /// The address to subscribe to: the feed's own, as its publisher gives it.
    pub topic: Option<Link>,
}

/// What the `Link` headers of a feed's answer announce (RFC 8288), the first of each kind;
/// relative addresses are taken from `base`.
pub fn announced(link_headers: &[String], base: &Link) -> Announced {
    let mut found = Announced::default();
    for link in link_headers.iter().flat_map(|header| links(header)).take(LINKS_MAX) {
        let (target, parameters) = link;
        for relation in relations(parameters) {
            let place = match relation.to_ascii_lowercase().as_str() {
                "hub" => &mut found.hub,
                "self" => &mut found.topic,
                _ => continue,
            };
            *place = place.take().or_else(|| Link::parse(target, Some(base)));
        }
    }
    found
}

/// The links of one header: target and parameters of each.
fn links(header: &str) -> impl Iterator<Item = (&str, &str)> {
    header.split('<').skip(1).filter_map(|link| link.split_once('>'))
}

/// The relations that a link's parameters name.
fn relations(parameters: &str) -> impl Iterator<Item = &str> {
    parameters
        .split([';', ','])
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("rel"))
        .flat_map(|(_, value)| value.trim().trim_matches('"').split_ascii_whitespace())
}

/// One subscription, from the request to the hub on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    topic: Link,
    callback: Link,
    secret: String,
}

/// What a hub asks at the callback before it believes a request (section 5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intent<'q> {
    /// `hub.mode`.
    pub mode: &'q str,
    /// `hub.topic`.
    pub topic: &'q str,
    /// `hub.challenge`; absent in a denial.
    pub challenge: Option<&'q str>,
    /// `hub.lease_seconds`.
    pub lease_seconds: Option<u64>,
}

/// What to make of a hub's question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply<'q> {
    /// It is ours: answer 200 with this text; pushes come for so long.
    Confirm(&'q str, Duration),
    /// The hub does not want us: go on polling.
    Denied,
    /// Nobody here asked for that: answer 404.
    Unknown,
}

impl Subscription {
    /// A subscription to `topic` whose pushes come to `callback`, an address that nobody can
    /// guess, signed with `secret`. `None` where a hub need not take the secret.
    pub fn new(topic: Link, callback: Link, secret: String) -> Option<Self> {
        let usable = (1..=SECRET_MAX).contains(&secret.len());
        usable.then_some(Self { topic, callback, secret })
    }

    /// The form that asks a hub for pushes for `lease`.
    pub fn form(&self, lease: Duration) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("hub.mode", "subscribe")
            .append_pair("hub.topic", self.topic.as_str())
            .append_pair("hub.callback", self.callback.as_str())
            .append_pair("hub.secret", &self.secret)
            .append_pair("hub.lease_seconds", &lease.as_secs().to_string())
            .finish()
    }

    /// What to make of a hub's question at the callback.
    pub fn reply<'q>(&self, intent: &Intent<'q>) -> Reply<'q> {
        match (intent.mode, intent.challenge) {
            _ if intent.topic != self.topic.as_str() => Reply::Unknown,
            ("subscribe", Some(challenge)) => {
                let lease = Duration::from_secs(intent.lease_seconds.unwrap_or_default());
                Reply::Confirm(challenge, lease.clamp(LEASE_MIN, LEASE_MAX))
            }
            ("denied", _) => Reply::Denied,
            _ => Reply::Unknown,
        }
    }

    /// True where `signature`, the value of `X-Hub-Signature`, was made of `body` with our secret.
    /// Compared in constant time. A push without one is to be thanked for and thrown away.
    pub fn is_genuine(&self, signature: &str, body: &[u8]) -> bool {
        let Some((method, digits)) = signature.trim().split_once('=') else { return false };
        let algorithm = match method.to_ascii_lowercase().as_str() {
            "sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            "sha256" => hmac::HMAC_SHA256,
            "sha384" => hmac::HMAC_SHA384,
            "sha512" => hmac::HMAC_SHA512,
            _ => return false,
        };
        let key = hmac::Key::new(algorithm, self.secret.as_bytes());
        unhex(digits).is_some_and(|tag| hmac::verify(&key, body, &tag).is_ok())
    }
}

/// When to renew a lease that was granted at `granted`: when most of it has gone, the exact part
/// by `jitter` (0 to 1), so that leases granted together are not renewed together.
pub fn renew_at(granted: Timestamp, lease: Duration, jitter: f64) -> Timestamp {
    let (earliest, latest) = RENEW;
    let part = earliest + (latest - earliest) * jitter.clamp(0.0, 1.0);
    granted.saturating_add(lease.mul_f64(part)).unwrap_or(Timestamp::MAX)
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.as_bytes();
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|v| u8::try_from(v).ok());
    let bytes = digits.chunks(2).map(|pair| match pair {
        [high, low] => Some(value(*high)? << 4 | value(*low)?),
        _ => None,
    });
    bytes.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(text: &str) -> Link {
        Link::parse(text, None).unwrap()
    }

    #[track_caller]
    fn check(headers: &[&str], hub: Option<&str>, topic: Option<&str>) {
        let headers: Vec<_> = headers.iter().map(|&header| header.to_owned()).collect();
        let expect = Announced { hub: hub.map(link), topic: topic.map(link) };
        assert_eq!(announced(&headers, &link("https://a.example/feed")), expect, "{headers:?}");
    }

    #[test]
    fn hubs_are_found_in_headers() {
        let (hub, own) = ("https://hub.example/?a=1,2", "https://a.example/feed");
        check(
            &["<https://hub.example/?a=1,2>; rel=\"hub\"", "</feed>; rel=self"],
            Some(hub),
            Some(own),
        );
        check(&["</feed>;rel=self, <https://hub.example/?a=1,2>; REL=hub"], Some(hub), Some(own));
        check(&["</feed>; title=\"x\"; rel=\"alternate self\""], None, Some(own));
        check(
            &["<https://hub.example/?a=1,2>; rel=hub, <https://b.example/>; rel=hub"],
            Some(hub),
            None,
        );
        check(&["<javascript:x>; rel=hub", "rel=hub", "<", "<>;rel=hub"], None, None);
    }

    fn subscription() -> Subscription {
        let (topic, callback) = (link("https://a.example/feed"), link("https://me.example/w/x1"));
        Subscription::new(topic, callback, "key".to_owned()).unwrap()
    }

    #[test]
    fn the_form_says_what_we_want() {
        let form = subscription().form(Duration::from_hours(24));
        assert!(form.contains("hub.mode=subscribe"), "{form}");
        assert!(form.contains("hub.topic=https%3A%2F%2Fa.example%2Ffeed"), "{form}");
        assert!(form.contains("hub.lease_seconds=86400"), "{form}");
        let (a, b) = (link("https://a.example/"), link("https://b.example/"));
        assert_eq!(Subscription::new(a, b, "s".repeat(200)), None);
    }

    #[test]
    fn only_what_was_asked_for_is_confirmed() {
        let ours = Intent {
            mode: "subscribe",
            topic: "https://a.example/feed",
            challenge: Some("abc"),
            lease_seconds: Some(86_400),
        };
        let reply = |intent: Intent<'static>| subscription().reply(&intent);
        assert_eq!(reply(ours), Reply::Confirm("abc", Duration::from_hours(24)));
        assert_eq!(
            reply(Intent { lease_seconds: Some(u64::MAX), ..ours }),
            Reply::Confirm("abc", LEASE_MAX)
        );
        assert_eq!(reply(Intent { topic: "https://b.example/", ..ours }), Reply::Unknown);
        assert_eq!(reply(Intent { mode: "unsubscribe", ..ours }), Reply::Unknown);
        assert_eq!(reply(Intent { challenge: None, ..ours }), Reply::Unknown);
        assert_eq!(reply(Intent { mode: "denied", challenge: None, ..ours }), Reply::Denied);
    }

    #[test]
    fn signatures_are_checked() {
        // The sentence whose digests everybody knows.
        let body = b"The quick brown fox jumps over the lazy dog";
        let genuine = |signature: &str| subscription().is_genuine(signature, body);
        assert!(genuine("sha1=de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9"));
        let sha256 = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
        assert!(genuine(&format!("sha256={sha256}")));
        assert!(genuine(&format!("SHA256={}", sha256.to_uppercase())));
        for wrong in
            ["", "sha256", "sha256=", "sha256=f7bc", "md5=80070713463e7749b90c2dc24911e275"]
        {
            assert!(!genuine(wrong), "{wrong}");
        }
        assert!(!genuine(&format!("sha512={sha256}")));
        assert!(!subscription().is_genuine(&format!("sha256={sha256}"), b"another"));
    }

    #[test]
    fn leases_are_renewed_in_time() {
        let granted: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
        let after = |jitter| {
            renew_at(granted, Duration::from_secs(1000), jitter).duration_since(granted).as_secs()
        };
        assert_eq!((after(0.0), after(1.0), after(9.0)), (750, 900, 900));
        assert_eq!(renew_at(Timestamp::MAX, LEASE_MAX, 0.5), Timestamp::MAX);
    }
}
