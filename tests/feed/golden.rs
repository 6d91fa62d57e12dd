//! Golden documents: each folder of `tests/golden/feed` holds an `input` and the line that
//! `wiredesk feed parse` prints for it. `UPDATE_GOLDEN=1 cargo test --test feed` writes the lines anew.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn documents_are_read_as_written_down() {
    let mut cases: Vec<_> =
        fs::read_dir("tests/golden/feed").unwrap().map(|e| e.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() > 5);
    for case in cases {
        check(&case);
    }
}

#[track_caller]
fn check(case: &Path) {
    let run = Command::new(env!("CARGO_BIN_EXE_wiredesk"))
        .args(["feed", "parse", "--ndjson", "--headers", "tests/golden/headers.jsonl"])
        .arg(case.join("input"))
        .output()
        .unwrap();
    let line: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    let printed = serde_json::to_string_pretty(&line).unwrap() + "\n";
    let expect = case.join("expect.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&expect, &printed).unwrap();
    }
    let expected = fs::read_to_string(&expect).unwrap_or_default();
    assert_eq!(printed, expected, "{}", case.display());
}
