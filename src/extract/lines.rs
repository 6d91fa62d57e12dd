//! Lines that are nothing but furniture whatever surrounds them: the byline, a label of an
//! advertisement.
//!
//! Only lines of which every word is accounted for: a sentence that names its author stays.

use super::dates::{in_words, is_month};
use super::page::{Block, Page};
use super::words::Word;

/// Longest byline, in characters: several authors, a place and a date.
const BYLINE_MAX: u32 = 160;

/// Longest text of an element named after advertising that is only its label, in characters.
const LABEL_MAX: u32 = 60;

/// Words that open a byline.
const OPENERS: [&str; 12] =
    ["by", "von", "par", "por", "di", "da", "door", "av", "af", "author", "autor", "text"];

/// Words that stand in a byline beside names and dates.
const FILLERS: [&str; 24] = [
    "and",
    "und",
    "et",
    "y",
    "e",
    "en",
    "for",
    "at",
    "on",
    "um",
    "am",
    "uhr",
    "published",
    "updated",
    "posted",
    "last",
    "gmt",
    "utc",
    "est",
    "pm",
    "st",
    "nd",
    "th",
    "the",
];

/// True for a line that says who wrote the article and when, and nothing else.
pub(super) fn is_byline(page: &Page<'_>, block: &Block, authors: &[String]) -> bool {
    if block.chars > BYLINE_MAX {
        return false;
    }
    let text = page.text_of(block);
    let first = text.split(|c: char| !c.is_alphanumeric()).find(|w| !w.is_empty());
    if !first.is_some_and(|w| OPENERS.iter().any(|o| o.eq_ignore_ascii_case(w))) {
        return false;
    }
    let text = text.to_lowercase();
    let names: Vec<String> = authors.iter().map(|name| name.to_lowercase()).collect();
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).peekable();
    let opened = words.peek().is_some_and(|w| OPENERS.contains(w));
    let is_named = names.iter().any(|name| !name.is_empty() && text.contains(name.as_str()));
    let is_of_name = |word: &str| {
        names.iter().any(|name| name.split(|c: char| !c.is_alphanumeric()).any(|n| n == word))
    };
    opened
        && is_named
        && words.skip(1).all(|word| {
            is_of_name(word)
                || is_month(word)
                || FILLERS.contains(&word)
                || word.starts_with(|c: char| c.is_ascii_digit())
        })
}

/// True for a line that is a date, perhaps with a time, and nothing else.
pub(super) fn is_date(page: &Page<'_>, block: &Block) -> bool {
    let text = page.text_of(block).to_lowercase();
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words.all(|word| {
        is_month(word) || FILLERS.contains(&word) || word.starts_with(|c: char| c.is_ascii_digit())
    }) && in_words(&text).is_some()
}

/// True for the label of an advertisement's place.
pub(super) fn is_advert_label(page: &Page<'_>, block: &Block) -> bool {
    block.chars <= LABEL_MAX && page.elem(block.elem).is_some_and(|e| e.words.has(Word::Ad))
}
