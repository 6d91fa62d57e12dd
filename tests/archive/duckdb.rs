//! Other programs read the plain files while the log is open: real DuckDB, through Python.
//!
//! `WIREDESK_PYTHON` names a Python that has the `duckdb` package (`pip install duckdb`);
//! otherwise `python3` is tried. Without the package the test says so and passes.

use super::{fill, news, open, settings};
use std::path::Path;
use std::process::Command;
use wiredesk::archive;

/// What a person would write: every file, sealed or not, in one query.
const QUERY: &str = "
import duckdb, sys
rows = duckdb.sql(f'''
    SELECT count(*), min(seq), max(seq), count(DISTINCT seq), count(DISTINCT dt),
           sum((article.words > 0)::INT), any_value(article.sightings[1].feed) IS NOT NULL
    FROM read_ndjson('{sys.argv[1]}/dt=*/*.ndjson*', hive_partitioning = true)''')
print(*rows.fetchall()[0])
";

#[test]
fn duckdb_reads_the_log_while_it_is_written() {
    let python = std::env::var("WIREDESK_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import duckdb"]).output();
    if !has.is_ok_and(|output| output.status.success()) {
        return said("SKIPPED: no Python with the duckdb package; set WIREDESK_PYTHON");
    }
    let dir = tempfile::tempdir().unwrap();
    let mut log = open(dir.path());
    for day in 0..3 {
        fill(&mut log, 60, day * 86_400);
        check(&python, dir.path(), 60 * (day + 1), day + 1);
        archive::tend(dir.path(), &settings(), news::at(0)).unwrap();
        check(&python, dir.path(), 60 * (day + 1), day + 1);
    }
}

#[track_caller]
fn check(python: &str, dir: &Path, changes: u64, days: u64) {
    let output = Command::new(python).args(["-c", QUERY]).arg(dir).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    let expect = format!("{changes} 1 {changes} {changes} {days} {changes} True");
    assert_eq!(said.trim(), expect, "{complaint}");
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn said(text: &str) {
    eprintln!("duckdb: {text}");
}
