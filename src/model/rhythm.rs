//! [`Rhythm`]: when a feed publishes, as far as its entries' dates have taught it.
//!
//! Plain numbers, some 300 bytes; `schedule` learns them and turns them into a rate.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// Decayed counts of a feed's entries, and of the time they were watched for, by hour and by day of
/// the week: what is older weighs less, by the rule that `schedule` documents. All numbers are as
/// of `until`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Rhythm {
    /// Entries published up to here are counted; `None`: nothing was learned yet.
    pub until: Option<Timestamp>,
    /// Entries by hour of the day, UTC.
    pub by_hour: [f32; 24],
    /// Entries by day of the week, UTC, Monday first.
    pub by_weekday: [f32; 7],
    /// Days watched by hour of the day, UTC; all of them add up to the days watched.
    pub watched_by_hour: [f32; 24],
    /// Days watched by day of the week, UTC, Monday first.
    pub watched_by_weekday: [f32; 7],
    /// Entries of the last hour or so, for bursts.
    pub recent: f32,
    /// Entries in the feed's last document: more than that at once are lost.
    pub window: u32,
}
