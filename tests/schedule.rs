//! The schedule from outside: the rules of a polite and quick poller, each with its test, and a
//! million polls in virtual time.
//!
//! Rules bear the names that the founders gave them: V validators, H hints, E errors, C cadence,
//! P politeness, W WebSub.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "schedule/budget.rs"]
mod budget;
#[path = "schedule/cadence.rs"]
mod cadence;
#[path = "schedule/errors.rs"]
mod errors;
#[path = "schedule/freshness.rs"]
mod freshness;
#[path = "schedule/million.rs"]
mod million;
#[path = "schedule/poller.rs"]
mod poller;
#[path = "schedule/validators.rs"]
mod validators;
