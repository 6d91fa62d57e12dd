//! The house rules that a compiler does not know: which module may know which, one door to the
//! network, one place that spawns, one place that prints, sizes of files and functions.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Modules and their layers, in the order of the journey; `ARCHITECTURE.md` shows the same table.
const LAYERS: [(&str, u8); 17] = [
    ("model", 0),
    ("observe", 1),
    ("schedule", 2),
    ("feed", 2),
    ("extract", 2),
    ("dedupe", 2),
    ("fetch", 2),
    ("archive", 2),
    ("store", 2),
    ("search", 2),
    ("columns", 2),
    ("hook", 2),
    ("config", 3),
    ("pipeline", 3),
    ("serve", 3),
    ("daemon", 4),
    ("cli", 5),
];

/// Stages that are functions of their arguments: no clock, socket or file.
const PURE: [&str; 4] = ["schedule", "feed", "extract", "dedupe"];

/// Longest file before its tests, in lines.
const FILE_MAX: usize = 500;

/// A Rust file of `src` without its test module, comments and strings blanked.
struct Source {
    path: PathBuf,
    module: String,
    code: String,
    lines: usize,
}

fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 20, "src was found");
    files.into_iter().map(read).collect()
}

fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn read(path: PathBuf) -> Source {
    let text = fs::read_to_string(&path).unwrap();
    let body = text.split("\n#[cfg(test)]").next().unwrap_or_default();
    let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let module = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    let module = module.trim_end_matches(".rs").to_owned();
    let code = body
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    Source { path, module, lines: body.lines().count(), code }
}

fn layer(module: &str) -> Option<u8> {
    LAYERS.iter().find(|(name, _)| *name == module).map(|(_, layer)| *layer)
}

/// Fails with every file that `fault` finds something in.
#[track_caller]
fn check(rule: &str, fault: impl Fn(&Source) -> Option<String>) {
    let faults: Vec<_> = sources()
        .iter()
        .filter_map(|s| fault(s).map(|f| format!("{}: {f}", s.path.display())))
        .collect();
    assert!(faults.is_empty(), "{rule}\n{}", faults.join("\n"));
}

#[test]
fn every_module_has_a_layer() {
    check("a module outside the table of layers", |s| {
        let known = layer(&s.module).is_some() || ["lib", "main"].contains(&&*s.module);
        (!known).then(|| s.module.clone())
    });
}

#[test]
fn modules_know_only_lower_layers() {
    check("a module imports one of its own or a higher layer", |s| {
        let own = layer(&s.module)?;
        let bad: Vec<_> = LAYERS
            .iter()
            .filter(|(name, layer)| *name != s.module && *layer >= own && uses(&s.code, name))
            .map(|(name, _)| *name)
            .collect();
        (!bad.is_empty()).then(|| bad.join(", "))
    });
}

/// True where the code names `crate::module`, also inside a `use crate::{…}` group.
fn uses(code: &str, module: &str) -> bool {
    let direct = format!("crate::{module}");
    let named = code.match_indices(&direct).any(|(at, _)| {
        !code[at + direct.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
    });
    named
        || code.split("use crate::{").skip(1).any(|rest| {
            let group = rest.split(';').next().unwrap_or_default();
            group
                .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
                .any(|word| word.split("::").next() == Some(module))
        })
}

#[test]
fn pure_stages_touch_no_world() {
    let world = [
        "std::fs",
        "std::net",
        "std::thread",
        "tokio::",
        "Instant::now",
        "SystemTime",
        "Timestamp::now",
    ];
    check("a pure stage touches clock, socket, file or thread", |s| {
        let touched = world.iter().find(|w| s.code.contains(**w))?;
        PURE.contains(&&*s.module).then(|| (*touched).to_owned())
    });
}

#[test]
fn one_room_for_each_tool() {
    for (tool, room) in [
        ("reqwest::", "fetch"),
        ("sled::", "store"),
        ("tantivy::", "search"),
        ("parquet::arrow", "columns"),
        ("tokio::spawn", "daemon"),
        ("notify_debouncer_full", "daemon"),
        ("thread::spawn", "daemon"),
        ("thread::Builder", "daemon"),
        ("println!", "cli"),
        ("stdout()", "cli"),
    ] {
        check(&format!("`{tool}` belongs to `{room}`"), |s| {
            (s.module != room && s.module != "main" && s.code.contains(tool))
                .then(|| tool.to_owned())
        });
    }
}

#[test]
fn files_fit_the_eye() {
    check("a file is too long: divide the room", |s| {
        (s.lines > FILE_MAX).then(|| format!("{} lines before its tests", s.lines))
    });
}

#[test]
fn files_open_with_a_paragraph() {
    check("a file opens with what lives here and why", |s| {
        let text = fs::read_to_string(&s.path).unwrap();
        (!text.starts_with("//!")).then(|| "no opening paragraph".to_owned())
    });
}

#[test]
fn at_most_three_traits() {
    let traits: BTreeMap<_, usize> = sources()
        .iter()
        .map(|s| (s.path.clone(), s.code.lines().filter(|l| is_trait(l)).count()))
        .filter(|(_, n)| *n > 0)
        .collect();
    assert!(traits.values().sum::<usize>() <= 3, "more than three traits: {traits:?}");
}

fn is_trait(line: &str) -> bool {
    let line = line.trim_start();
    ["trait ", "pub trait ", "pub(crate) trait ", "pub(super) trait "]
        .iter()
        .any(|start| line.starts_with(start))
}
