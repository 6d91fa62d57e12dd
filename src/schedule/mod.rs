//! When a feed is polled next: pure functions of its state, what the poll brought, and `now`.
//!
//! [`next()`] turns a [`FeedState`](crate::model::FeedState) and an [`Outcome`] into the next state;
//! [`first_due`] and [`resume`] place a feed at start, [`forget`] begins anew with one, [`Queue`] holds the waiting ones, [`Budget`]
//! steers how many requests they make together, [`address`] and [`validators`] say what to ask
//! and [`why()`] tells a person. Acting on the decisions is `daemon`'s and `pipeline`'s work; this
//! module knows no clock and no network.

mod believing;
mod budget;
mod failing;
mod hints;
mod moving;
mod next;
mod outcome;
mod queue;
mod rhythm;
mod settings;
pub mod simulate;
mod start;
mod threshold;
mod time;
mod turning;
mod why;

pub use believing::validators;
pub use budget::Budget;
pub use moving::address;
pub use next::{OFFLINE, Pace, next};
pub use outcome::{Answer, Document, Failure, Outcome, Redirect, Unchanged};
pub use queue::Queue;
pub use settings::{Backoff, Hint, Mode, Settings};
pub use start::{first_due, forget, jitter, resume};
pub use why::{entries_a_day, outcome, why};
