//! What the daemon says of itself: log output, metrics, and the one clock.

mod clock;
mod settings;

pub use clock::{now, steady};
pub use settings::{LogFormat, LogSettings};
