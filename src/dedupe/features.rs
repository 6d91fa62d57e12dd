//! What the stage sees of an article: address keys, text key, anchors, lines, words.
//!
//! All of it follows from the article and the furniture around it, so that the index can be computed
//! again from the archive.

use super::anchors::anchors;
use super::furniture::Furniture;
use super::url_key::{UrlKey, url_key};
use super::words::{self, Word, Words};
use crate::model::{Article, FeedId, Gist, Link};
use std::cell::LazyCell;
use xxhash_rust::xxh3::xxh3_64;

/// Words below which the same text says nothing: "read more", "subscribe to go on".
const TEXT_KEY_MIN: usize = 8;

/// An article that may be new.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The feed that carries it.
    pub feed: &'a FeedId,
    /// The entry's GUID, else its key; empty where there is none.
    pub guid: &'a str,
    /// Canonical address where the page's own word can be trusted ([`super::trusted_canonical`]),
    /// else where it was fetched.
    pub url: Option<&'a Link>,
    /// Address as the feed gives it.
    pub source_url: Option<&'a Link>,
    /// Registrable domain of the publisher.
    pub site: &'a str,
    /// Headline, plain text.
    pub title: &'a str,
    /// Body, plain text, one line a paragraph.
    pub text: &'a str,
    /// BCP 47 tag.
    pub language: Option<&'a str>,
}

/// Longest line, in words, that may be furniture on all sites: a longer one that three stories
/// share is a quotation.
const NOTICE_MAX: usize = 30;

/// BLAKE3 of a text's folded words, first 16 bytes.
pub type TextKey = [u8; 16];

/// What the stage sees of an article.
#[derive(Debug, Clone)]
pub struct Features {
    /// Key of the canonical address; `None` where that is a home page, which many articles share.
    pub url: Option<UrlKey>,
    /// Key of the address in the feed, where it is another.
    pub source_url: Option<UrlKey>,
    /// Key of the text; `None` where it is too short to mean anything.
    pub text: Option<TextKey>,
    /// Hashes that copies are likely to share.
    pub anchors: Vec<u64>,
    /// Hashes of the lines, for the site's [`super::Lines::learn`].
    pub lines: Vec<u32>,
    /// Hashes of the short ones, for that of all sites.
    pub notices: Vec<u32>,
    /// The page's tag in its site's lines.
    pub address: u8,
    /// The words without furniture; the length of a body is their number.
    pub(super) own: Vec<Word>,
}

impl Features {
    /// The features of a candidate, furniture left out of the anchors.
    pub fn of(candidate: &Candidate<'_>, furniture: Furniture<'_>) -> Self {
        Self::new(candidate.url, candidate.source_url, candidate.title, candidate.text, furniture)
    }

    /// The same features from the record, for the index and for replay.
    pub fn of_article(article: &Article, furniture: Furniture<'_>) -> Self {
        let (url, source) = (article.url.as_ref(), article.source_url.as_ref());
        Self::new(url, source, &article.title, &article.text, furniture)
    }

    fn new(
        url: Option<&Link>,
        source_url: Option<&Link>,
        title: &str,
        text: &str,
        furniture: Furniture<'_>,
    ) -> Self {
        let url = url.map(url_key).filter(|key| !key.is_home());
        let source_url = source_url.map(url_key).filter(|key| !key.is_home());
        let address = address(url.as_ref().or(source_url.as_ref()), title);
        let words = words::read(text);
        let hashes = line_hashes(&words);
        let short = lines(&words).zip(&hashes).filter(|(line, _)| line.len() <= NOTICE_MAX);
        let notices = short.map(|(_, hash)| *hash).collect();
        let text = text_key_of(&words);
        let own = without_furniture(words, &hashes, |line| furniture.holds(line, || address));
        Self {
            source_url: source_url.filter(|key| url.as_ref() != Some(key)),
            url,
            text,
            anchors: anchors(&own, title),
            lines: hashes,
            notices,
            address,
            own,
        }
    }

    /// Words of the body without furniture.
    pub fn own_words(&self) -> usize {
        self.own.len()
    }
}

/// The words of a known article's text, or of its beginning, without furniture: all of it that a
/// comparison looks at.
pub(super) fn own_words(article: &Gist, text: &str, furniture: Furniture<'_>) -> Vec<Word> {
    let key = |address: &Option<String>| {
        let link = address.as_ref().and_then(|address| Link::parse(address, None));
        link.as_ref().map(url_key).filter(|key| !key.is_home())
    };
    // Few articles have a line that their site's table holds.
    let address = LazyCell::new(|| {
        let key = key(&article.url).or_else(|| key(&article.source_url));
        address(key.as_ref(), &article.title)
    });
    let words = words::read(text);
    let hashes = line_hashes(&words);
    without_furniture(words, &hashes, |line| furniture.holds(line, || *address))
}

/// The key of a text: the same for the same words whatever the typography; `None` where it is too
/// short to mean anything.
pub fn text_key(text: &str) -> Option<TextKey> {
    text_key_of(&words::read(text))
}

fn text_key_of(words: &Words) -> Option<TextKey> {
    if words.all.len() < TEXT_KEY_MIN {
        return None;
    }
    let mut key = TextKey::default();
    blake3::Hasher::new().update(words.folded.as_bytes()).finalize_xof().fill(&mut key);
    Some(key)
}

/// The page's tag in its site's lines: one byte nearly always tells three pages apart.
fn address(key: Option<&UrlKey>, title: &str) -> u8 {
    let hash = xxh3_64(key.map_or(title, UrlKey::as_str).as_bytes());
    u8::try_from(hash >> 56).unwrap_or_default()
}

/// The tag of a page in its site's lines, as [`Features::address`] of an article at this address.
pub(super) fn page_tag(page: &Link) -> u8 {
    address(Some(&url_key(page)), "")
}

/// The hash of one line; `None` for several, or none.
pub(super) fn line_hash(text: &str) -> Option<u32> {
    match *line_hashes(&words::read(text)) {
        [line] => Some(line),
        _ => None,
    }
}

fn line_hashes(words: &Words) -> Vec<u32> {
    lines(words).map(hash_line).collect()
}

fn lines(words: &Words) -> impl Iterator<Item = &[Word]> {
    let starts = std::iter::once(0).chain(words.line_ends.iter().copied());
    starts.zip(&words.line_ends).map(|(start, end)| words.all.get(start..*end).unwrap_or_default())
}

fn hash_line(line: &[Word]) -> u32 {
    let hash = line.iter().fold(0_u64, |hash, word| {
        (hash.rotate_left(27) ^ word.hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    u32::try_from(hash >> 32).unwrap_or_default()
}

/// The words outside furniture; all words where nothing else would be left.
fn without_furniture(words: Words, hashes: &[u32], furniture: impl Fn(u32) -> bool) -> Vec<Word> {
    let held: Vec<bool> = hashes.iter().map(|hash| furniture(*hash)).collect();
    if !held.contains(&true) || !held.contains(&false) {
        return words.all;
    }
    let own = lines(&words).zip(&held).filter(|(_, held)| !**held);
    own.flat_map(|(line, _)| line.iter().copied()).collect()
}
