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
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

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
    for page in legal() {
        measure(&page.0.clone(), &[page]);
    }
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

/// Pages that nobody would write by hand and that nothing forbids: each is much of one thing.
fn legal() -> Vec<Page> {
    const LATIN: &str = "The council met again on Monday, and the report was read aloud to all. ";
    const CJK: &str = "市議会は月曜日に再び開かれ、報告書が全員の前で読み上げられた。";
    const ARABIC: &str = "اجتمع المجلس مرة أخرى يوم الاثنين، وقُرئ التقرير بصوت عالٍ على الجميع. ";
    let filled = |unit: &str| unit.repeat((1 << 20) / unit.len());
    let many = |count: usize, item: fn(usize) -> String| (0..count).map(item).collect::<String>();
    let pages = [
        ("one paragraph", format!("<p>{}</p>", filled(LATIN))),
        ("one paragraph, CJK", format!("<p>{}</p>", filled(CJK))),
        ("one paragraph, Arabic", format!("<p>{}</p>", filled(ARABIC))),
        ("paragraphs", filled(&format!("<p>{}</p>", LATIN.repeat(6)))),
        ("paragraphs, CJK", filled(&format!("<p>{}</p>", CJK.repeat(6)))),
        ("paragraphs, Arabic", filled(&format!("<p>{}</p>", ARABIC.repeat(6)))),
        ("short paragraphs", many(10_000, |n| format!("<p>Goal {n}: kick-off.</p>"))),
        ("lines of one paragraph", many(10_000, |n| format!("And line {n} of it.<br>"))),
        ("preformatted", format!("<pre>{}</pre>", filled("fn main() { run(&args, 1); }\n"))),
        ("list", format!("<ul>{}</ul>", many(10_000, |n| format!("<li>Item {n} of the list.")))),
        ("table", format!("<table>{}</table>", many(4000, row))),
        ("links", many(10_000, |n| format!("<a href='/story/{n}'>Another story, {n}</a> "))),
        ("images", many(5000, image)),
        ("short article", format!("<p>{}</p>", LATIN.repeat(8))),
    ];
    let head = "<!doctype html><html><head><title>Council meets</title></head><body><h1>Council meets</h1>";
    pages.into_iter().map(|(name, body)| (name.to_owned(), format!("{head}{body}"))).collect()
}

fn row(n: usize) -> String {
    format!("<tr><td>Team {n}</td><td>{n}</td><td>{}</td><td>12 March 2024</td></tr>", n * 3)
}

fn image(n: usize) -> String {
    format!(
        "<p>Picture {n} shows the council.</p><figure><img src='/i/{n}.jpg'><figcaption>The council, {n} / Agency</figcaption></figure>"
    )
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
