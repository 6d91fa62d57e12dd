//! When a feed is polled next: pure functions of its state, what the poll brought, and `now`.
//!
//! Acting on the decision is `daemon`'s work; this module knows no clock and no network.

mod settings;

pub use settings::Settings;
