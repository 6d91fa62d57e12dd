//! A page of Markdown whose blocks of code are run.
//!
//! A block of `sh`, `python`, `sql` or `rust` is run; a block of another kind directly beneath it is
//! what it prints. A comment `<!-- not run: WHY -->` before a block leaves it alone, and
//! `<!-- file: NAME -->` makes the block a file of the page's folder.

use crate::ROOT;
use crate::desk::Desk;
use crate::same::plain;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A page and the folder in which its code is run.
pub(crate) struct Page {
    path: PathBuf,
    text: String,
}

/// A fenced block.
#[derive(Debug, Clone)]
struct Block {
    kind: String,
    code: String,
    /// Bytes of the page that `code` takes.
    place: std::ops::Range<usize>,
    /// What stands between the block before and this one.
    before: String,
}

impl Page {
    pub(crate) fn open(path: &Path) -> Self {
        Self { path: path.to_owned(), text: fs::read_to_string(path).unwrap() }
    }

    fn name(&self) -> &str {
        self.path.file_stem().unwrap().to_str().unwrap()
    }

    /// Runs every block; what is not as the page says, in words. Blessed, the page is changed.
    pub(crate) fn run(&self, desk: &Desk) -> Vec<String> {
        let folder = desk.folder(&format!("pages/{}", self.name()));
        let blocks = blocks(&self.text);
        let bless = std::env::var_os("WIREDESK_BLESS").is_some();
        let (mut faults, mut printed, mut ran) = (Vec::new(), Vec::new(), 0);
        for (n, block) in blocks.iter().enumerate() {
            if let Some(name) = block.remark("file") {
                fs::write(folder.join(name), &block.code).unwrap();
            }
            if !block.is_run() {
                continue;
            }
            ran += 1;
            let (shown, good) = Self::execute(desk, &folder, block);
            let beneath = blocks.get(n + 1).filter(|b| b.is_output());
            let expect = beneath.map_or("", |b| b.code.as_str());
            let same = plain(&shown) == plain(expect);
            if same && (good || beneath.is_some()) {
                continue;
            }
            match beneath {
                Some(beneath) if bless => printed.push((beneath.place.clone(), shown)),
                _ => faults.push(format!("{}:\n{}printed\n{shown}", self.name(), block.code)),
            }
        }
        assert!(ran > 0, "{} has no code", self.path.display());
        if !printed.is_empty() {
            self.write(printed);
        }
        faults
    }

    fn execute(desk: &Desk, folder: &Path, block: &Block) -> (String, bool) {
        let file = folder.join(format!("block.{}", block.kind));
        let code = desk.typed(&block.code);
        fs::write(&file, &code).unwrap();
        match block.kind.as_str() {
            "sh" => desk.shell(folder, &code, &[]),
            "python" => desk.shell(folder, "python \"$1\"", &[&file]),
            "sql" => desk.shell(folder, SQL, &[&file]),
            _ => desk.shell(folder, "\"$1\"", &[&example(&block.code)]),
        }
    }

    /// Writes what was printed into the page.
    fn write(&self, mut printed: Vec<(std::ops::Range<usize>, String)>) {
        let mut text = self.text.clone();
        printed.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
        for (place, shown) in printed {
            text.replace_range(place, &format!("{}\n", shown.trim_end()));
        }
        fs::write(&self.path, text).unwrap();
    }
}

/// Runs the statements of a file as DuckDB's own shell would.
const SQL: &str = "python -c '
import duckdb, sys
for statement in duckdb.extract_statements(open(sys.argv[1]).read()):
    rows = duckdb.sql(statement.query)
    if rows is not None:
        rows.show(max_rows=40)
' \"$1\"";

impl Block {
    fn is_run(&self) -> bool {
        let runs = matches!(self.kind.as_str(), "sh" | "python" | "sql" | "rust");
        runs && self.remark("not run").is_none() && self.remark("file").is_none()
    }

    /// True where it stands directly beneath another block and is no code itself.
    fn is_output(&self) -> bool {
        self.before.trim().is_empty() && matches!(self.kind.as_str(), "text" | "json" | "xml")
    }

    /// What a comment before the block says.
    fn remark(&self, name: &str) -> Option<&str> {
        let (_, said) = self.before.rsplit_once(&format!("<!-- {name}: "))?;
        said.split_once(" -->").map(|(said, _)| said)
    }
}

/// The fenced blocks of a page.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    let (mut at, mut before) = (0, String::new());
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        match (line.strip_prefix("```"), open.as_mut()) {
            (Some(_), Some(_)) => {
                let mut block = open.take().unwrap();
                block.place.end = start;
                blocks.push(block);
            }
            (Some(kind), None) => {
                let (kind, before) = (kind.trim().to_owned(), std::mem::take(&mut before));
                open = Some(Block { kind, code: String::new(), place: at..at, before });
            }
            (None, Some(block)) => block.code.push_str(line),
            (None, None) => before.push_str(line),
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// The program of the `deploy/reading/*.rs` that has this text.
fn example(code: &str) -> PathBuf {
    let files = fs::read_dir(Path::new(ROOT).join("deploy/reading")).unwrap();
    let same =
        |path: &PathBuf| path.extension().is_some_and(|e| e == "rs") && without_lints(path) == code;
    let path = files.map(|file| file.unwrap().path()).find(same);
    let path = path.unwrap_or_else(|| panic!("no file of deploy/reading has this text:\n{code}"));
    let name = path.file_stem().unwrap().to_str().unwrap();
    let mut build = Command::new(env!("CARGO"));
    build.current_dir(ROOT).args(["build", "--quiet", "--locked", "--example", name]);
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    let output = build.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Path::new(crate::PROGRAM).with_file_name("examples").join(name)
}

/// A program as a page shows it: without the line that answers to this house's lints.
fn without_lints(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let Some((head, rest)) = text.split_once("#![expect(") else { return text };
    format!("{head}{}", rest.split_once("\n\n").unwrap().1)
}
