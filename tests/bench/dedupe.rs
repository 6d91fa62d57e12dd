//! The near-duplicate index at size: bytes a document, memory, time a document, rebuild rate.
//!
//! `cargo bench --bench dedupe -- [DOCUMENTS] [CACHE]` (1,000,000, and 8 MiB for the store's cache:
//! it is a setting, does not grow with the index, and counts as growth here). Documents
//! are made from their number, 330 words on average, on 2,000 sites with five lines of furniture
//! each; one in ten is an edited copy and one in twenty an exact one of a document before it.
//! They come within the eight weeks of the window. A known article is made again from its number
//! where the daemon reads it from the store; the time counts it. The time holds everything from
//! the text to the durable commit but the exact lookups.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a measurement prints, watches the clock and fails by panicking"
)]

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;
use wiredesk::dedupe::{Candidate, Features, Index, Near, Settings, Verdict, decide_near};
use wiredesk::model::{
    Article, ArticleId, ByteSize, Extraction, FeedId, Gist, Link, Relation, TextSource, Timestamp,
};
use wiredesk::store::{self, Txn, Writer};
use xxhash_rust::xxh3::xxh3_64;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const SITES: u64 = 2000;
const LEXICON: u64 = 30_000;
const WINDOW_SECONDS: u64 = 56 * 24 * 3600;
const GROUP: u64 = 64;
/// Values of the index at a million documents, at most.
const VALUES: u64 = 200_000;
const REBUILT: u64 = 100_000;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|a| !a.starts_with("--"));
    let documents: u64 = arguments.next().map_or(1_000_000, |n| n.parse().unwrap());
    let scratch = tempfile::tempdir().unwrap();
    let cache = ByteSize::mib(arguments.next().map_or(8, |n| n.parse().unwrap()));
    let folder = scratch.path();
    let store = store::Settings { cache, ..store::Settings::default() };
    let words: Vec<String> = (0..LEXICON).map(word).collect();
    let news = News { words, documents };

    // What the measurement itself keeps is in memory before it counts.
    let mut took = vec![u32::MAX; usize::try_from(documents).unwrap()];
    took.clear();
    let mut sizes: HashMap<u64, (u8, u32)> = (0..VALUES).map(|n| (n, (0, 0))).collect();
    sizes.clear();
    let before = resident();
    let mut desk = Desk::open(&folder.join("index"), &store, sizes);
    let mut found = [0_u64; 2];
    for number in 1..=documents {
        let article = news.article(number);
        let started = Instant::now();
        let verdict = desk.take(number, &article, &news);
        took.push(u32::try_from(started.elapsed().as_micros()).unwrap());
        if let Some(class) = News::source(number).map(|s| usize::from(s.exact)) {
            found[class] += u64::from(verdict != Verdict::New);
        }
        if number.is_multiple_of(50_000) {
            println!("{number}: resident {} MiB", resident() >> 20);
        }
    }
    let growth = resident().saturating_sub(before);
    desk.report(documents, &mut took, growth);
    let copies = |exact| (1..=documents).filter_map(News::source).filter(move |s| s.exact == exact);
    println!("edited copies found   {:.3}", found[0] as f64 / copies(false).count() as f64);
    println!(
        "exact copies found    {:.3} (by anchors alone)",
        found[1] as f64 / copies(true).count() as f64
    );
    drop(desk);
    rebuild(&folder.join("rebuilt"), &store, &news, documents.min(REBUILT));
}

/// Learns the articles again as a replay of the archive does.
fn rebuild(folder: &Path, store: &store::Settings, news: &News, documents: u64) {
    let articles: Vec<_> = (1..=documents).map(|number| news.article(number)).collect();
    let mut desk = Desk::open(folder, store, HashMap::new());
    let started = Instant::now();
    for (number, article) in (1..).zip(&articles) {
        desk.learn_again(number, article);
    }
    let rate = documents as f64 / started.elapsed().as_secs_f64();
    println!("rebuild               {rate:.0} documents/s");
}

/// The index in a store of its own.
struct Desk {
    writer: Writer,
    index: Index,
    settings: Settings,
    /// Kind and size of each value that was put, by the hash of its key.
    sizes: HashMap<u64, (u8, u32)>,
    puts: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Desk {
    fn open(folder: &Path, store: &store::Settings, sizes: HashMap<u64, (u8, u32)>) -> Self {
        let (_, mut writer) = store::open(folder, store).unwrap();
        let settings = Settings::default();
        let txn = writer.begin();
        let index = Index::open(settings.window, |key| txn.near(key)).unwrap();
        drop(txn);
        Self { writer, index, settings, sizes, puts: Vec::new() }
    }

    fn take(&mut self, number: u64, article: &Article, news: &News) -> Verdict {
        let feed = FeedId::new("bench").unwrap();
        let candidate = Candidate {
            feed: &feed,
            guid: "",
            url: article.url.as_ref(),
            source_url: None,
            site: &article.site,
            title: &article.title,
            text: &article.text,
            language: None,
        };
        let txn = self.writer.begin();
        let get = |key: &[u8]| txn.near(key);
        let features = self.index.features(&candidate, get).unwrap();
        let near = self.index.near(&features, get).unwrap();
        let near: Vec<_> = near.into_iter().map(|n| Gist::from(&news.article(n))).collect();
        for article in &near {
            self.index.load(&article.site, get).unwrap();
        }
        let near: Vec<_> = near
            .iter()
            .map(|article| Near { article, furniture: self.index.furniture(&article.site) })
            .collect();
        let verdict = decide_near(&candidate, &features, &near, &self.settings);
        drop(txn);
        self.write(number, article, &features);
        verdict
    }

    fn learn_again(&mut self, number: u64, article: &Article) {
        let txn = self.writer.begin();
        let features = self.index.features_of_article(article, |key| txn.near(key)).unwrap();
        drop(txn);
        self.write(number, article, &features);
    }

    fn write(&mut self, number: u64, article: &Article, features: &Features) {
        self.index.learn(number, number, article, features);
        if !number.is_multiple_of(GROUP) {
            return;
        }
        let mut txn: Txn<'_> = self.writer.begin();
        self.puts = self.index.put_step(article.fetched);
        for (key, value) in self.puts.drain(..) {
            let size = value.as_ref().map(|value| key.len() + 1 + value.len());
            match size {
                Some(size) => self.sizes.insert(xxh3_64(&key), (key[0], size as u32)),
                None => self.sizes.remove(&xxh3_64(&key)),
            };
            txn.put_near(&key, value);
        }
        txn.commit().unwrap();
    }

    fn report(&self, documents: u64, took: &mut [u32], growth: u64) {
        let total: u64 = took.iter().map(|t| u64::from(*t)).sum();
        took.sort_unstable();
        let at = |part: usize| took[(took.len() * part / 1000).min(took.len() - 1)];
        let logical = |kind: u8| {
            let of_kind = self.sizes.values().filter(|(of, _)| *of == kind);
            of_kind.map(|(_, size)| u64::from(*size)).sum::<u64>()
        };
        let each = |bytes: u64| bytes as f64 / documents as f64;
        let disk = self.writer.store().stats().unwrap().disk_bytes;
        println!("documents             {documents}");
        println!("put through           {}", self.index.put_through());
        println!("postings, logical     {:.1} B a document", each(logical(b'b')));
        println!("saved, logical        {:.1} B a document", each(logical(b'j') + logical(b'c')));
        println!("lines, logical        {:.1} B a document", each(logical(b's')));
        println!("on the disk           {:.1} B a document", each(disk));
        println!("resident growth       {} MiB", growth >> 20);
        println!("time, mean            {:.3} ms", each(total) / 1000.0);
        println!("time, p50 p99 p99.9   {} {} {} µs", at(500), at(990), at(999));
    }
}

/// Documents made from their number.
struct News {
    words: Vec<String>,
    documents: u64,
}

/// What a copy was made from.
struct Source {
    number: u64,
    exact: bool,
}

impl News {
    fn article(&self, number: u64) -> Article {
        let site = random(number, 1) % SITES;
        let site = format!("{}{}.example", word(site * 13), word(site));
        let url = Link::parse(&format!("https://www.{site}/news/{number}"), None).unwrap();
        let story = Self::source(number).map_or(number, |s| s.number);
        let title: Vec<_> = (0..7).map(|n| self.word(story, 90_000 + n)).collect();
        let seconds = number * WINDOW_SECONDS / self.documents;
        let at = Timestamp::from_second(i64::try_from(seconds).unwrap()).unwrap();
        let id = ArticleId::of(&number.to_string());
        Article {
            id,
            revision: 1,
            site_name: None,
            title: title.join(" "),
            authors: Vec::new(),
            language: None,
            published: None,
            published_source: None,
            modified: None,
            first_seen: at,
            fetched: at,
            summary: None,
            text: self.text(number, story, &site),
            html: String::new(),
            words: 0,
            images: Vec::new(),
            tags: Vec::new(),
            extraction: Extraction {
                from: TextSource::Page,
                confidence: 1.0,
                paywalled: false,
                dropped: Vec::new(),
            },
            sightings: Vec::new(),
            story: ArticleId::of(&story.to_string()),
            duplicate_of: None,
            relation: None::<Relation>,
            similarity: None,
            source_url: None,
            url: Some(url),
            site,
        }
    }

    /// The earlier document that this one copies.
    fn source(number: u64) -> Option<Source> {
        let class = random(number, 2) % 20;
        let back = 1 + random(number, 3) % 50_000;
        let earlier = number.checked_sub(back).filter(|n| *n > 0)?;
        let original = random(earlier, 2) % 20 > 2;
        (class <= 2 && original).then_some(Source { number: earlier, exact: class == 2 })
    }

    fn text(&self, number: u64, story: u64, site: &str) -> String {
        let edited = Self::source(number).is_some_and(|s| !s.exact);
        let length = 130 + random(story, 4) % 400;
        let mut text = String::new();
        for n in 0..length {
            // An edited copy has one word in thirty replaced.
            let own = edited && random(number, 5000 + n).is_multiple_of(30);
            let word = self.word(if own { number } else { story }, 10_000 + n);
            let sentence = n.is_multiple_of(14);
            match n {
                0 => {}
                _ if n.is_multiple_of(56) => text.push_str(".\n\n"),
                _ if sentence => text.push_str(". "),
                _ => text.push(' '),
            }
            if sentence || random(story, 20_000 + n).is_multiple_of(9) {
                text.push_str(&capital(word));
            } else {
                text.push_str(word);
            }
        }
        let line = random(number, 6) % 5;
        let line = ["radio", "paper", "mail", "phone", "video"][usize::try_from(line).unwrap()];
        text.push_str(&format!(".\n\nFollow {site} by {line} for more of this.\n\n"));
        text.push_str(&format!("All rights of {site} are reserved, they say."));
        text
    }

    /// A word by its place in a story; frequent words are frequent as in a language.
    fn word(&self, story: u64, place: u64) -> &str {
        let part = (random(story, place) >> 11) as f64 / (1_u64 << 53) as f64;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "below LEXICON"
        )]
        let rank = (LEXICON as f64).powf(part) as usize;
        &self.words[rank.min(self.words.len() - 1)]
    }
}

/// The word of a rank in an invented language.
fn word(rank: u64) -> String {
    let syllables = 1 + rank.max(2).ilog10() / 2 + u32::from(rank.is_multiple_of(3));
    let onsets = ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr"];
    let rimes = ["a", "e", "i", "o", "u", "an", "en", "ir", "os", "um", "el", "at"];
    let pick = |list: &[&'static str], salt: u64| {
        list[usize::try_from(random(rank, salt) % list.len() as u64).unwrap()]
    };
    (0..u64::from(syllables)).flat_map(|n| [pick(&onsets, n), pick(&rimes, 100 + n)]).collect()
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

/// A number that looks random and follows from two (`SplitMix64`).
fn random(seed: u64, salt: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(salt << 32 | salt);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Bytes of this process in memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() << 10
}
