//! What extraction costs, as a multiple of parsing the same page once with scraper:
//! `cargo bench --bench extract`. Pages of its own making; with `WIREDESK_DATA` set also the
//! pages of the `extract` data sets.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints its table")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, Instant};
use wiredesk::extract::{Hints, Settings, extract};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Each page is measured this often; the shortest time counts.
const ROUNDS: usize = 3;

/// A page: its name and its text.
type Page = (String, String);

fn main() {
    println!(
        "{:<24} {:>6} {:>9} {:>9} {:>7} {:>7}",
        "pages", "count", "parse/s", "extract/s", "ratio", "worst"
    );
    measure("own", &own());
    let Some(data) = std::env::var_os("WIREDESK_DATA") else { return };
    for set in ["scrapinghub", "naeb", "fundus", "wcxb_article", "trafilatura_eval"] {
        measure(set, &saved(&Path::new(&data).join("extract").join(set).join("pages")));
    }
}

/// Prints one line: both speeds, the ratio of the sums, and that of the worst page.
fn measure(name: &str, pages: &[Page]) {
    let (mut parse, mut whole) = (Duration::ZERO, Duration::ZERO);
    let mut worst = (0.0, "");
    let settings = Settings::default();
    for (page, html) in pages {
        let bare = shortest(|| drop(black_box(scraper::Html::parse_document(html))));
        let full = shortest(|| drop(black_box(extract(html, &Hints::default(), &settings))));
        parse += bare;
        whole += full;
        let ratio = full.as_secs_f64() / bare.as_secs_f64();
        if ratio > worst.0 {
            worst = (ratio, page);
        }
    }
    let count = f64::from(u32::try_from(pages.len()).unwrap());
    println!(
        "{name:<24} {count:>6} {:>9.0} {:>9.0} {:>7.2} {:>7.2} {}",
        count / parse.as_secs_f64(),
        count / whole.as_secs_f64(),
        whole.as_secs_f64() / parse.as_secs_f64(),
        worst.0,
        worst.1
    );
}

#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn shortest(work: impl Fn()) -> Duration {
    (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .min()
        .unwrap()
}

/// Pages as news sites serve them: menus, scripts, a body, teasers, comments.
fn own() -> Vec<Page> {
    (0..40).map(|n| (format!("own-{n}"), page(n))).collect()
}

fn page(n: usize) -> String {
    let mut html = format!("<!doctype html><html lang=en><head><title>Story {n} - Gazette</title>");
    html.push_str(&format!("<script>var a={};</script>", "[1,2,3],".repeat(2000)));
    html.push_str("</head><body><nav><ul>");
    for item in 0..60 {
        write!(
            html,
            "<li class=\"menu-item item-{item}\"><a href=\"/s/{item}\">Section {item}</a></li>"
        )
        .unwrap();
    }
    write!(html, "</ul></nav><main><article class=story><h1>Story {n}</h1>").unwrap();
    for paragraph in 0..12 + n {
        write!(html, "<p>The council met again on day {paragraph}, and <a href=\"/x\">the report</a> was read aloud. Nobody objected, although several members had left before the end.</p>").unwrap();
    }
    html.push_str("</article><aside class=related>");
    for item in 0..80 {
        write!(html, "<div class=\"teaser card\"><a href=\"/t/{item}\"><h3>Another story number {item}</h3><span class=date>12 March</span></a></div>").unwrap();
    }
    html.push_str("</aside></main><footer><p>All rights reserved</p></footer></body></html>");
    html
}

/// The pages of a folder, inflated.
fn saved(folder: &Path) -> Vec<Page> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let mut html = Vec::new();
            let file = std::fs::File::open(path).unwrap();
            flate2::read::GzDecoder::new(file).read_to_end(&mut html).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, String::from_utf8_lossy(&html).into_owned())
        })
        .collect()
}
