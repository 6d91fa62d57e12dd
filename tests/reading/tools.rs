//! What the pages' reader has besides wiredesk: curl, jq, and a Python with a few packages.

use crate::ROOT;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// The reader's tools.
pub(crate) struct Tools {
    /// The folder of `python`.
    pub(crate) python_dir: PathBuf,
}

static TOOLS: LazyLock<Result<Tools, String>> = LazyLock::new(gather);

/// The tools; `None`, and a word about it, where one cannot be had and need not be.
pub(crate) fn find() -> Option<&'static Tools> {
    match &*TOOLS {
        Ok(tools) => Some(tools),
        Err(why) => {
            let required = std::env::var("WIREDESK_READING").is_ok_and(|v| v == "required");
            assert!(!required, "{why}");
            eprintln!("SKIPPED: {why}");
            None
        }
    }
}

fn gather() -> Result<Tools, String> {
    for program in ["curl", "jq"] {
        run(program, &["--version"])?;
    }
    if let Some(python) = std::env::var_os("WIREDESK_PYTHON").map(PathBuf::from) {
        run(text(&python), &["-c", "import duckdb, pandas, polars"])?;
        return Ok(Tools { python_dir: python.with_file_name("") });
    }
    let wanted = Path::new(ROOT).join("tests/reading/requirements.txt");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    let done = folder.join("requirements.txt");
    let python = folder.join("bin/python");
    let list = fs::read_to_string(&wanted).unwrap();
    if fs::read_to_string(&done).ok().as_ref() != Some(&list) {
        run("python3", &["-m", "venv", "--clear", text(&folder)])?;
        run(text(&python), &["-m", "pip", "install", "--quiet", "-r", text(&wanted)])?;
        fs::write(&done, list).map_err(|e| e.to_string())?;
    }
    Ok(Tools { python_dir: folder.join("bin") })
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn run(program: &str, args: &[&str]) -> Result<(), String> {
    let output = Command::new(program).args(args).stdin(Stdio::null()).output();
    let output = output.map_err(|e| format!("{program}: {e}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(format!("{program} {args:?}: {said}")) }
}
