//! What is wrong and what to do about it: a function of the facts.

use super::facts::{Facts, Folder, Kind};
use super::feeds::PRIVATE;
use crate::model::figures;
use crate::store::Stats;
use serde::Serialize;

/// Changes by which an index may be behind the archive while it works.
const BEHIND: u64 = 10_000;

/// Seconds by which a clock may be wrong: more, and certificates and dates are.
const CLOCK: u64 = 60;

/// Something that is wrong.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) severity: Severity,
    /// A stable name.
    pub(super) name: &'static str,
    /// What is wrong.
    pub(super) problem: String,
    /// What to do.
    pub(super) remedy: &'static str,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Severity {
    /// The daemon cannot do its work.
    Error,
    /// It works, but not well, or not for long.
    Warning,
    /// Good to know.
    Note,
}

use Severity::{Error, Note, Warning};

/// Everything that is wrong, the worst first.
pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let mut found = Found(Vec::new());
    configuration(facts, &mut found);
    limits(facts, &mut found);
    if let Some(folder) = &facts.folder {
        place(facts, folder, &mut found);
        files(folder, &mut found);
    }
    daemon(facts, &mut found);
    feeds(facts, &mut found);
    found.0.sort_by_key(|finding| finding.severity);
    found.0
}

/// What was found so far.
struct Found(Vec<Finding>);

impl Found {
    /// Adds a finding where `wrong`.
    fn add(
        &mut self,
        wrong: bool,
        (severity, name): (Severity, &'static str),
        problem: impl FnOnce() -> String,
        remedy: &'static str,
    ) {
        if wrong {
            self.0.push(Finding { severity, name, problem: problem(), remedy });
        }
    }
}

fn configuration(facts: &Facts, found: &mut Found) {
    let config = &facts.configuration;
    found.add(
        !config.errors.is_empty(),
        (Error, "configuration-broken"),
        || format!("the configuration cannot be used ({} problems)", config.errors.len()),
        "run `wiredesk check`, which shows each with its line",
    );
    if !config.errors.is_empty() {
        return;
    }
    found.add(
        !config.contact,
        (Warning, "no-contact"),
        || "publishers cannot find out who polls them; some refuse such programs".to_owned(),
        "set `contact` in [identity] to a web page or mailto: address",
    );
    found.add(
        !config.open_secrets.is_empty(),
        (Warning, "secret-open"),
        || format!("every user of this machine can read {}", config.open_secrets.join(", ")),
        "chmod o-r FILE, and change the secret if others were there",
    );
    found.add(
        config.feeds == config.disabled_feeds,
        (Note, "no-feeds"),
        || "no feed is polled".to_owned(),
        "add one: wiredesk feed add URL",
    );
}

fn limits(facts: &Facts, found: &mut Found) {
    let (limits, config) = (&facts.limits, &facts.configuration);
    let files = limits.open_files.unwrap_or(u64::MAX);
    found.add(
        files < config.files_needed,
        (Warning, "open-files-low"),
        || format!("{} may have {files} files open, and {} can be needed", limits.of, config.files_needed),
        "raise the limit: LimitNOFILE= in the unit, --ulimit nofile= for a container, ulimit -n in a shell",
    );
    let memory = limits.memory_bytes.or(facts.machine.memory_bytes).unwrap_or(u64::MAX);
    found.add(
        memory < config.memory_alarm_bytes,
        (Note, "memory-tight"),
        || {
            let (memory, alarm) = (figures::size(memory), figures::size(config.memory_alarm_bytes));
            format!("there are {memory} of memory, less than the {alarm} of `memory_alarm`")
        },
        "set `memory_alarm` in [daemon] below what there is, so that the log warns in time",
    );
}

fn place(facts: &Facts, folder: &Folder, found: &mut Found) {
    let system = folder.file_system.as_deref().unwrap_or("unknown");
    found.add(
        folder.kind == Kind::Memory,
        (Error, "state-in-memory"),
        || format!("the state folder is on {system}: all articles go when the machine stops"),
        "set `state_dir` in [daemon] to a folder on a disk, or mount a volume there",
    );
    found.add(
        folder.kind == Kind::Network,
        (Warning, "state-on-network"),
        || {
            format!(
                "the state folder is on {system}, which may lose or delay what was acknowledged"
            )
        },
        "set `state_dir` in [daemon] to a folder on a disk of this machine",
    );
    found.add(
        !folder.exists,
        (Note, "state-missing"),
        || format!("the state folder {} does not exist yet", folder.path),
        "the daemon makes it at its first start; or another configuration is meant",
    );
    found.add(
        !folder.writable,
        (Note, "state-not-writable"),
        || format!("this user cannot write to {}", folder.path),
        "where the daemon runs as another user, that is as it should be; else give it the folder",
    );
    let (free, floor) =
        (folder.free_bytes.unwrap_or(u64::MAX), facts.configuration.free_space_floor_bytes);
    found.add(
        free < floor,
        (Error, "disk-full"),
        || {
            format!(
                "{} are free, less than the {} of `free_space_floor`: nothing is polled",
                figures::size(free),
                figures::size(floor)
            )
        },
        "make room; polling goes on by itself",
    );
}

fn files(folder: &Folder, found: &mut Found) {
    let (archive, index) = (&folder.archive, &folder.index);
    if let Some(fault) = &archive.fault {
        let problem = || format!("the archive cannot be read: {fault}");
        found.add(
            true,
            (Error, "archive-unreadable"),
            problem,
            "look at the folder's owner and the disk; then `wiredesk verify`",
        );
    }
    found.add(
        !archive.gaps.is_empty(),
        (Error, "archive-gaps"),
        || format!("changes are missing from the archive: {}", archive.gaps.join(", ")),
        "bring the files back from a backup, or declare the changes lost: wiredesk verify --repair",
    );
    if let Some(fault) = &index.fault {
        let problem = || format!("the index cannot be read: {fault}");
        found.add(
            true,
            (Error, "index-unreadable"),
            problem,
            "start the daemon, which computes it anew where it has to; or `wiredesk rebuild`",
        );
    }
    let applied = index.applied_seq.filter(|_| archive.fault.is_none());
    let applied = applied.unwrap_or(archive.last_seq);
    found.add(
        applied > archive.last_seq,
        (Error, "index-ahead"),
        || format!("the index knows changes up to {applied}, the archive only up to {}", archive.last_seq),
        "bring the archive back from a backup; else the next start computes the index anew without them",
    );
    found.add(
        applied.saturating_add(BEHIND) < archive.last_seq,
        (Warning, "index-behind"),
        || format!("the index has come to change {applied} of {}", archive.last_seq),
        "start the daemon and let it finish; `wiredesk status` shows how far it is",
    );
    let stats = Stats {
        disk_bytes: index.bytes.unwrap_or_default(),
        payload_bytes: index.payload_bytes.unwrap_or(u64::MAX >> 8),
        ..Stats::default()
    };
    found.add(
        stats.is_bloated(),
        (Warning, "store-bloated"),
        || {
            format!(
                "the store takes {} for {} of content",
                figures::size(stats.disk_bytes),
                figures::size(stats.payload_bytes)
            )
        },
        "stop the daemon and run `wiredesk gc`",
    );
}

fn daemon(facts: &Facts, found: &mut Found) {
    let Some(daemon) = &facts.daemon else { return };
    found.add(
        !daemon.reachable,
        (Note, "daemon-absent"),
        || "no daemon answers at `listen` in [http]".to_owned(),
        "start it: wiredesk run, or systemctl start wiredesk; look into its log",
    );
    let state = daemon.state.as_deref().filter(|state| *state != "running");
    if let Some(state) = state.filter(|_| daemon.reachable) {
        let reason = daemon.reason.as_deref().unwrap_or("no reason given");
        let problem = || format!("the daemon is {state}: {reason}");
        found.add(
            true,
            (Error, "daemon-unwell"),
            problem,
            "mend what it names; it goes on by itself",
        );
    }
    let version = daemon.version.as_deref().unwrap_or(facts.program.version);
    found.add(
        version != facts.program.version,
        (Warning, "daemon-other-version"),
        || format!("the daemon is version {version}, this program {}", facts.program.version),
        "restart the daemon after an upgrade",
    );
    let offset = daemon.clock_offset_seconds.unwrap_or_default();
    found.add(
        offset.unsigned_abs() > CLOCK,
        (Error, "clock-wrong"),
        || {
            let way = if offset > 0 { "behind" } else { "ahead of" };
            format!("the clock is {} {way} those of servers", figures::span(offset.unsigned_abs()))
        },
        "set it and keep it right: timedatectl set-ntp true",
    );
    let memory = daemon.memory_bytes.unwrap_or_default();
    found.add(
        memory > facts.configuration.memory_alarm_bytes
            && facts.configuration.memory_alarm_bytes > 0,
        (Warning, "memory-high"),
        || format!("the daemon uses {}, more than `memory_alarm`", figures::size(memory)),
        "raise `memory_alarm` in [daemon] where that many feeds need it; else report it",
    );
}

fn feeds(facts: &Facts, found: &mut Found) {
    let Some(feeds) = &facts.feeds else { return };
    let private = feeds.errors.iter().find(|errors| errors.kind == PRIVATE);
    if let Some(private) = private {
        let problem =
            || format!("feeds at addresses that are not public are refused: {}", private.feeds);
        found.add(
            true,
            (Warning, "private-address"),
            problem,
            "where they are yours, name their network in `allow_private_networks` of [feed.fetch]",
        );
    }
    let (polled, failing) = (feeds.polled, feeds.failing);
    found.add(
        polled > 0 && failing == polled && private.is_none_or(|private| private.feeds < failing),
        (Error, "offline"),
        || format!("every feed fails ({failing}): this machine seems to be offline"),
        "look at network, resolver and proxy; try one: wiredesk feed test URL",
    );
    found.add(
        failing < polled && failing * 2 > polled,
        (Warning, "most-feeds-fail"),
        || format!("{failing} of {polled} feeds fail"),
        "look at the kinds of errors below; try one: wiredesk feed test URL",
    );
}

#[cfg(test)]
mod tests;
