//! The pages of `deploy/reading/` and the README: every block of code on them is run against a real
//! daemon with fixed papers, and what it prints is what stands beneath it.
//!
//! `WIREDESK_BLESS=1` writes what was printed into the pages instead. The pages need curl, jq and a
//! Python with the packages of `requirements.txt`, which is made in the target folder; where one of
//! these cannot be had, the test says so and passes, unless `WIREDESK_READING=required`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test fails by panicking, and waits by the real clock"
)]

mod desk;
mod page;
mod papers;
mod same;
mod tools;

use desk::Desk;
use page::Page;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_wiredesk");

/// The pages about reading, in the order of their names.
fn pages() -> Vec<PathBuf> {
    let files = fs::read_dir(Path::new(ROOT).join("deploy/reading")).unwrap();
    let mut pages: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    pages.retain(|path| path.extension().is_some_and(|e| e == "md"));
    pages.sort();
    pages
}

fn readme() -> String {
    fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap()
}

#[test]
fn every_page_shows_what_the_program_prints() {
    let Some(tools) = tools::find() else { return };
    let mut desk = Desk::start(tools);
    desk.publish_everything();
    let faults: Vec<String> = pages().iter().flat_map(|path| Page::open(path).run(&desk)).collect();
    assert!(faults.is_empty(), "{}\nWIREDESK_BLESS=1 writes it down", faults.join("\n"));
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    let Some(tools) = tools::find() else { return };
    let desk = Desk::empty(tools);
    let faults = Page::open(&Path::new(ROOT).join("README.md")).run(&desk);
    assert!(faults.is_empty(), "{}\nWIREDESK_BLESS=1 writes it down", faults.join("\n"));
}

/// What `wiredesk demo` prints of an article, with what differs between two runs left out.
fn shown(text: &str) -> Vec<String> {
    let text = same::plain(text);
    text.split("── ").skip(1).map(|article| article.trim_end().to_owned()).collect()
}

#[test]
fn the_readme_shows_articles_of_the_demonstration() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Command::new(PROGRAM)
        .args(["demo", "--seconds", "14", "--dir"])
        .arg(folder.path().join("demo"))
        .output()
        .unwrap();
    let printed = String::from_utf8(demo.stdout).unwrap();
    let own = folder.path().join("demo").display().to_string();
    let printed = printed.replace(&own, "/tmp/wiredesk-demo");
    let readme = readme();
    let block = readme.split("```").find(|block| block.contains("\n── new ")).unwrap();
    let head = block.split("── ").next().unwrap().trim_start_matches("text\n").trim();
    assert!(printed.starts_with(head), "the README says\n{head}\nthe program\n{printed}");
    let all = shown(&printed);
    for article in shown(block) {
        assert!(all.contains(&article), "not printed:\n{article}\n\nprinted:\n{printed}");
    }
}

#[test]
fn the_readme_names_every_page_and_every_verb() {
    let readme = readme();
    for page in pages() {
        let link = format!("](deploy/reading/{})", page.file_name().unwrap().to_string_lossy());
        assert!(readme.contains(&link), "no link {link}");
    }
    let help = Command::new(PROGRAM).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let verbs = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let verbs: Vec<_> = verbs.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    let section = readme.split("\n## ").find(|section| section.starts_with("Verbs")).unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    let named: Vec<_> =
        rows.flat_map(|row| row.split(", ").map(|verb| verb.trim_matches('`'))).collect();
    for verb in &verbs {
        assert!(named.contains(verb), "the README has no verb {verb}");
    }
    for verb in &named {
        assert!(verbs.contains(verb), "the program has no verb {verb}");
    }
}
