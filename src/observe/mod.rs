//! What the daemon says of itself: log output, metrics, traces, and the one clock.

mod clock;
mod fold;
mod hours;
mod line;
pub mod logs;
mod memory;
mod metrics;
mod offset;
mod settings;
#[cfg(feature = "interfaces")]
mod traces;
#[cfg(not(feature = "interfaces"))]
#[path = "untraced.rs"]
mod traces;

pub use clock::{now, steady};
pub use hours::Hour;
pub use logs::LogError;
pub use memory::resident_bytes;
pub use metrics::{DeliveryOutcome, FeedCounts, FetchOutcome, METRICS_TYPE, Metrics};
pub use settings::{LogFormat, LogSettings};
pub use traces::{TRACES, Traces};

/// The target of the spans that become traces, and of nothing else: it keeps them out of the log.
pub const JOURNEY: &str = "journey";
