//! Which blocks are the body of the article, and why the others are not.

use super::images::Captions;
use super::page::{Block, Elem, Page, Zone};
use super::tag::Tag;
use super::title::{overlap, squash, words};
use super::words::Word;
use std::collections::HashSet;

/// What becomes of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Keep,
    Drop(&'static str),
}

/// What is known of the page besides its blocks.
pub(super) struct Context<'c> {
    /// Claims to be the headline.
    pub titles: Vec<String>,
    pub authors: &'c [String],
    pub captions: &'c Captions,
    /// Hashes of blocks that stand on other pages of the site.
    pub seen: Option<&'c HashSet<u64>>,
    /// Elements that a configured selector removes or chooses.
    pub removed: HashSet<u32>,
    pub chosen: HashSet<u32>,
}

/// A verdict for each block.
pub(super) fn judge(page: &Page<'_>, context: &Context<'_>) -> Vec<Verdict> {
    let container = container(page);
    let mut verdicts: Vec<Verdict> = page
        .blocks
        .iter()
        .enumerate()
        .map(|(at, block)| verdict(page, context, container, at, block))
        .collect();
    drop_repeated_title(page, context, &mut verdicts);
    verdicts
}

fn verdict(
    page: &Page<'_>,
    context: &Context<'_>,
    container: Option<u32>,
    at: usize,
    block: &Block,
) -> Verdict {
    let index = u32::try_from(at).unwrap_or(u32::MAX);
    if !context.chosen.is_empty() {
        let inside = page.around(block.elem).any(|e| context.chosen.contains(&position(page, e)));
        return if inside { Verdict::Keep } else { Verdict::Drop("outside-rule") };
    }
    if context.removed.iter().any(|r| page.elem(*r).is_some_and(|e| e.blocks.contains(&index))) {
        return Verdict::Drop("rule");
    }
    if context.captions.contains_key(&index) {
        return Verdict::Drop("caption");
    }
    if block.zone.has(Zone::HIDDEN) {
        return Verdict::Drop("hidden");
    }
    let hash = hash(page.text_of(block));
    if context.seen.is_some_and(|seen| seen.contains(&hash)) {
        return Verdict::Drop("repeated");
    }
    let inside = container.and_then(|c| page.elem(c)).is_some_and(|c| c.blocks.contains(&index));
    if !inside {
        return Verdict::Drop(kind(page, block));
    }
    if block.linked * 2 > block.chars || foreign(page, block) || is_byline(page, context, block) {
        return Verdict::Drop(kind(page, block));
    }
    Verdict::Keep
}

fn position(page: &Page<'_>, elem: &Elem<'_>) -> u32 {
    let at = page.elems.iter().position(|e| std::ptr::eq(e, elem)).unwrap_or(usize::MAX);
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The element that holds most of the page's running text, most tightly.
fn container(page: &Page<'_>) -> Option<u32> {
    let mut scores = vec![0.0_f32; page.elems.len()];
    for block in page
        .blocks
        .iter()
        .filter(|b| b.chars >= 40 && b.linked * 2 < b.chars && !b.zone.has(Zone::HIDDEN))
    {
        if foreign(page, block) {
            continue;
        }
        #[expect(clippy::cast_precision_loss, reason = "a weight")]
        let mut weight = block.chars as f32;
        let mut at = block.elem;
        for _ in 0..8 {
            if let Some(score) = scores.get_mut(at as usize) {
                *score += weight;
            }
            weight *= 0.93;
            let Some(parent) = page.elem(at).map(|e| e.parent).filter(|p| *p != at) else { break };
            at = parent;
        }
    }
    let best = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
    u32::try_from(best.0).ok()
}

/// True where the elements around the block say that it belongs to something else.
fn foreign(page: &Page<'_>, block: &Block) -> bool {
    if [Zone::NAV, Zone::FOOTER, Zone::ASIDE].iter().any(|z| block.zone.has(*z)) {
        return true;
    }
    let bad = [
        Word::Related,
        Word::Comment,
        Word::Cookie,
        Word::Newsletter,
        Word::Share,
        Word::Ad,
        Word::Footer,
    ];
    page.around(block.elem).take(4).any(|e| {
        bad.iter().any(|w| e.words.has(*w))
            && !e.words.has(Word::Body)
            && !e.words.has(Word::Article)
            && e.tag != Tag::Body
    })
}

/// What a dropped block is, as far as the elements around it tell.
fn kind(page: &Page<'_>, block: &Block) -> &'static str {
    if block.zone.has(Zone::NAV) {
        return "navigation";
    }
    let named = [
        (Word::Cookie, "cookie-notice"),
        (Word::Newsletter, "newsletter"),
        (Word::Comment, "comments"),
        (Word::Share, "share"),
        (Word::Ad, "advert"),
        (Word::Author, "byline"),
        (Word::Related, "related"),
        (Word::Nav, "navigation"),
        (Word::Footer, "footer"),
    ];
    page.around(block.elem)
        .take(4)
        .find_map(|e| named.iter().find(|(w, _)| e.words.has(*w)).map(|n| n.1))
        .unwrap_or(if block.zone.has(Zone::FOOTER) { "footer" } else { "other" })
}

fn is_byline(page: &Page<'_>, context: &Context<'_>, block: &Block) -> bool {
    if block.chars > 160 {
        return false;
    }
    let text = page.text_of(block);
    let named = context.authors.iter().any(|a| text.contains(a.as_str()));
    let dated = super::dates::in_words(text).is_some();
    let words = text.split_whitespace().count();
    let by = text.get(..3).is_some_and(|t| t.eq_ignore_ascii_case("by "));
    (named && (words < 6 || dated || by)) || (dated && words < 12) || (by && words < 8)
}

/// Drops lines that say the headline again, before and within the body.
fn drop_repeated_title(page: &Page<'_>, context: &Context<'_>, verdicts: &mut [Verdict]) {
    let claims: Vec<_> = context.titles.iter().map(|t| (squash(t), words(t))).collect();
    for (block, verdict) in page.blocks.iter().zip(verdicts) {
        if block.chars > 400 || *verdict != Verdict::Keep {
            continue;
        }
        let text = page.text_of(block);
        let (squashed, own) = (squash(text), words(text));
        if claims.iter().any(|(s, w)| *s == squashed || overlap(w, &own) > 0.85) {
            *verdict = Verdict::Drop("title");
        }
    }
}

/// The hash by which a block is known again on other pages of its site.
pub(super) fn hash(text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes())
}
