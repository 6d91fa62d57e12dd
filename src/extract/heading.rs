//! Headings as a page shows them: which blocks are some, what of their text is seen, and which of
//! them are the site's own.

use super::page::{Block, Elem, Page, Piece, Zone};
use super::tag::Tag;
use super::title::plain;

/// Class names of texts that only screen readers say.
const UNSEEN: [&str; 7] = [
    "visually-hidden",
    "visuallyhidden",
    "sr-only",
    "screen-reader",
    "screenreader",
    "element-invisible",
    "a11y-hidden",
];

/// The tag of the heading that a block is; a heading may hold its text in one element within.
pub(super) fn heading_tag(page: &Page<'_>, block: &Block) -> Option<Tag> {
    let own = page.around(block.elem).take(3).find(|e| e.tag.is_heading())?;
    let is_own = page.elem(block.elem).is_some_and(|e| e.tag.is_heading());
    (is_own || own.blocks.len() == 1).then_some(own.tag)
}

/// True for a heading that no line break divides.
pub(super) fn is_whole(page: &Page<'_>, block: &Block) -> bool {
    page.around(block.elem).take(3).any(|e| e.tag.is_heading() && e.blocks.len() == 1)
}

/// True for an inline element whose class says that it is there for screen readers alone.
fn is_unseen(elem: &Elem<'_>) -> bool {
    let class = elem.class.to_ascii_lowercase();
    !elem.tag.is_block() && UNSEEN.iter().any(|name| class.contains(name))
}

/// The texts of a heading by its elements, without those for screen readers alone.
pub(super) fn shown(page: &Page<'_>, block: &Block) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut hidden = None;
    let mut whole = false;
    let before = page.pieces.get(..block.piece).unwrap_or_default();
    let opens = before.iter().rev().take_while(|p| matches!(p, Piece::Open(_))).count();
    for piece in page.pieces.iter().skip(block.piece - opens) {
        match piece {
            Piece::Open(elem) => {
                whole = false;
                let hides = page.elem(*elem).is_some_and(is_unseen);
                hidden = hidden.or(hides.then_some(*elem));
            }
            Piece::Close(elem) => {
                whole = false;
                hidden = hidden.filter(|h| h != elem);
            }
            Piece::Text { folded, .. } if folded.start < block.text.end => {
                let text = page.text.get(folded.clone()).unwrap_or_default();
                if hidden.is_some() && text.contains(char::is_alphanumeric) {
                    continue;
                }
                match parts.last_mut().filter(|_| whole) {
                    Some(part) => part.push_str(text),
                    None => parts.push(text.to_owned()),
                }
                whole = true;
            }
            Piece::Text { .. } | Piece::Break => break,
        }
    }
    parts
}

/// The text of a heading that is nothing but a link to the site's first page.
pub(super) fn logo(page: &Page<'_>) -> Option<String> {
    let headings = page.blocks.iter().filter(|b| (2..60).contains(&b.chars) && b.linked >= b.chars);
    let mut logos = headings.filter(|b| heading_tag(page, b).is_some()).filter(|b| {
        let before = page.pieces.get(..b.piece).unwrap_or_default().iter().rev();
        let opens = before.map_while(|p| if let Piece::Open(e) = p { page.elem(*e) } else { None });
        let link = opens.chain(page.around(b.elem)).take(6).find(|e| e.tag == Tag::A);
        link.and_then(|e| e.node.attr("href")).is_some_and(leads_home)
    });
    logos.next().map(|b| plain(page.text_of(b)))
}

/// True for an address without a path.
fn leads_home(href: &str) -> bool {
    let path = match href.split_once("//") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => href,
    };
    matches!(path.trim_matches(['/', '.']), "" | "index.html" | "index.php" | "index.htm")
}

/// True for a heading among the links that lead to the page.
pub(super) fn is_path(page: &Page<'_>, block: &Block) -> bool {
    block.zone.has(Zone::NAV)
        || page.around(block.elem).take(4).any(|e| {
            e.class.to_ascii_lowercase().contains("breadcrumb")
                || e.node
                    .attr("aria-label")
                    .is_some_and(|l| l.to_ascii_lowercase().contains("breadcrumb"))
        })
}
