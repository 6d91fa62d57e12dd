//! The contract of verbs that list: JSON where standard output is no terminal and with `--json`, and
//! written where users look for it.

use crate::desk::Desk;
use crate::pty::{Pty, command};
use crate::site::Site;
use crate::{QUICK, config};
use serde_json::Value;
use std::process::Command;
use std::time::Duration;

/// Verbs, how many lines they print of this desk, and a field of each line.
const VERBS: [(&str, usize, &str); 7] = [
    ("list", 3, "title"),
    ("search harbour", 3, "title"),
    ("feed list", 2, "health"),
    ("feed why pier-0", 1, "why"),
    ("status", 1, "applied_seq"),
    ("health", 1, "state"),
    ("doctor", 1, "findings"),
];

/// The lines that hold JSON objects, each with this field.
#[track_caller]
fn check(what: &str, text: &str, lines: usize, field: &str) {
    let found: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{what}: {e}: {line}")))
        .collect();
    assert_eq!(found.len(), lines, "{what}: {text}");
    for line in found {
        assert!(line.get(field).is_some(), "{what}: no {field} in {line}");
    }
}

/// What a verb prints on a terminal.
fn on_terminal(desk: &Desk, verb: &str) -> String {
    let mut pty = Pty::run(&command(verb, &desk.config()), (300, 50));
    assert!(pty.end().success(), "{verb}: {}", pty.said());
    pty.said().replace('\r', "")
}

#[test]
fn verbs_that_list_print_json_to_programs() {
    let site = Site::start(Duration::from_millis(1), 3);
    let mut desk = Desk::new(&config(QUICK, &site, 2).replace("/1/feed.xml", "/0/feed.xml"));
    desk.start();
    desk.wait("the articles are found by their words", |desk| {
        desk.lines(&["search", "harbour"]).len() == 3
    });
    let id = desk.lines(&["list"])[0]["id"].as_str().unwrap().to_owned();
    let get = format!("get {id}");
    for (verb, lines, field) in VERBS.into_iter().chain([(get.as_str(), 1, "text")]) {
        let words: Vec<_> = verb.split(' ').collect();
        let output = desk.verb(&words);
        check(verb, &String::from_utf8(output.stdout).unwrap(), lines, field);
        let asked = format!("{verb} --json");
        check(&asked, &on_terminal(&desk, &asked), lines, field);
        let shown = on_terminal(&desk, verb);
        let first = shown.lines().next().unwrap_or_default();
        assert!(serde_json::from_str::<Value>(first).is_err(), "{verb} is for a person: {first}");
    }
    assert!(desk.stop().success());
}

#[test]
fn the_contract_stands_in_help_and_man_pages() {
    let program = env!("CARGO_BIN_EXE_wiredesk");
    let pages = tempfile::tempdir().unwrap();
    assert!(Command::new(program).arg("man").arg(pages.path()).status().unwrap().success());
    for verb in ["list", "search", "get", "feed list", "feed why", "status", "health", "doctor"] {
        let help = Command::new(program).args(verb.split(' ')).arg("--help").output().unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        let page = pages.path().join(format!("wiredesk-{}.1", verb.replace(' ', "-")));
        let page = std::fs::read_to_string(page).unwrap();
        for text in [help, page] {
            let flat = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("\\-", "-");
            for word in ["Output:", "--json", "no terminal", "JSON", "none changes its meaning"] {
                assert!(flat.contains(word), "{verb}: no `{word}` in {text}");
            }
            assert!(flat.to_lowercase().contains("exit code"), "{verb}: {text}");
        }
    }
}
