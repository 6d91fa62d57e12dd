//! Copies and revisions in a labelled stream (`dedup/`): `wiredesk dedupe` against its scorer.

use crate::floors::{check, folder};
use serde_json::Value;
use std::fs;
use std::process::Command;

/// Kinds of documents that look like copies and are none.
const DISTINCT: [&str; 7] = [
    "templated",
    "boiler_short",
    "same_topic",
    "liveblog",
    "roundup",
    "shared_quote",
    "reuters_earn",
];

#[test]
fn copies_are_recognised() {
    let data = folder("dedup");
    let scratch = tempfile::tempdir().unwrap();
    let (decisions, marks) = (scratch.path().join("decisions.jsonl"), scratch.path().join("marks"));
    let documents = data.join("docs.jsonl.gz");
    let status = Command::new(env!("CARGO_BIN_EXE_wiredesk"))
        .arg("dedupe")
        .arg(&documents)
        .stdout(fs::File::create(&decisions).unwrap())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
    let run = Command::new("python3")
        .arg(data.join("score.py"))
        .args([&documents, &decisions])
        .arg("--json")
        .arg(&marks)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let marks: Value = serde_json::from_slice(&fs::read(&marks).unwrap()).unwrap();

    let figure = |path: &str| marks.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let mut figures = vec![
        ("ari".to_owned(), figure("/total/ARI") * 100.0),
        ("pairs.precision".to_owned(), figure("/total/pair_P") * 100.0),
        ("pairs.recall".to_owned(), figure("/total/pair_R") * 100.0),
        ("links.precision".to_owned(), figure("/total/link_P") * 100.0),
        ("links.recall".to_owned(), figure("/total/link_R") * 100.0),
        ("revisions.dropped".to_owned(), figure("/total/revisions_dropped")),
        ("revisions.missed".to_owned(), figure("/total/revisions_missed")),
        ("stub.recall".to_owned(), figure("/per/stub|near-dup/recall") * 100.0),
        ("stub_short.recall".to_owned(), figure("/per/stub_short|near-dup/recall") * 100.0),
    ];
    for class in DISTINCT {
        let linked = figure(&format!("/per/{class}|distinct/false_link"));
        figures.push((format!("{class}.linked"), linked * 100.0));
    }
    let figures: Vec<_> = figures.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    check("dedup", &figures);
}
