//! Feeds as they are in the wild (`feeds/`): `wiredesk feed parse` against the data set's scorer.

use crate::floors::{check, folder};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Collections of saved real feeds, as opposed to test suites.
const REAL: [&str; 11] = [
    "kagi-bench",
    "kagi-int",
    "netnewswire",
    "feedjira",
    "rss-parser",
    "node-feedparser",
    "feed-rs",
    "rust-syndication",
    "reader",
    "rome",
    "simplepie",
];

/// Classes of faults that have a floor of their own.
const FAULTS: [&str; 9] = [
    "date",
    "encoding",
    "bare-amp",
    "html-entity",
    "truncated",
    "one-bad-entry",
    "json-feed",
    "root-odd",
    "namespace",
];

#[test]
fn feeds_are_read() {
    let data = folder("feeds");
    let scratch = tempfile::tempdir().unwrap();
    let output = scratch.path().join("output.jsonl");
    parse(&data, &output);

    let expectations = data.join("expectations.json");
    let by_class = score(&data, &expectations, &output);
    let real = scratch.path().join("real.json");
    fs::write(&real, only_real(&expectations)).unwrap();
    let real = score(&data, &real, &output);

    let percent = |scores: &Value, class: &str, what: &str| {
        scores
            .get(class)
            .and_then(|c| c.get(what))
            .and_then(Value::as_f64)
            .map_or(f64::NAN, |v| v * 100.0)
    };
    let mut figures = vec![
        ("all.accept".to_owned(), percent(&by_class, "ALL", "accept")),
        ("all.values".to_owned(), percent(&by_class, "ALL", "text")),
        ("all.yield".to_owned(), percent(&by_class, "ALL", "yield")),
        ("all.recall".to_owned(), percent(&by_class, "ALL", "recall")),
        ("all.panics".to_owned(), percent(&by_class, "ALL", "panic") / 100.0),
        ("real.accept".to_owned(), percent(&real, "ALL", "accept")),
        ("real.values".to_owned(), percent(&real, "ALL", "text")),
        ("real.recall".to_owned(), percent(&real, "ALL", "recall")),
        ("not-feed.accept".to_owned(), percent(&by_class, "synthetic/not-feed", "accept")),
    ];
    for fault in FAULTS {
        figures.push((
            format!("{fault}.values"),
            percent(&by_class, &format!("synthetic/{fault}"), "text"),
        ));
    }
    let figures: Vec<_> = figures.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    check("feeds", &figures);
}

/// Runs the program over all files of the data set.
fn parse(data: &Path, output: &Path) {
    let mut files: Vec<_> =
        fs::read_dir(data.join("files")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    let status = Command::new(env!("CARGO_BIN_EXE_wiredesk"))
        .args(["feed", "parse", "--ndjson", "--headers"])
        .arg(data.join("manifest.jsonl"))
        .args(files)
        .stdout(fs::File::create(output).unwrap())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
}

fn score(data: &Path, expectations: &Path, output: &Path) -> Value {
    let scorer = data.join("score.py");
    let run = Command::new("python3")
        .arg(scorer)
        .args([expectations, output])
        .arg("--json")
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).unwrap()
}

fn only_real(expectations: &Path) -> String {
    let all: Vec<Value> = serde_json::from_slice(&fs::read(expectations).unwrap()).unwrap();
    let real =
        |f: &&Value| f.get("corpus").and_then(Value::as_str).is_some_and(|c| REAL.contains(&c));
    serde_json::to_string(&all.iter().filter(real).collect::<Vec<_>>()).unwrap()
}
