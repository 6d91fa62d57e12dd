//! How well the stages do on the data sets that are kept outside the repository, against floors
//! that only rise (`floors.toml`).
//!
//! Not part of `cargo test`: `WIREDESK_DATA=DIR cargo test --release --test quality` runs it, with
//! `DIR` holding one folder a data set and `python3` for the data sets' own scorers. One module a
//! data set; each says what it measures and calls [`floors::check`] once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod dedup;
mod extract;
mod feeds;
mod floors;
mod hostile;
mod schedule;
mod web;
