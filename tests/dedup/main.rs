//! Copies and revisions in a stream of our own: other outlets, languages, templates, addresses and
//! wording than any data set, all of it made from a seed. The program must do as well here as on
//! the streams its settings were found on, without another setting.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a test fails by panicking; counts are small"
)]

mod fifth;
mod filing;
mod fourth;
mod marks;
mod stream;
mod tongues;
mod worlds;

use fifth::FIFTH;
use fourth::FOURTH;
use marks::Marks;
use std::collections::HashMap;
use std::fs;
use std::process::Command;
use stream::Document;
use worlds::{SECOND, THIRD, World};

/// What the program decided on each document: the word, and the document it concerns.
fn decisions(documents: &[Document]) -> HashMap<String, (String, Option<String>)> {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("stream.jsonl");
    let lines: Vec<_> = documents.iter().map(|d| d.json().to_string()).collect();
    fs::write(&file, lines.join("\n")).unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_wiredesk")).arg("dedupe").arg(&file).output();
    let run = run.unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let text = String::from_utf8(run.stdout).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let word = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    lines
        .map(|l| (word(&l["id"]).unwrap(), (word(&l["decision"]).unwrap(), word(&l["of"]))))
        .collect()
}

#[track_caller]
fn check(seed: u64, world: &'static World) {
    let documents = stream::make(seed, world);
    let marks = Marks::of(&documents, &decisions(&documents));
    let faults = marks.faults(world.short_of);
    assert!(faults.is_empty(), "{}\n{marks}", faults.join("\n"));
}

#[test]
fn copies_are_recognised_in_another_stream() {
    check(20_261_124, &SECOND);
}

#[test]
fn copies_are_recognised_in_a_third_stream() {
    check(770_031, &THIRD);
}

#[test]
fn copies_are_recognised_in_a_fourth_stream() {
    check(5_518_204, &FOURTH);
}

#[test]
fn copies_are_recognised_in_a_stream_of_another_shape() {
    check(90_417_733, &FIFTH);
}
