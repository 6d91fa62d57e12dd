//! [`Warm`]: to how many servers connections may stay open after a request.
//!
//! A kept connection saves the pages that follow a feed a handshake, and costs a file descriptor
//! for as long as it is kept. Whoever links to ten thousand hosts must not use all of them up: past
//! a number of servers, connections are closed with their request.

use super::client::KEEP_IDLE;
use crate::model::Link;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use url::Position;

/// Servers to which connections are kept: with two for each of them, half of the 1,024 files that
/// a process may have open by default.
const SERVERS: usize = 256;

/// The servers to which a connection may be open, and until when.
#[derive(Debug, Default)]
pub(super) struct Warm {
    servers: Mutex<HashMap<String, Instant>>,
}

impl Warm {
    /// True where the connection of a request to `url` that starts at `now` may be kept.
    pub(super) fn may_stay(&self, url: &Link, now: Instant) -> bool {
        let server = &url.url()[Position::BeforeScheme..Position::AfterPort];
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = servers.get_mut(server) {
            *until = now + KEEP_IDLE;
            return true;
        }
        if servers.len() >= SERVERS {
            servers.retain(|_, until| *until > now);
        }
        let room = servers.len() < SERVERS;
        if room {
            servers.insert(server.to_owned(), now + KEEP_IDLE);
        }
        room
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::steady;

    #[test]
    fn so_many_servers_and_no_more() {
        let (warm, now) = (Warm::default(), steady());
        let link = |n: usize| Link::parse(&format!("http://host{n}.example/a"), None).unwrap();
        let stay = |n, at| warm.may_stay(&link(n), at);
        assert!((0..SERVERS).all(|n| stay(n, now)));
        assert!(!stay(SERVERS, now));
        assert!(stay(0, now + KEEP_IDLE / 2), "one that has a place keeps it");
        assert!(stay(SERVERS, now + KEEP_IDLE), "others have gone cold");
        assert!(stay(0, now + KEEP_IDLE));
    }
}
