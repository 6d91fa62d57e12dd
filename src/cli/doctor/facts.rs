//! What is known: plain values, fit to be shown. Strings that come from outside went through
//! [`Redactor`](super::redact::Redactor) before they got here.

use crate::config::Setting;
use crate::model::{Seq, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;

/// All of it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Facts {
    pub(super) at: Timestamp,
    pub(super) program: Program,
    pub(super) machine: Machine,
    pub(super) limits: Limits,
    pub(super) configuration: Configuration,
    pub(super) folder: Option<Folder>,
    pub(super) daemon: Option<Daemon>,
    pub(super) feeds: Option<Feeds>,
}

/// The program that writes the report.
#[derive(Debug, Default, Serialize)]
pub(super) struct Program {
    pub(super) version: &'static str,
    pub(super) features: Vec<&'static str>,
    pub(super) build: &'static str,
}

impl Program {
    pub(super) fn this() -> Self {
        let features =
            [("search", cfg!(feature = "search")), ("interfaces", cfg!(feature = "interfaces"))];
        Self {
            version: env!("CARGO_PKG_VERSION"),
            features: features.iter().filter(|(_, on)| *on).map(|(name, _)| *name).collect(),
            build: if cfg!(debug_assertions) { "debug" } else { "release" },
        }
    }
}

/// The machine.
#[derive(Debug, Default, Serialize)]
pub(super) struct Machine {
    pub(super) system: Option<String>,
    pub(super) kernel: Option<String>,
    pub(super) architecture: &'static str,
    pub(super) processors: usize,
    pub(super) memory_bytes: Option<u64>,
    pub(super) memory_available_bytes: Option<u64>,
}

/// What the daemon's process may use, or this one where no daemon runs.
#[derive(Debug, Default, Serialize)]
pub(super) struct Limits {
    /// `daemon` or `this program`.
    pub(super) of: &'static str,
    pub(super) open_files: Option<u64>,
    /// What a control group leaves it; `None` where nothing bounds it.
    pub(super) memory_bytes: Option<u64>,
}

/// The configuration.
#[derive(Debug, Default, Serialize)]
pub(super) struct Configuration {
    pub(super) file: Option<String>,
    /// Why it cannot be used, each with its place.
    pub(super) errors: Vec<String>,
    pub(super) warnings: Vec<String>,
    pub(super) feeds: usize,
    pub(super) disabled_feeds: usize,
    pub(super) contact: bool,
    /// Files that the daemon may have open at once at the most.
    pub(super) files_needed: u64,
    pub(super) free_space_floor_bytes: u64,
    pub(super) memory_alarm_bytes: u64,
    /// Files of secrets that every user of the machine can read.
    pub(super) open_secrets: Vec<String>,
    pub(super) settings: Vec<Setting>,
}

/// The state folder.
#[derive(Debug, Default, Serialize)]
pub(super) struct Folder {
    pub(super) path: String,
    pub(super) exists: bool,
    /// False where this user cannot write there, which need not be the daemon's.
    pub(super) writable: bool,
    pub(super) file_system: Option<String>,
    pub(super) kind: Kind,
    pub(super) free_bytes: Option<u64>,
    pub(super) archive: Archive,
    pub(super) index: Index,
    pub(super) search_bytes: u64,
}

/// What becomes of files in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// They are on a disk of this machine, or nobody knows better.
    #[default]
    Disk,
    /// They go when the machine stops.
    Memory,
    /// They are on another machine.
    Network,
}

/// The archive by a quick look.
#[derive(Debug, Default, Serialize)]
pub(super) struct Archive {
    pub(super) fault: Option<String>,
    pub(super) files: usize,
    pub(super) sealed: usize,
    pub(super) bytes: u64,
    pub(super) first_seq: Option<Seq>,
    pub(super) last_seq: Seq,
    /// `first-last` of each hole.
    pub(super) gaps: Vec<String>,
}

/// The index by a quick look.
#[derive(Debug, Default, Serialize)]
pub(super) struct Index {
    pub(super) fault: Option<String>,
    pub(super) bytes: Option<u64>,
    pub(super) payload_bytes: Option<u64>,
    pub(super) applied_seq: Option<Seq>,
    pub(super) articles: Option<u64>,
    pub(super) inbox: Option<u64>,
}

/// The running daemon.
#[derive(Debug, Default, Serialize)]
pub(super) struct Daemon {
    pub(super) reachable: bool,
    pub(super) state: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) version: Option<String>,
    pub(super) started: Option<Timestamp>,
    pub(super) memory_bytes: Option<u64>,
    pub(super) polls: Option<u64>,
    pub(super) fetches: BTreeMap<String, u64>,
    pub(super) late_most_seconds: Option<f64>,
    pub(super) clock_offset_seconds: Option<i64>,
    #[serde(skip)]
    pub(super) pid: Option<i32>,
    /// Its view of its folder.
    #[serde(skip)]
    pub(super) index: Index,
    #[serde(skip)]
    pub(super) last_seq: Seq,
}

/// The feeds, all together.
#[derive(Debug, Default, Serialize)]
pub(super) struct Feeds {
    pub(super) by_state: BTreeMap<String, usize>,
    /// Feeds that are polled and have been.
    pub(super) polled: usize,
    /// Those of them whose last poll failed, or for which nobody was to be reached.
    pub(super) failing: usize,
    /// The commonest first.
    pub(super) errors: Vec<Errors>,
}

/// What feeds fail of.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Errors {
    pub(super) kind: String,
    pub(super) feeds: usize,
    /// Failed polls of these feeds since their last success.
    pub(super) failures: u64,
    pub(super) newest: Option<Timestamp>,
    /// Where that is wished.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) hosts: Vec<String>,
}
