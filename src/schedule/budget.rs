//! [`Budget`]: the one threshold, steered so that the feeds together make as many requests as a
//! fixed schedule would.

use super::settings::Settings;
use super::time::{DAY, of};

/// Entries a day of the feed that the first guess is made for.
const TYPICAL: f64 = 10.0;

/// The threshold in entry-seconds that all feeds of one budget share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    threshold: f64,
}

impl Budget {
    /// A first guess, before any feed is known.
    pub fn new(settings: &Settings) -> Self {
        let every = of(settings.every);
        Self { threshold: TYPICAL / DAY * every * every / 2.0 }
    }

    /// Entry-seconds of expected delay after which a feed is due.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }
}
