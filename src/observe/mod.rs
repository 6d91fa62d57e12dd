//! What the daemon says of itself: log output, metrics, and the one clock.

mod clock;
mod fold;
mod hours;
mod line;
pub mod logs;
mod memory;
mod metrics;
mod settings;

pub use clock::{now, steady};
pub use hours::Hour;
pub use memory::resident_bytes;
pub use metrics::{DeliveryOutcome, FeedCounts, FetchOutcome, METRICS_TYPE, Metrics};
pub use settings::{LogFormat, LogSettings};
