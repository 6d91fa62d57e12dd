//! [`Freshness`]: what an answer's header says about asking again (RFC 9110, RFC 9111).
//!
//! Lenient, because servers are: what cannot be read counts as not said. All lengths are capped at
//! [`LONGEST`], so that nobody downstream can overflow; what to make of them is `schedule`'s work.

use crate::model::Timestamp;
use jiff::fmt::{rfc2822, strtime};
use reqwest::header::{
    AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName, PRAGMA, RETRY_AFTER,
};
use std::time::Duration;

/// Ten years: longer is not meant seriously.
const LONGEST: Duration = Duration::from_hours(10 * 365 * 24);

/// What an answer's header says about asking again. Lengths count from the moment of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Freshness {
    /// `Cache-Control: max-age` less `Age`.
    pub max_age: Option<Duration>,
    /// `Expires` less `Date`, so that a wrong clock at the server does no harm; zero where past.
    pub expires_in: Option<Duration>,
    /// `Retry-After`, or the reset of a rate limit that has nothing left.
    pub retry_after: Option<Duration>,
    /// `no-cache` or `no-store`: the answer is stale at once.
    pub no_cache: bool,
    /// The server's clock at the moment of the answer; `None` for an answer out of a cache.
    pub date: Option<Timestamp>,
}

impl Freshness {
    /// What `headers` say in an answer that came at `now`.
    pub(super) fn read(headers: &HeaderMap, now: Timestamp) -> Self {
        let date = date(headers, &DATE);
        let server_now = date.unwrap_or(now);
        let mut freshness = Self {
            expires_in: text(headers, &EXPIRES)
                .map(|value| http_date(value).map_or(Duration::ZERO, |at| until(server_now, at))),
            retry_after: retry_after(headers, server_now).or_else(|| exhausted(headers, now)),
            no_cache: all(headers, &PRAGMA).any(|value| value.contains("no-cache")),
            max_age: None,
            date: date.filter(|_| !headers.contains_key(AGE)),
        };
        let age = text(headers, &AGE).and_then(seconds).unwrap_or_default();
        for directive in all(headers, &CACHE_CONTROL).flat_map(|value| value.split(',')) {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "max-age" => {
                    let length = seconds(value.trim().trim_matches('"'));
                    freshness.max_age = freshness.max_age.or(length.map(|l| l.saturating_sub(age)));
                }
                "no-cache" | "no-store" => freshness.no_cache = true,
                _ => {}
            }
        }
        freshness
    }
}

fn all<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Option<Timestamp> {
    http_date(text(headers, name)?)
}

/// A whole number of seconds; larger ones than fit count as the longest (RFC 9111, 1.2.2).
fn seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)).min(LONGEST))
}

fn until(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default().min(LONGEST)
}

/// Seconds, or a date that is taken by the server's own clock. Whoever writes "2 minutes" means it.
fn retry_after(headers: &HeaderMap, server_now: Timestamp) -> Option<Duration> {
    let value = text(headers, &RETRY_AFTER)?.trim();
    let date = http_date(value).or_else(|| value.parse().ok());
    date.map(|at| until(server_now, at)).or_else(|| length(value))
}

/// A length in seconds, or in what the letter behind the number stands for; fractions count up.
fn length(text: &str) -> Option<Duration> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let whole = seconds(text.strip_suffix(rest)?)?;
    let part = rest.strip_prefix('.').unwrap_or_default();
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' '));
    let unit = match rest.bytes().next().map(|letter| letter.to_ascii_lowercase()) {
        Some(b'm') => 60,
        Some(b'h') => 3600,
        Some(b'd') => 86_400,
        Some(b's' | b',' | b';') | None => 1,
        Some(_) => return None,
    };
    let more = Duration::from_secs(u64::from(part.bytes().any(|digit| digit != b'0')));
    Some((whole + more).saturating_mul(unit).min(LONGEST))
}

/// The time until a rate limit lets requests through again, where it has nothing left: the
/// widespread `X-RateLimit-*` fields and the draft's `RateLimit-*`. A reset is told in seconds
/// from now or, by some, as seconds since 1970.
fn exhausted(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let number = |name: &'static str| {
        let value = text(headers, &HeaderName::from_static(name))?;
        value.trim().split('.').next()?.parse::<u64>().ok()
    };
    let remaining = number("x-ratelimit-remaining").or_else(|| number("ratelimit-remaining"))?;
    let reset = number("x-ratelimit-reset").or_else(|| number("ratelimit-reset"))?;
    let epoch = u64::try_from(now.as_second()).unwrap_or_default();
    let wait = if reset > epoch / 2 { reset.saturating_sub(epoch) } else { reset };
    (remaining == 0).then(|| Duration::from_secs(wait).min(LONGEST))
}

/// A date in one of the three forms of RFC 9110, section 5.6.7.
fn http_date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    // Some name the zone in another way, or leave it out: it is GMT all the same.
    let bare = text.strip_suffix("UTC").unwrap_or(text).trim_end();
    if let Ok(date) = rfc2822::parse(text).or_else(|_| rfc2822::parse(&format!("{bare} GMT"))) {
        return Some(date.timestamp());
    }
    ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"].into_iter().find_map(|form| {
        let date = strtime::parse(form, text).ok()?.to_datetime().ok()?;
        jiff::tz::TimeZone::UTC.to_timestamp(date).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    const NOW: &str = "2026-11-24T10:00:00Z";

    #[track_caller]
    fn check(lines: &[(&'static str, &str)], expect: Freshness) {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name = HeaderName::from_static(name);
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        let read = Freshness::read(&headers, NOW.parse().unwrap());
        let dated = lines.iter().any(|(name, _)| *name == "date");
        assert_eq!(read.date.is_some(), dated, "{lines:?}");
        assert_eq!(Freshness { date: None, ..read }, expect, "{lines:?}");
    }

    fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn max_age_is_read_leniently() {
        let fresh = |max_age: Option<Duration>| Freshness { max_age, ..Freshness::default() };
        check(&[], fresh(None));
        check(&[("cache-control", "public, Max-Age=600")], fresh(Some(secs(600))));
        check(&[("cache-control", "max-age=\"60\"")], fresh(Some(secs(60))));
        check(&[("cache-control", "max-age=600"), ("age", "200")], fresh(Some(secs(400))));
        check(&[("cache-control", "max-age=600"), ("age", "900")], fresh(Some(secs(0))));
        check(&[("cache-control", "s-maxage=600")], fresh(None));
        check(&[("cache-control", "max-age=abc, ,=,")], fresh(None));
        check(&[("cache-control", "max-age=-5")], fresh(None));
        let longest = Some(LONGEST);
        check(&[("cache-control", "max-age=99999999999999999999, max-age=abc")], fresh(longest));
    }

    #[test]
    fn no_store_is_stale() {
        let stale = Freshness { no_cache: true, ..Freshness::default() };
        check(&[("cache-control", "no-store")], stale);
        check(&[("pragma", "no-cache")], stale);
    }

    #[test]
    fn expires_counts_by_the_servers_clock() {
        let fresh = |expires_in| Freshness { expires_in, ..Freshness::default() };
        let date = ("date", "Mon, 01 Jan 2001 00:00:00 GMT");
        check(&[date, ("expires", "Mon, 01 Jan 2001 00:10:00 GMT")], fresh(Some(secs(600))));
        check(&[date, ("expires", "Sun, 31 Dec 2000 00:10:00 GMT")], fresh(Some(secs(0))));
        check(&[("expires", "0")], fresh(Some(secs(0))));
        check(&[("expires", "Tue, 24 Nov 2026 10:00:30 GMT")], fresh(Some(secs(30))));
    }

    #[test]
    fn retry_after_has_two_forms() {
        let rest = |retry_after| Freshness { retry_after, ..Freshness::default() };
        check(&[("retry-after", "3600")], rest(Some(secs(3600))));
        check(&[("retry-after", "Tue, 24 Nov 2026 10:01:00 GMT")], rest(Some(secs(60))));
        check(&[("retry-after", "Tuesday, 24-Nov-26 10:01:00 GMT")], rest(Some(secs(60))));
        check(&[("retry-after", "Tue Nov 24 10:01:00 2026")], rest(Some(secs(60))));
        check(&[("retry-after", "Tue, 24 Nov 2026 10:01:00 UTC")], rest(Some(secs(60))));
        check(&[("retry-after", "Tue, 24 Nov 2026 10:01:00")], rest(Some(secs(60))));
        check(&[("retry-after", "2026-11-24T10:01:00Z")], rest(Some(secs(60))));
        check(&[("retry-after", "Mon, 01 Jan 2001 00:00:00 GMT")], rest(Some(secs(0))));
        for (text, length) in [
            ("59.2", 60),
            ("60.0", 60),
            ("60s", 60),
            ("60, 120", 60),
            ("2 minutes", 120),
            ("1h", 3600),
        ] {
            check(&[("retry-after", text)], rest(Some(secs(length))));
        }
        check(&[("retry-after", "1e3")], rest(None));
        check(&[("retry-after", "")], rest(None));
        check(&[("retry-after", "soon")], rest(None));
        check(&[("retry-after", "-5")], rest(None));
        check(
            &[("x-ratelimit-remaining", "0.0"), ("x-ratelimit-reset", "45")],
            rest(Some(secs(45))),
        );
        check(&[("ratelimit-remaining", "3"), ("ratelimit-reset", "45")], rest(None));
        let epoch = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795514460")];
        check(&epoch, rest(Some(secs(60))));
    }
}
