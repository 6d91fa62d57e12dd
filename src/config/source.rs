//! The texts that make up a configuration: the main file, the files of the folder beside it, and
//! the environment's variables, in the order in which they win over each other.

use super::problem::Problem;
use super::suggest;
use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::Xxh3;

/// Environment variables with this start set a key: `WIREDESK__FETCH__TIMEOUT=30s`.
const ENV_PREFIX: &str = "WIREDESK__";

/// A text and where it comes from.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// Path of the file, or `environment`.
    pub(super) name: String,
    /// The whole text; of a variable `NAME=value`.
    pub(super) text: String,
    /// The section and the key's path that a variable sets; `None` for a file.
    pub(super) variable: Option<(String, Vec<String>)>,
    /// Bytes before the part that is TOML; the spans of what was parsed count from there.
    pub(super) offset: usize,
}

/// A stretch of a source, in bytes of its TOML part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Which source, by its position in the list.
    pub(super) source: usize,
    /// Which bytes.
    pub(super) span: Range<usize>,
}

impl Source {
    /// A file's text.
    pub(super) fn file(name: &str, text: String) -> Self {
        Self { name: name.to_owned(), text, variable: None, offset: 0 }
    }

    /// The part that is TOML: the whole file, or a variable's value.
    pub(super) fn toml(&self) -> &str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    /// A span of the TOML part as a span of the whole text, inside it and between characters.
    pub(super) fn absolute(&self, span: &Range<usize>) -> Range<usize> {
        let end = self.text.floor_char_boundary(span.end.saturating_add(self.offset));
        let start = self.text.floor_char_boundary(span.start.saturating_add(self.offset));
        start.min(end)..end
    }

    /// Line and column of a byte of the whole text, both from 1, the column in characters.
    pub(super) fn line_column(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(line_start..).map_or(0, |head| head.chars().count());
        (before.matches('\n').count() + 1, column + 1)
    }
}

/// The texts of the configuration at `path`: it, the `*.toml` files of the folder `<stem>.d`
/// beside it in name order, the environment. What cannot be read becomes a problem.
pub(super) fn gather(
    path: &Path,
    env: &[(String, String)],
    problems: &mut Vec<Problem>,
) -> Vec<Source> {
    let mut sources = Vec::new();
    for file in std::iter::once(path.to_owned()).chain(extra_files(path, problems)) {
        match fs::read_to_string(&file) {
            Ok(text) => sources.push(Source::file(&file.display().to_string(), text)),
            Err(e) => problems.push(
                Problem::error(format!("cannot read {}: {e}", file.display()))
                    .help("`wiredesk init` writes a configuration to start from"),
            ),
        }
    }
    variables(env, &mut sources, problems);
    sources
}

/// A hash of the texts of files, in their order, by which a change of them is seen.
pub(super) fn fingerprint(sources: &[Source]) -> u64 {
    let mut hash = Xxh3::new();
    for source in sources.iter().filter(|source| source.variable.is_none()) {
        for part in [&source.name, &source.text] {
            hash.update(&part.len().to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    hash.digest()
}

/// The `*.toml` files of the folder beside the main file, in name order.
fn extra_files(main: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let folder = super::extra_folder(main);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == ErrorKind::NotFound => return Vec::new(),
        Err(e) => {
            problems.push(Problem::error(format!("cannot read {}: {e}", folder.display())));
            return Vec::new();
        }
    };
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    files
}

fn variables(env: &[(String, String)], sources: &mut Vec<Source>, problems: &mut Vec<Problem>) {
    let mut ours: Vec<_> = env.iter().filter(|(name, _)| name.starts_with(ENV_PREFIX)).collect();
    ours.sort();
    for (name, value) in ours {
        let path = name.trim_start_matches(ENV_PREFIX).to_ascii_lowercase();
        match path.split_once("__") {
            Some((section, key)) if !suggest::is_list(section) => sources.push(Source {
                name: "environment".to_owned(),
                text: format!("{name}={value}"),
                variable: Some((section.to_owned(), key.split("__").map(str::to_owned).collect())),
                offset: name.len() + 1,
            }),
            _ => problems.push(
                Problem::error(format!("the environment variable {name} names no setting"))
                    .help("write WIREDESK__SECTION__KEY, for example WIREDESK__LOG__LEVEL=debug; feeds stand in files"),
            ),
        }
    }
}
