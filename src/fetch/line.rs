//! [`Line`]: is it the server that nobody reaches, or is this machine offline?
//!
//! One host that cannot be reached is that host's trouble. Several of them in a row, and none that
//! answered in between, are ours: nothing is charged to them, and until one answers only a request
//! now and then goes out, to find out whether the line is back. Hosts of this machine or of a
//! private network say nothing about the line and are always asked.

use super::guard;
use crate::model::Link;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Sites in a row, each unreachable, after which the line counts as down.
const SITES: usize = 3;
/// While the line is down, one request goes out so often.
const PROBE: Duration = Duration::from_secs(10);

/// What is known of the line to the Internet.
#[derive(Debug, Default)]
pub(super) struct Line {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Sites that could not be reached since one last was, at most [`SITES`] of them.
    unreached: Vec<String>,
    /// When the last request went out, once the line was down.
    probed: Option<Instant>,
}

impl Line {
    /// True where `url` need not be asked at `now`, because nobody can be reached.
    pub(super) fn is_down(&self, url: &Link, now: Instant) -> bool {
        if is_near(url) {
            return false;
        }
        let mut known = self.lock();
        if known.unreached.len() < SITES {
            return false;
        }
        let waits = known.probed.is_some_and(|at| now.duration_since(at) < PROBE);
        if !waits {
            known.probed = Some(now);
        }
        waits
    }

    /// Notes whether the host of `url` was `unreached`; true where that is to be blamed on the line.
    pub(super) fn note(&self, url: &Link, unreached: bool, now: Instant) -> bool {
        if is_near(url) {
            return false;
        }
        let mut known = self.lock();
        if !unreached {
            known.unreached.clear();
            return false;
        }
        let site = url.site();
        if known.unreached.len() < SITES && !known.unreached.iter().any(|known| known == site) {
            known.unreached.push(site.to_owned());
        }
        let down = known.unreached.len() >= SITES;
        if down {
            known.probed = Some(now);
        }
        down
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_near(url: &Link) -> bool {
    guard::literal(url.url()).is_some_and(|ip| !guard::is_public(ip)) || url.host() == "localhost"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::steady;

    fn link(host: &str) -> Link {
        Link::parse(&format!("http://{host}/feed"), None).unwrap()
    }

    /// What is blamed on the line when these hosts are asked in turn.
    #[track_caller]
    fn check(asked: &[(&str, bool)], blamed: &[bool]) {
        let (line, now) = (Line::default(), steady());
        let found: Vec<_> =
            asked.iter().map(|(host, un)| line.note(&link(host), *un, now)).collect();
        assert_eq!(found, blamed, "{asked:?}");
    }

    #[test]
    fn several_sites_in_a_row_are_the_lines_fault() {
        let (a, b, c) = ("a.example", "b.example", "c.example");
        check(&[(a, true), (b, true), (c, true), (a, true)], &[false, false, true, true]);
        check(&[(a, true), (b, true), (a, false), (c, true)], &[false; 4]);
        check(&[(a, true); 5], &[false; 5]);
        check(
            &[(a, true), (b, true), (c, true), (a, false), (b, true)],
            &[false, false, true, false, false],
        );
        check(&[("127.0.0.1:1", true), ("127.0.0.2", true), ("10.0.0.1", true)], &[false; 3]);
        check(
            &[(a, true), (b, true), ("localhost", false), (c, true)],
            &[false, false, false, true],
        );
    }

    #[test]
    fn one_request_now_and_then_finds_out() {
        let (line, now) = (Line::default(), steady());
        for host in ["a.example", "b.example", "c.example"] {
            assert!(!line.is_down(&link(host), now));
            line.note(&link(host), true, now);
        }
        assert!(line.is_down(&link("d.example"), now));
        assert!(!line.is_down(&link("127.0.0.1"), now), "no line leads there");
        assert!(!line.is_down(&link("d.example"), now + PROBE));
        assert!(line.is_down(&link("e.example"), now + PROBE), "one at a time");
        line.note(&link("d.example"), false, now + PROBE);
        assert!(!line.is_down(&link("e.example"), now + PROBE));
    }
}
