//! Where the data sets are, and the comparison of figures with their floors.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

/// Bounds of one data set's figures, by name.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Bounds {
    at_least: BTreeMap<String, f64>,
    at_most: BTreeMap<String, f64>,
}

/// The folder of a data set.
///
/// # Panics
/// `WIREDESK_DATA` is not set, or holds no such folder: a run that measures nothing is no success.
pub(crate) fn folder(data_set: &str) -> PathBuf {
    let root = std::env::var_os("WIREDESK_DATA")
        .expect("set WIREDESK_DATA to the folder that holds the data sets");
    // Tests run in the crate's root, wherever cargo was called.
    let folder = PathBuf::from(root).join(data_set);
    assert!(folder.is_dir(), "WIREDESK_DATA holds no folder {data_set}: {}", folder.display());
    folder.canonicalize().unwrap()
}

/// Prints the figures of a data set beside their bounds and fails where one is out of them, or
/// where a bound has no figure.
#[track_caller]
pub(crate) fn check(data_set: &str, figures: &[(&str, f64)]) {
    let text = std::fs::read_to_string("tests/quality/floors.toml").unwrap();
    let mut all: BTreeMap<String, Bounds> = toml::from_str(&text).unwrap();
    let bounds = all.remove(data_set).unwrap_or_default();
    let mut table = format!("{data_set:32} figure   bound\n");
    let mut faults = Vec::new();
    for (name, figure) in figures {
        let bound =
            |list: &BTreeMap<String, f64>, sign| list.get(*name).map(|b| format!("{sign} {b}"));
        let least = bounds.at_least.get(*name).is_some_and(|b| figure < b);
        let most = bounds.at_most.get(*name).is_some_and(|b| figure > b);
        let shown = bound(&bounds.at_least, ">=")
            .or_else(|| bound(&bounds.at_most, "<="))
            .unwrap_or_default();
        let mark = if least || most || figure.is_nan() { "  FAILS" } else { "" };
        writeln!(table, "  {name:28} {figure:8.3}   {shown}{mark}").unwrap();
        faults.extend((!mark.is_empty()).then(|| (*name).to_owned()));
    }
    let measured = |name: &&String| figures.iter().all(|(n, _)| n != name);
    faults.extend(bounds.at_least.keys().chain(bounds.at_most.keys()).filter(measured).cloned());
    // Not `print!`: the test harness would keep the table of a success to itself.
    std::io::stdout().write_all(table.as_bytes()).unwrap();
    assert!(faults.is_empty(), "{data_set}: out of bounds or not measured: {faults:?}");
}
