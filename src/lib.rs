//! wiredesk: a news-feed ingestion daemon.
//!
//! The folders follow the journey of an article: [`config`] says what to poll, [`schedule`] when,
//! [`fetch`] brings the feed, [`feed`] reads it into entries, [`fetch`] brings the page,
//! [`extract`] cleans it, [`dedupe`] recognises what is known, [`archive`] writes it down,
//! [`store`] indexes it, [`serve`] hands it out and [`hook`] tells of it. [`pipeline`] joins the stages, [`daemon`] runs
//! them, [`cli`] is what a person types. A module knows only modules of lower layers;
//! `ARCHITECTURE.md` has the table and `tests/layering.rs` enforces it.

pub mod archive;
pub mod cli;
#[cfg(feature = "interfaces")]
pub mod columns;
pub mod config;
pub mod daemon;
pub mod dedupe;
pub mod extract;
pub mod feed;
pub mod fetch;
pub mod hook;
pub mod model;
pub mod observe;
pub mod pipeline;
pub mod schedule;
pub mod search;
pub mod serve;
pub mod store;
