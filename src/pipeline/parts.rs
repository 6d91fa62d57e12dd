//! Articles in several parts: the pages behind "next" are joined to the first one.
//!
//! `rel=next` leads to the next part on one site and to another article on the next one. A part is
//! therefore believed only where its address is the first one's with the part's number in it, its
//! title the same, and its text new.

use super::page::{self, Miss, Page};
use super::{Desk, Source};
use crate::extract::Extracted;
use crate::model::Link;
use std::collections::HashSet;
use std::sync::Arc;
use url::Position;

/// Parts of one article that are read; longer ones are books.
const PARTS: u32 = 10;

/// Bytes of text after which no further part is read.
const TEXT_MAX: usize = 1 << 20;

/// Words that stand before a part's number in addresses.
const WORDS: [&str; 16] = [
    "", "page", "p", "pg", "pag", "pagina", "seite", "s", "sida", "side", "strona", "sayfa",
    "part", "teil", "parte", "start",
];

/// The page with all further parts.
///
/// # Errors
/// A part did not come, but may later; what came stands in [`Miss::came`].
pub(super) async fn follow(
    desk: &Desk,
    source: &Arc<Source>,
    mut page: Page,
) -> Result<Page, Miss> {
    let first = page.at.clone();
    for number in 2..=PARTS {
        let next = page.read.next_page.take().filter(|next| is_part(&first, next, number));
        let Some(next) = next else { break };
        match page::part(desk, source, next).await {
            Ok(part) => {
                if !join(&mut page.read, part.read) {
                    break;
                }
            }
            Err(miss) if miss.permanent => break,
            Err(miss) => return Err(Miss { came: Some(Box::new(page)), ..miss }),
        }
    }
    Ok(page)
}

/// Joins a further part to what there is; false where it is none.
fn join(whole: &mut Extracted, part: Extracted) -> bool {
    let known: HashSet<&str> = whole.text.split("\n\n").collect();
    let fresh: Vec<&str> = part.text.split("\n\n").filter(|p| !known.contains(p)).collect();
    if fresh.is_empty()
        || !is_same_title(&whole.title, &part.title)
        || whole.text.len() + part.text.len() > TEXT_MAX
    {
        return false;
    }
    let fresh = fresh.join("\n\n");
    whole.text.push_str("\n\n");
    whole.text.push_str(&fresh);
    whole.html.push_str(&part.html);
    let pictures: HashSet<Link> = whole.images.iter().map(|image| image.url.clone()).collect();
    whole.images.extend(part.images.into_iter().filter(|image| !pictures.contains(&image.url)));
    whole.dropped.extend(part.dropped);
    whole.next_page = part.next_page;
    true
}

/// True for titles that differ by a mark such as "page 2" only.
fn is_same_title(one: &str, other: &str) -> bool {
    let plain = |title: &str| -> String {
        title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (one, other) = (plain(one), plain(other));
    one.contains(&other) || other.contains(&one)
}

/// True where `next` is the address of part `number` of the article at `first`.
fn is_part(first: &Link, next: &Link, number: u32) -> bool {
    let place = |link: &Link| link.url()[Position::BeforeScheme..Position::BeforePath].to_owned();
    let tail = |link: &Link| link.url()[Position::BeforePath..Position::AfterQuery].to_owned();
    place(first) == place(next) && adds_number(&tail(first), &tail(next), number)
}

/// True where `next` is `first` with a part's number put in, or in the place of another one.
fn adds_number(first: &str, next: &str, number: u32) -> bool {
    let (gone, come) = difference(first.as_bytes(), next.as_bytes());
    let (gone, come) = (String::from_utf8_lossy(gone), String::from_utf8_lossy(come));
    let come = come.trim_matches(['/', '&', '?']);
    let digits = come.len() - come.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (word, found) = come.split_at(come.len() - digits);
    let word = word.trim_matches(['/', '-', '_', ',', '.', '=', '~', ':']).to_ascii_lowercase();
    // Some count their parts from zero.
    let fits = found.parse::<u32>().is_ok_and(|found| found == number || found + 1 == number);
    fits && matches!(&*gone, "" | "/" | "0" | "1") && WORDS.contains(&word.as_str())
}

/// What differs between two texts: the middles between their common beginning and end, numbers
/// never cut in two.
fn difference<'t>(one: &'t [u8], other: &'t [u8]) -> (&'t [u8], &'t [u8]) {
    let mut start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let digit = |text: &[u8], at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    if digit(one, start) || digit(other, start) {
        while start > 0 && digit(one, start - 1) {
            start -= 1;
        }
    }
    let (one, other) = (one.get(start..).unwrap_or(&[]), other.get(start..).unwrap_or(&[]));
    let mut end = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let before =
        |text: &[u8], end: usize| text.len().checked_sub(end + 1).is_some_and(|at| digit(text, at));
    if before(one, end) || before(other, end) {
        while end > 0 && digit(one, one.len() - end) {
            end -= 1;
        }
    }
    let middle = |text: &'t [u8]| text.get(..text.len() - end).unwrap_or(&[]);
    (middle(one), middle(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(first: &str, next: &str, number: u32, expect: bool) {
        let link = |path: &str| Link::parse(path, Link::parse("https://a.example/", None).as_ref());
        let (first, next) = (link(first).unwrap(), link(next).unwrap());
        assert_eq!(is_part(&first, &next, number), expect, "{first} {next}");
    }

    #[test]
    fn parts_carry_their_number() {
        for (first, next) in [
            ("/story", "/story/2"),
            ("/story/", "/story/2/"),
            ("/story/", "/story/page/2/"),
            ("/story.html", "/story-2.html"),
            ("/story.html", "/story,seite-2.html"),
            ("/story", "/story?page=2"),
            ("/story/", "/story?page=2"),
            ("/story?page=1", "/story?page=2"),
            ("/story?id=5", "/story?page=2&id=5"),
            ("/story-12", "/story-12/2"),
            ("/story", "/story?page=1"),
            ("/story_1.htm", "/story_2.htm"),
        ] {
            check(first, next, 2, true);
        }
        check("/story", "/story/7", 7, true);
    }

    #[test]
    fn other_articles_are_no_parts() {
        for (first, next) in [
            ("/story", "/other"),
            ("/story", "/story"),
            ("/story", "/story/3"),
            ("/?p=121", "/?p=122"),
            ("/story-1", "/story-12"),
            ("/2026/11/02/a", "/2026/11/03/b"),
            ("/story", "/story-part-of-2"),
            ("/story", "https://b.example/story/2"),
            ("/story", "http://a.example/story/2"),
            ("/story", "https://a.example:8443/story/2"),
        ] {
            check(first, next, 2, false);
        }
    }

    #[test]
    fn a_part_has_the_same_title_and_brings_text() {
        let of = |title: &str, text: &str| Extracted {
            title: title.to_owned(),
            text: text.to_owned(),
            ..Extracted::default()
        };
        let mut whole = of("The bridge", "One.\n\nTwo.");
        assert!(!join(&mut whole, of("The tunnel", "Three.")));
        assert!(!join(&mut whole, of("The bridge", "Two.\n\nOne.")));
        assert!(join(&mut whole, of("The bridge – Page 2", "One.\n\nThree.")));
        assert_eq!(whole.text, "One.\n\nTwo.\n\nThree.");
    }
}
