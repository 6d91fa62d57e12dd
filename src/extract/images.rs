//! Pictures of the body, and the captions and credits that belong to them instead of the text.

use super::page::{Elem, Page, Piece, Zone};
use super::tag::Tag;
use super::words::Word;
use crate::model::{Image, Link, text};
use std::collections::HashMap;

/// Most pictures of one article.
const IMAGES_MAX: usize = 50;

/// A picture narrower or lower than this, in pixels, is an icon.
const SIDE_MIN: u32 = 80;

/// Longest caption, in characters.
const CAPTION_MAX: u32 = 600;

/// Longest credit, in characters.
const CREDIT_MAX: usize = 80;

/// The same in bytes, with its mark.
const CREDIT_BYTES: usize = 4 * CREDIT_MAX + 32;

/// Marks that begin a credit; compared in lower case.
const CREDIT_MARKS: [&str; 22] = [
    "photo:",
    "photo by",
    "photos:",
    "photograph:",
    "photograph by",
    "image:",
    "image credit:",
    "picture:",
    "credit:",
    "credits:",
    "foto:",
    "fotos:",
    "bild:",
    "quelle:",
    "source:",
    "photo ",
    "crédit",
    "crédits",
    "fotografía:",
    "фото:",
    "©",
    "(c)",
];

/// Longest line in an element named after a picture that is taken for its caption, in characters.
const FRAME_LINE_MAX: u32 = 200;

/// For each block that is a caption, the picture it belongs to where there is one.
pub(super) type Captions = HashMap<u32, Option<u32>>;

/// The captions of a page: what stands in a `figcaption` or in an element that says it is one,
/// and a line directly after a picture that ends in a credit.
pub(super) fn captions(page: &Page<'_>) -> Captions {
    let mut found = Captions::new();
    let mut picture: Option<u32> = None;
    let mut since = 0;
    let mut last_block = None;
    for piece in &page.pieces {
        match piece {
            Piece::Open(index) if page.elem(*index).is_some_and(|e| e.tag == Tag::Img) => {
                picture = Some(*index);
                since = 0;
            }
            Piece::Text { block, .. } if last_block != Some(*block) => {
                last_block = Some(*block);
                if is_caption(page, *block, picture.is_some(), since) {
                    found.insert(*block, picture.filter(|_| since < 3));
                } else {
                    picture = picture.filter(|_| since < 1);
                }
                since += 1;
            }
            _ => {}
        }
    }
    found
}

/// True where the block is a caption; `since` is the number of blocks since the last picture.
fn is_caption(page: &Page<'_>, index: u32, after_picture: bool, since: u32) -> bool {
    let Some(block) = page.blocks.get(index as usize) else { return false };
    if block.chars > CAPTION_MAX {
        return false;
    }
    let marked = block.zone.has(Zone::CAPTION)
        || block.inline.has(Word::Caption)
        || (block.zone.has(Zone::FIGURE)
            && !block.zone.has(Zone::TABLE)
            && !block.zone.has(Zone::QUOTE));
    // The element in which a template puts a picture, with nothing but a line in it.
    let in_frame = block.chars <= FRAME_LINE_MAX
        && page.elem(block.elem).is_some_and(|e| e.words.has(Word::Image));
    marked || in_frame || (after_picture && since == 0 && divide(page.text_of(block)).1.is_some())
}

/// The pictures between two blocks of the body, by element, with captions and credits.
pub(super) fn body_images(
    page: &Page<'_>,
    region: std::ops::Range<u32>,
    captions: &Captions,
    base: Option<&Link>,
) -> HashMap<u32, Image> {
    let mut found: HashMap<u32, Image> = HashMap::new();
    for (index, elem) in page.elems.iter().enumerate().filter(|(_, e)| e.tag == Tag::Img) {
        let inside = region.contains(&elem.blocks.start);
        if !inside || found.len() >= IMAGES_MAX || !is_picture(page, elem) {
            continue;
        }
        let Some(url) = address(elem, base) else { continue };
        if found.values().any(|i| i.url == url) {
            continue;
        }
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let (caption, credit) = caption_of(page, captions, index);
        found.insert(index, Image { url, caption, credit });
    }
    found
}

/// The pictures in the page's order.
pub(super) fn in_order(found: HashMap<u32, Image>) -> Vec<Image> {
    let mut pairs: Vec<_> = found.into_iter().collect();
    pairs.sort_by_key(|(index, _)| *index);
    pairs.into_iter().map(|(_, image)| image).collect()
}

/// Caption and credit from the blocks that belong to the picture.
fn caption_of(
    page: &Page<'_>,
    captions: &Captions,
    image: u32,
) -> (Option<String>, Option<String>) {
    let mut blocks: Vec<u32> =
        captions.iter().filter(|(_, of)| **of == Some(image)).map(|(block, _)| *block).collect();
    blocks.sort_unstable();
    let mut caption: Vec<String> = Vec::new();
    let mut credit = None;
    for block in blocks.iter().filter_map(|i| page.blocks.get(*i as usize)) {
        let line = text::line(page.text_of(block));
        let says = page.elem(block.elem).is_some_and(|e| e.words.has(Word::Credit))
            || block.inline.has(Word::Credit);
        if says && credit.is_none() && line.chars().count() <= CREDIT_MAX && !caption.is_empty() {
            credit = Some(strip_mark(&line).to_owned());
            continue;
        }
        let (head, tail) = divide(&line);
        if credit.is_none() {
            credit = tail;
        }
        if !head.is_empty() && !caption.contains(&head) {
            caption.push(head);
        }
    }
    (Some(caption.join(" ")).filter(|c| !c.is_empty()), credit.filter(|c| !c.is_empty()))
}

/// A caption line without its credit, and the credit: after a slash or bar at the end, after a
/// mark such as `Photo:`, or in brackets at the end.
pub(super) fn divide(line: &str) -> (String, Option<String>) {
    let line = line.trim();
    for separator in [" / ", " | ", " – Photo: ", " - Photo: "] {
        if let Some((head, tail)) = line.rsplit_once(separator)
            && is_credit(tail)
        {
            return (head.trim().to_owned(), Some(strip_mark(tail).to_owned()));
        }
    }
    // A credit is short: only the end of the line can hold one.
    let from = line.ceil_char_boundary(line.len().saturating_sub(CREDIT_BYTES));
    let lower = line.get(from..).unwrap_or_default().to_lowercase();
    for mark in CREDIT_MARKS {
        let found = lower.rfind(mark).map(|at| at + from);
        let Some(at) = found.filter(|at| line.is_char_boundary(*at)) else { continue };
        let (head, tail) = line.split_at(at);
        let starts = head.is_empty() || head.ends_with([' ', '(', '[', '.']);
        if starts && is_credit(tail) && (tail.len() > mark.len()) && mark != "photo " {
            let head =
                head.trim_end().trim_end_matches(['(', '[', '|', '/', '-', '–', ',']).trim_end();
            return (head.to_owned(), Some(strip_mark(tail).to_owned()));
        }
    }
    if let Some((head, tail)) = line.rsplit_once('(')
        && let Some(inner) = tail.trim_end().trim_end_matches('.').strip_suffix(')')
        && is_credit(inner)
        && (inner.contains('/') || lower.contains("photo"))
    {
        return (head.trim().to_owned(), Some(strip_mark(inner).to_owned()));
    }
    (line.to_owned(), None)
}

fn is_credit(text: &str) -> bool {
    let text = text.trim();
    let short = text.chars().count() <= CREDIT_MAX && text.split_whitespace().count() <= 8;
    short && text.chars().any(char::is_alphabetic) && !text.ends_with(['?', '!'])
}

fn strip_mark(text: &str) -> &str {
    let text = text.trim().trim_end_matches([')', ']']);
    let lower = text.to_lowercase();
    let mark = CREDIT_MARKS.iter().filter(|m| lower.starts_with(**m)).map(|m| m.len()).max();
    text.get(mark.unwrap_or(0)..).unwrap_or(text).trim_start_matches([':', ' '])
}

/// True for a picture of the article: no icon, portrait of an author, advertisement or teaser.
fn is_picture(page: &Page<'_>, elem: &Elem<'_>) -> bool {
    let side = |name: &str| {
        elem.node.attr(name).and_then(|v| v.trim_end_matches("px").parse::<u32>().ok())
    };
    if [side("width"), side("height")].into_iter().flatten().any(|s| s < SIDE_MIN) {
        return false;
    }
    let strange = [Zone::NAV, Zone::FOOTER, Zone::FORM];
    if strange.iter().any(|z| elem.zone.has(*z)) {
        return false;
    }
    let bad = [Word::Author, Word::Ad, Word::Related, Word::Comment, Word::Share, Word::Newsletter];
    !page.around(elem.parent).take(3).any(|e| {
        e.tag != Tag::Body && bad.iter().any(|w| e.words.has(*w)) && !e.words.has(Word::Body)
    })
}

/// Where the picture is: the attributes of lazy loading before `src`.
fn address(elem: &Elem<'_>, base: Option<&Link>) -> Option<Link> {
    let lazy = ["data-src", "data-original", "data-lazy-src", "data-url"];
    let direct = lazy.iter().find_map(|name| elem.node.attr(name)).or(elem.node.attr("src"));
    let link = direct.filter(|v| !v.starts_with("data:")).and_then(|v| Link::parse(v, base));
    let link = link.or_else(|| {
        let set = elem.node.attr("srcset").or(elem.node.attr("data-srcset"))?;
        Link::parse(set.split_whitespace().next()?.trim_end_matches(','), base)
    })?;
    let path = link.url().path().to_ascii_lowercase();
    let icon = ["pixel", "spacer", "blank.", "1x1", "placeholder"].iter().any(|w| path.contains(w));
    let drawing = path.rsplit('.').next() == Some("svg");
    (!icon && !drawing).then_some(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, caption: &str, credit: Option<&str>) {
        assert_eq!(divide(line), (caption.to_owned(), credit.map(str::to_owned)));
    }

    #[test]
    fn credits_are_parted_from_captions() {
        check("The bridge at dawn / Town Hall", "The bridge at dawn", Some("Town Hall"));
        check("The bridge. Photo: Ann Example", "The bridge.", Some("Ann Example"));
        check("The bridge (Ann Example/Agency)", "The bridge", Some("Ann Example/Agency"));
        check("The bridge © Agency", "The bridge", Some("Agency"));
        check("The bridge at dawn.", "The bridge at dawn.", None);
    }
}
