//! The machine and what it allows, from the kernel's own files.

use super::facts::{Limits, Machine};
use super::redact::Redactor;
use std::fs::read_to_string;

pub(super) fn look(redactor: &Redactor) -> Machine {
    let release = read_to_string("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let kernel = read_to_string("/proc/sys/kernel/osrelease").ok();
    let memory = read_to_string("/proc/meminfo").unwrap_or_default();
    Machine {
        system: name.map(|name| redactor.text(name.trim_matches('"'))),
        kernel: kernel.map(|kernel| redactor.text(kernel.trim())),
        architecture: std::env::consts::ARCH,
        processors: std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        memory_bytes: kibibytes(&memory, "MemTotal:"),
        memory_available_bytes: kibibytes(&memory, "MemAvailable:"),
    }
}

/// The limits of a process, or of this one.
pub(super) fn limits(pid: Option<i32>) -> Limits {
    let of = pid.map(|pid| (pid.to_string(), "daemon")).filter(|(pid, _)| files(pid).is_some());
    let (pid, of) = of.unwrap_or(("self".to_owned(), "this program"));
    Limits { of, open_files: files(&pid), memory_bytes: group_memory(&pid) }
}

/// The soft limit of open files.
fn files(pid: &str) -> Option<u64> {
    let limits = read_to_string(format!("/proc/{pid}/limits")).ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

/// The memory that the process's control group leaves it.
fn group_memory(pid: &str) -> Option<u64> {
    let groups = read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
    let group = groups.lines().find_map(|line| line.strip_prefix("0::"))?;
    let path = format!("/sys/fs/cgroup/{}/memory.max", group.trim_matches('/'));
    read_to_string(path).ok()?.trim().parse().ok()
}

fn kibibytes(table: &str, name: &str) -> Option<u64> {
    let line = table.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}
