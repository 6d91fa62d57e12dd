//! Bodies, titles, authors and dates against the gold of the `extract` data sets, scored by their
//! own scorer. The model was trained on these pages: `tests/train/README.md` has the figures on
//! sites left out of training, which are the ones to believe.

use crate::floors::{check, folder};
use serde_json::{Map, Value, json};
use std::io::Read as _;
use std::path::Path;
use std::process::Command;
use wiredesk::extract::{Extracted, Hints, Settings, claims, decode, extract};

const SETS: [&str; 6] =
    ["scrapinghub", "naeb", "fundus", "wcxb_article", "trafilatura_eval", "htmldate"];

#[test]
fn articles() {
    let data = folder("extract");
    let scratch = tempfile::tempdir().unwrap();
    let mut figures: Vec<(String, f64)> = Vec::new();
    for set in SETS {
        let found = scratch.path().join(format!("{set}.json"));
        std::fs::write(&found, predictions(&data.join(set).join("pages")).to_string()).unwrap();
        let scores = score(&data, set, &found);
        figures.extend(scores.into_iter().map(|(name, value)| (format!("{set}.{name}"), value)));
    }
    let figures: Vec<(&str, f64)> = figures.iter().map(|(n, v)| (n.as_str(), *v)).collect();
    check("extract", &figures);
}

/// What the scorer reads: the article of each page by the page's name.
fn predictions(folder: &Path) -> Value {
    let mut all = Map::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mut body = Vec::new();
        let file = std::fs::File::open(&path).unwrap();
        flate2::read::GzDecoder::new(file).read_to_end(&mut body).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().replace(".html.gz", "");
        let (html, hints, settings) = (decode(&body, None), Hints::default(), Settings::default());
        let result = extract(&html, &hints, &settings);
        // A page that is refused still has a title and a date.
        let article = result.unwrap_or_else(|_| claims(&html, &hints, &settings));
        all.insert(name, prediction(&article));
    }
    Value::Object(all)
}

fn prediction(article: &Extracted) -> Value {
    let offset = jiff::tz::Offset::from_seconds(article.published_offset).unwrap();
    json!({
        "articleBody": article.text,
        "title": article.title,
        "author": article.authors,
        "date": article.published.map(|at| offset.to_datetime(at).date().to_string()),
    })
}

/// The figures of one data set in per cent.
fn score(data: &Path, set: &str, found: &Path) -> Vec<(String, f64)> {
    let result = found.with_extension("scores.json");
    let status = Command::new("python3")
        .arg(data.join("score.py"))
        .args([&data.join(set).join("gold.json"), found])
        .args(["--boot", "0", "--json"])
        .arg(&result)
        .status()
        .unwrap();
    assert!(status.success());
    let scores: Value = serde_json::from_slice(&std::fs::read(result).unwrap()).unwrap();
    let scores = &scores[set];
    let mut out = Vec::new();
    for (name, value) in [
        ("body", &scores["f1"]),
        ("segments", &scores["seg"]["f1"]),
        ("title", &scores["title"]["norm"]),
        ("author", &scores["author"]["norm"]),
        ("date", &scores["date"]["norm"]),
    ] {
        out.extend(value.as_f64().map(|v| (name.to_owned(), v * 100.0)));
    }
    out
}
