//! A stream of documents with labels: stories, their copies and revisions, and what only looks
//! like them.

use super::tongues::{TONGUES, Tongue, below, capital, pick, random};
use super::worlds::World;

/// Classes that are stories of their own, however much they share with others.
pub(crate) const DISTINCT: [&str; 7] =
    ["templated", "short-footer", "same-topic", "live", "digest", "quote", "background"];

/// A document and its label.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) id: String,
    pub(crate) story: usize,
    pub(crate) class: &'static str,
    world: &'static World,
    /// Minutes after the beginning.
    at: u64,
    outlet: usize,
    url: String,
    tongue: Tongue,
    pub(crate) title: String,
    pub(crate) paragraphs: Vec<String>,
}

impl Document {
    pub(crate) fn json(&self) -> serde_json::Value {
        let site = self.world.outlets[self.outlet];
        let (day, hour, minute) = (1 + self.at / 1440, self.at / 60 % 24, self.at % 60);
        serde_json::json!({
            "id": self.id, "url": self.url, "feed": format!("{site}-all"), "site": site,
            "title": self.title, "body": self.paragraphs.join("\n\n"), "lang": self.tongue.tag,
            "published": format!("2026-03-{day:02}T{hour:02}:{minute:02}:00Z"),
        })
    }
}

/// The documents of a stream, in the order of their arrival.
pub(crate) fn make(seed: u64, world: &'static World) -> Vec<Document> {
    let mut all: Vec<Document> =
        (0..world.shape.stories).flat_map(|n| family(world, seed, n)).collect();
    let mut story = world.shape.stories;
    for class in DISTINCT {
        for n in 0..world.shape.lookalikes {
            all.push(lookalike(world, random(seed, story as u64), class, n, story, seed));
            story += 1;
        }
    }
    all.sort_by_key(|document| document.at);
    for (n, document) in all.iter_mut().enumerate() {
        document.id = format!("d{n}");
    }
    all
}

/// A story as its first outlet tells it.
fn original(world: &'static World, seed: u64, story: usize, paragraphs: u64) -> Document {
    let tongue = pick(seed, 1, world.tongues);
    let World { shape, .. } = world;
    let outlet = usize::try_from(below(seed, 2, world.outlets.len() as u64)).unwrap();
    let names: Vec<_> = (0..7).map(|n| tongue.name(random(seed, 10 + n))).collect();
    let figures: Vec<_> = (0..5).map(|n| 2 + below(seed, 20 + n, 9000)).collect();
    let paragraph = |p: u64| {
        let sentence =
            |s| tongue.sentence(random(seed, 1000 + p * 10 + s), shape.words, &names, &figures);
        let (least, more) = shape.sentences;
        (0..least + below(seed, 30 + p, more))
            .map(sentence)
            .collect::<String>()
            .trim_end()
            .to_owned()
    };
    let title: Vec<_> = (0..8).map(|n| tongue.word(seed, 40 + n)).collect();
    Document {
        id: String::new(),
        story,
        class: "original",
        world,
        at: below(seed, 3, 20 * 1440),
        outlet,
        url: address(world, seed, outlet, story),
        tongue,
        title: capital(&title.join(tongue.gap)),
        paragraphs: (0..paragraphs).map(paragraph).collect(),
    }
}

fn address(world: &World, seed: u64, outlet: usize, story: usize) -> String {
    let site = world.outlets[outlet];
    let number = 10_000 + story * 100 + usize::try_from(below(seed, 4, 100)).unwrap();
    let slug: Vec<_> = (0..5).map(|n| TONGUES[0].word(seed, 50 + n)).collect();
    let slug = slug.join("-");
    match outlet % 4 {
        0 => format!("https://www.{site}.example/p/{number}"),
        1 => format!("https://{site}.example/2026/{slug}-{number}.html"),
        2 => format!("https://www.{site}.example/show?id={number}&section=3"),
        _ => format!("https://news.{site}.example/{slug}/{number}/"),
    }
}

/// A story with its copies and revisions.
fn family(world: &'static World, seed: u64, story: usize) -> Vec<Document> {
    let seed = random(seed, story as u64);
    let (least, more) = world.shape.paragraphs;
    let first = original(world, seed, story, least + below(seed, 5, more));
    let mut all: Vec<_> = (0..=below(seed, 6, world.shape.copies_max))
        .map(|n| copy(&first, random(seed, 600 + n)))
        .collect();
    all.push(first);
    all
}

/// One copy of a story, perhaps from before the original.
fn copy(first: &Document, seed: u64) -> Document {
    let class = pick(seed, 1, first.world.shape.copies);
    let mut copy = first.clone();
    copy.class = class;
    copy.at += 5 + below(seed, 2, 4 * 1440);
    match class {
        "tracked" => copy.url = tracked(copy.world, &copy.url, seed),
        "mobile" => copy.url = mobile(&copy.url, seed),
        "wrapped" => copy.url = wrapped(&copy.url, seed),
        "revision" => revise(&mut copy, seed),
        _ => {
            copy.outlet = (first.outlet + 1 + usize::try_from(below(seed, 3, 18)).unwrap()) % 20;
            copy.url = address(copy.world, seed, copy.outlet, first.story);
            if below(seed, 4, copy.world.shape.early) == 0 {
                copy.at = first.at.saturating_sub(30);
            }
            change(&mut copy, class, seed);
            if copy.world.retitles && below(seed, 5, 3) == 0 {
                retitle(&mut copy, seed);
            }
        }
    }
    copy
}

fn tracked(world: &World, url: &str, seed: u64) -> String {
    let gap = if url.contains('?') { '&' } else { '?' };
    let url = if below(seed, 11, 2) == 0 { url.replace("https:", "http:") } else { url.to_owned() };
    format!("{url}{gap}{}#top", pick(seed, 10, world.trackers))
}

fn mobile(url: &str, seed: u64) -> String {
    let bare = url.replace("https://www.", "https://");
    let (path, query) = url.split_once('?').map_or((url, ""), |(path, query)| (path, query));
    match below(seed, 10, 4) {
        0 => bare.replace("https://", "https://m."),
        1 => bare.replace("https://", "https://amp."),
        2 if query.is_empty() => format!("{}/amp", path.trim_end_matches('/')),
        2 => format!("{url}&amp=1"),
        _ => format!("https://x.cdn.ampproject.org/v/s/{}", bare.trim_start_matches("https://")),
    }
}

fn wrapped(url: &str, seed: u64) -> String {
    let inner: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
    match below(seed, 10, 4) {
        0 => format!("https://www.google.com/url?rct=j&sa=t&url={inner}&ct=ga"),
        1 => format!("https://l.facebook.com/l.php?u={inner}&h=AT1"),
        2 => format!("https://eur01.safelinks.protection.outlook.com/?url={inner}&data=05"),
        _ => format!("https://www.linkedin.com/redir/redirect?url={inner}&urlhash=x"),
    }
}

/// The same page with another text.
fn revise(copy: &mut Document, seed: u64) {
    let names = [copy.tongue.name(seed), copy.tongue.name(seed + 1)];
    let more = copy.tongue.sentence(seed, 14, &names, &[7, 41]);
    match below(seed, 10, 3) {
        0 => copy.paragraphs.push(more),
        1 => copy.paragraphs[0] = more,
        _ => copy.paragraphs[1].push_str(&format!(" {more}")),
    }
}

/// What another outlet makes of a text.
fn change(copy: &mut Document, class: &str, seed: u64) {
    let World { shape, .. } = copy.world;
    match class {
        "retitled" => retitle(copy, seed),
        "typography" => each(copy, |p| p.replace(' ', "\u{a0}").replace(". ", ".\u{200b} ")),
        "misread" => each(copy, |p| misread(&p)),
        "footers" => furnish(copy, seed, shape.footer_lines),
        "cut" => cut(copy, seed),
        "edited" => edit(copy, seed, shape.edits.0),
        "reordered" => {
            let half = copy.paragraphs.len() / 2;
            copy.paragraphs[1..].rotate_left(half);
        }
        "localised" => {
            let names = [copy.tongue.name(seed)];
            copy.paragraphs[0] = copy.tongue.sentence(seed, 18, &names, &[12]);
            furnish(copy, seed, 1);
        }
        "stub" => stub(copy, seed, shape.stubs.0),
        "stub-short" => stub(copy, seed, shape.stubs.1),
        "mixed" => {
            edit(copy, seed, shape.edits.1);
            furnish(copy, seed, 3);
        }
        _ => {}
    }
}

fn retitle(copy: &mut Document, seed: u64) {
    copy.title = capital(&copy.tongue.sentence(seed, 8, &[String::new()], &[3]));
}

fn each(copy: &mut Document, change: impl Fn(String) -> String) {
    for paragraph in &mut copy.paragraphs {
        *paragraph = change(std::mem::take(paragraph));
    }
}

/// UTF-8 read as Windows-1252.
fn misread(text: &str) -> String {
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned()
}

/// Adds an outlet's lines, some before and most behind.
fn furnish(copy: &mut Document, seed: u64, lines: u64) {
    let World { outlets, footers, .. } = copy.world;
    let site = outlets[copy.outlet];
    for n in 0..lines {
        let line = footers[(copy.outlet + usize::try_from(n).unwrap()) % footers.len()];
        let line = line.replace("{}", site);
        if below(seed, 700 + n, 4) == 0 {
            copy.paragraphs.insert(0, line);
        } else {
            copy.paragraphs.push(line);
        }
    }
}

fn cut(copy: &mut Document, seed: u64) {
    let keep = copy.paragraphs.len() * usize::try_from(50 + below(seed, 8, 35)).unwrap() / 100;
    copy.paragraphs.truncate(keep.max(2));
}

/// Replaces or drops one word in `every`; in scripts without spaces, one character.
fn edit(copy: &mut Document, seed: u64, every: u64) {
    let tongue = copy.tongue;
    each(copy, |paragraph| {
        let gap = tongue.gap;
        let units: Vec<String> = match gap {
            "" => paragraph.chars().map(String::from).collect(),
            _ => paragraph.split(' ').map(str::to_owned).collect(),
        };
        let every = if gap.is_empty() { every * 3 } else { every };
        let changed = units.iter().enumerate().filter_map(|(n, unit)| {
            let n = n as u64 + paragraph.len() as u64 * 1000;
            match below(seed, 900 + n, every * 2) {
                0 => None,
                1 => Some(tongue.word(seed, 5000 + n)),
                _ => Some(unit.clone()),
            }
        });
        changed.collect::<Vec<_>>().join(gap)
    });
}

/// The beginning, and a notice; one part in `part` of the first paragraphs.
fn stub(copy: &mut Document, seed: u64, part: usize) {
    let text = copy.paragraphs.join("\n\n");
    let (least, most) = copy.world.shape.stub_length;
    let keep = (text.chars().count() / part).clamp(least, most);
    let head: String = text.chars().take(keep).collect();
    let whole_words = head.rsplit_once(' ').filter(|_| copy.tongue.gap == " ");
    let head = whole_words.map_or(head.as_str(), |(head, _)| head);
    copy.paragraphs = vec![format!("{head}…"), pick(seed, 9, copy.world.notices).to_owned()];
}

/// A story of its own that shares something with others of its class.
fn lookalike(
    world: &'static World,
    seed: u64,
    class: &'static str,
    n: usize,
    story: usize,
    stream: u64,
) -> Document {
    let mut document = original(world, seed, story, 4);
    document.class = class;
    let shared = random(stream, 5_000_000 + n as u64 / 4);
    let tongue = document.tongue;
    match class {
        "templated" => document.paragraphs = vec![filled(world, seed, n)],
        "short-footer" => {
            document.outlet = n % 3;
            document.url = address(world, seed, document.outlet, story);
            document.paragraphs.truncate(1);
            furnish(&mut document, 0, 6);
        }
        "live" => {
            document.outlet = n % 3;
            document.url = address(world, seed, document.outlet, story);
            document.paragraphs.insert(0, original(world, shared, 0, 1).paragraphs.remove(0));
        }
        "digest" => {
            let heads = (0..world.digested)
                .map(|k| original(world, random(stream, below(seed, 60 + k, 200)), 0, 5));
            document.paragraphs = heads.flat_map(|d| world.summary(d)).collect();
            let own = original(world, seed, 0, 2).paragraphs.remove(1);
            let opens = world.shape.introduced && below(seed, 59, 2) == 0;
            let place = if opens { 0 } else { document.paragraphs.len() };
            document.paragraphs.insert(place, own);
        }
        "quote" => {
            let names = [tongue.name(shared)];
            let quote = pick(shared, 1, world.tongues).sentence(shared, 30, &names, &[5]);
            document.paragraphs.insert(1, format!("“{}”", quote.trim_end()));
        }
        // Shares a paragraph, and its people with it.
        _ => document.paragraphs.push(original(world, shared, 0, 3).paragraphs.remove(2)),
    }
    document
}

fn filled(world: &World, seed: u64, n: usize) -> String {
    let template = world.templates[n % world.templates.len()];
    let mut out = String::new();
    for (place, part) in template.split('{').enumerate() {
        let place = place as u64;
        match part.split_once('}') {
            Some(("n", rest)) => out.push_str(&format!("{}{rest}", 2 + below(seed, place, 990))),
            Some((_, rest)) => out.push_str(&(TONGUES[0].name(random(seed, place)) + rest)),
            None => out.push_str(part),
        }
    }
    out
}
