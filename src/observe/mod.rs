//! What the daemon says of itself: log output, metrics, and the one clock.

mod clock;

pub use clock::{now, steady};
