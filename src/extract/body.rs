//! Which blocks are the body of the article, and why the others are not.

use super::page::{Block, Page, Zone};
use super::stats::Stats;
use super::title::{overlap, squash, words};
use super::words::Word;
use super::{features, forest, lines};
use std::collections::HashSet;

/// What becomes of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Keep,
    Drop(&'static str),
}

/// What overrules the model.
pub(super) struct Context<'c> {
    pub known: features::Known<'c>,
    /// Hashes of blocks that stand on other pages of the site.
    pub seen: Option<&'c HashSet<u64>>,
    /// Elements that a configured selector removes, and those it takes as the body.
    pub removed: &'c HashSet<u32>,
    pub chosen: &'c HashSet<u32>,
}

/// A block is kept where the model is at least this sure.
const SURE: f32 = 0.5;

/// A text shorter than this, in characters, may be all hidden by a page that shows it by script.
const HIDDEN_MIN: u32 = 250;

/// The verdict on each block, and how sure the model is of those kept, 0 to 1.
pub(super) fn judge(page: &Page<'_>, context: &Context<'_>) -> (Vec<Verdict>, f32) {
    let stats = Stats::of(page);
    let rows = features::rows(page, &stats, &context.known);
    let sure: Vec<f32> = rows.rows.iter().map(|row| forest::probability(row)).collect();
    let likely: Vec<bool> = sure.iter().map(|p| *p >= SURE).collect();
    let visible: u32 = page
        .blocks
        .iter()
        .zip(&likely)
        .filter(|(b, likely)| **likely && !b.zone.has(Zone::HIDDEN) && !b.zone.has(Zone::CONSENT))
        .map(|(b, _)| b.chars)
        .sum();
    let mut verdicts = Vec::with_capacity(page.blocks.len());
    for (at, block) in page.blocks.iter().enumerate() {
        let index = u32::try_from(at).unwrap_or(u32::MAX);
        let likely = likely.get(at).copied().unwrap_or(false);
        let hidden = visible >= HIDDEN_MIN
            && (block.zone.has(Zone::HIDDEN) || block.zone.has(Zone::CONSENT));
        let ruled = by_rule(page, context, index, block);
        verdicts.push(match ruled {
            Some(verdict) => verdict,
            None if hidden && block.zone.has(Zone::CONSENT) => Verdict::Drop("cookie-notice"),
            None if hidden => Verdict::Drop("hidden"),
            None if likely => Verdict::Keep,
            None => Verdict::Drop(kind(page, block)),
        });
    }
    if context.chosen.is_empty() {
        drop_repeated_title(page, context, &mut verdicts);
    }
    let confidence = confidence(page, &sure, &verdicts);
    (verdicts, confidence)
}

/// The mean certainty of the kept text.
fn confidence(page: &Page<'_>, sure: &[f32], verdicts: &[Verdict]) -> f32 {
    let (mut sum, mut all) = (0.0, 0.0);
    for ((block, sure), verdict) in page.blocks.iter().zip(sure).zip(verdicts) {
        if *verdict == Verdict::Keep {
            #[expect(clippy::cast_precision_loss, reason = "a weight")]
            let weight = block.chars as f32;
            sum += sure * weight;
            all += weight;
        }
    }
    if all > 0.0 { sum / all } else { 0.0 }
}

/// What is decided without the model: configured selectors, captions, what repeats on the site.
fn by_rule(page: &Page<'_>, context: &Context<'_>, index: u32, block: &Block) -> Option<Verdict> {
    let within = |elems: &HashSet<u32>| {
        elems.iter().any(|r| page.elem(*r).is_some_and(|e| e.blocks.contains(&index)))
    };
    if within(context.removed) {
        return Some(Verdict::Drop("rule"));
    }
    if !context.chosen.is_empty() {
        let inside = within(context.chosen);
        return Some(if inside { Verdict::Keep } else { Verdict::Drop("outside-rule") });
    }
    if context.known.captions.contains_key(&index) {
        return Some(Verdict::Drop("caption"));
    }
    if lines::is_byline(page, block, context.known.authors) {
        return Some(Verdict::Drop("byline"));
    }
    if lines::is_advert_label(page, block) {
        return Some(Verdict::Drop("advert"));
    }
    let repeated = context.seen.is_some_and(|seen| seen.contains(&hash(page.text_of(block))));
    repeated.then_some(Verdict::Drop("repeated"))
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

/// Drops lines that say the headline again, before and within the body.
fn drop_repeated_title(page: &Page<'_>, context: &Context<'_>, verdicts: &mut [Verdict]) {
    let claims: Vec<_> = context.known.titles.iter().map(|t| (squash(t), words(t))).collect();
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
