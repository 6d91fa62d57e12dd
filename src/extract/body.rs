//! Which blocks are the body of the article, and why the others are not.

use super::page::{Block, Page, Zone};
use super::stats::Stats;
use super::title::squash;
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
    /// What stands on other pages of the site.
    pub on_site: Option<OnSite<'c>>,
    /// Elements that a configured selector removes, and those it takes as the body.
    pub removed: &'c HashSet<u32>,
    pub chosen: &'c HashSet<u32>,
}

/// A block is kept where the model is at least this sure.
const SURE: f32 = 0.45;

/// A text shorter than this, in characters, may be all hidden by a page that shows it by script.
const HIDDEN_MIN: u32 = 250;

/// So does one whose likely body is hidden for the most part, so many times what is shown: behind
/// a button, or from those who do not subscribe.
const HIDDEN_TIMES: u32 = 2;

/// A short line at either end of the body is kept where the model is at least this sure; and what
/// is short, in characters.
const SURE_OF_LINE: f32 = 0.7;
const LINE_MAX: u32 = 60;

/// A text that stands so often in a page is furniture: placeholders of embedded content, appeals.
const REPEATED: u16 = 3;

/// Shorter lines may stand often in an article, in characters: answers, scores, labels of a table.
const REPEATED_MIN: u32 = 60;

/// True for the text of a block that stands on other pages of the same site: it is not the article.
#[derive(Clone, Copy)]
pub struct OnSite<'a>(pub &'a dyn Fn(&str) -> bool);

impl std::fmt::Debug for OnSite<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OnSite")
    }
}

/// Why a block is left out that stands on other pages of the site.
pub const ON_SITE: &str = "on-other-pages";

/// Characters of a block that may be left out as such: shorter ones are headings, answers and scores
/// that an article may share with others, longer ones no promotion.
const ON_SITE_CHARS: std::ops::RangeInclusive<u32> = 40..=2000;

/// The verdict on each block, and how sure the model is of those kept, 0 to 1.
pub(super) fn judge(page: &Page<'_>, context: &Context<'_>) -> (Vec<Verdict>, f32) {
    let stats = Stats::of(page);
    let rows = features::rows(page, &stats, &context.known);
    let sure = forest::probabilities(&rows.values, rows.width);
    let (shown, hidden) = likely_chars(page, &sure);
    let hides_other = shown >= HIDDEN_MIN && hidden < shown * HIDDEN_TIMES;
    let has_body = shown + hidden >= HIDDEN_MIN;
    let blocks = page.blocks.iter().zip(0_u32..).zip(&sure);
    let mut verdicts: Vec<Verdict> = blocks
        .map(|((block, index), sure)| {
            if let Some(verdict) = by_selector(page, context, index) {
                return verdict;
            }
            if *sure < SURE {
                return Verdict::Drop(kind(page, block));
            }
            match why_left_out(page, context, &rows, index, block) {
                Some(why) => Verdict::Drop(why),
                None if has_body && block.zone.has(Zone::CONSENT) => Verdict::Drop("cookie-notice"),
                None if hides_other && block.zone.has(Zone::HIDDEN) => Verdict::Drop("hidden"),
                None => Verdict::Keep,
            }
        })
        .collect();
    if context.chosen.is_empty() {
        trim_ends(page, &stats, &sure, &mut verdicts);
        drop_repeated_title(page, context, &rows.like_title, &mut verdicts);
        drop_on_site(page, context, &mut verdicts);
    }
    let confidence = confidence(page, &sure, &verdicts);
    (verdicts, confidence)
}

/// Drops dates and unsure short lines that are no sentence before the body's first and behind its
/// last block that is anything else: menus and labels next to the text.
fn trim_ends(page: &Page<'_>, stats: &Stats, sure: &[f32], verdicts: &mut [Verdict]) {
    let kept: Vec<usize> =
        (0..verdicts.len()).filter(|at| verdicts.get(*at) == Some(&Verdict::Keep)).collect();
    let is_loose = |at: &usize| {
        let block = page.blocks.get(*at);
        let unsure = sure.get(*at).is_some_and(|sure| *sure < SURE_OF_LINE);
        let loose = unsure && !stats.block(*at).ends;
        block.is_some_and(|b| b.chars < LINE_MAX && (loose || lines::is_date(page, b)))
    };
    if kept.iter().all(is_loose) {
        return;
    }
    let head = kept.iter().take_while(|at| is_loose(at));
    let tail = kept.iter().rev().take_while(|at| is_loose(at));
    for at in head.chain(tail) {
        if let (Some(verdict), Some(block)) = (verdicts.get_mut(*at), page.blocks.get(*at)) {
            *verdict = Verdict::Drop(kind(page, block));
        }
    }
}

/// Characters of the likely body that are shown to a reader, and of those that are hidden.
fn likely_chars(page: &Page<'_>, sure: &[f32]) -> (u32, u32) {
    let likely = page.blocks.iter().zip(sure).filter(|(_, sure)| **sure >= SURE).map(|p| p.0);
    let likely = likely.filter(|b| !b.zone.has(Zone::CONSENT));
    let (hidden, shown): (Vec<_>, Vec<_>) = likely.partition(|b| b.zone.has(Zone::HIDDEN));
    let chars = |blocks: Vec<&Block>| blocks.iter().map(|b| b.chars).sum();
    (chars(shown), chars(hidden))
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

/// What configured selectors decide.
fn by_selector(page: &Page<'_>, context: &Context<'_>, index: u32) -> Option<Verdict> {
    let within = |elems: &HashSet<u32>| {
        elems.iter().any(|r| page.elem(*r).is_some_and(|e| e.blocks.contains(&index)))
    };
    if within(context.removed) {
        return Some(Verdict::Drop("rule"));
    }
    if context.chosen.is_empty() {
        return None;
    }
    let inside = within(context.chosen);
    Some(if inside { Verdict::Keep } else { Verdict::Drop("outside-rule") })
}

/// Why a block is left out however sure the model is: captions, bylines, labels, what repeats in
/// the page.
pub(super) fn why_left_out(
    page: &Page<'_>,
    context: &Context<'_>,
    rows: &features::Rows,
    index: u32,
    block: &Block,
) -> Option<&'static str> {
    if context.known.captions.contains_key(&index) {
        return Some("caption");
    }
    let times = rows.repeats.get(index as usize).copied().unwrap_or(1);
    if times >= REPEATED && block.chars >= REPEATED_MIN {
        return Some("repeated");
    }
    if lines::is_byline(page, block, context.known.authors) {
        return Some("byline");
    }
    lines::is_advert_label(page, block).then_some("advert")
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
fn drop_repeated_title(
    page: &Page<'_>,
    context: &Context<'_>,
    like_title: &[f32],
    verdicts: &mut [Verdict],
) {
    let claims: Vec<_> = context.known.titles.iter().map(|t| squash(t)).collect();
    for ((block, verdict), like) in page.blocks.iter().zip(verdicts).zip(like_title) {
        // What shares few words with the headline is not looked at letter by letter.
        if block.chars > 400 || *verdict != Verdict::Keep || *like < 0.2 {
            continue;
        }
        if *like > 0.85 || claims.contains(&squash(page.text_of(block))) {
            *verdict = Verdict::Drop("title");
        }
    }
}

/// Drops what stands on other pages of the site: promotion, notes about authors, appeals. Where
/// that is most of the text, the page is another one with the same article, and all stays.
fn drop_on_site(page: &Page<'_>, context: &Context<'_>, verdicts: &mut [Verdict]) {
    let Some(OnSite(stands)) = context.on_site else { return };
    let kept = |block: &Block, verdict: Verdict| (verdict == Verdict::Keep).then_some(block.chars);
    let blocks = page.blocks.iter().zip(verdicts.iter());
    let all: u32 = blocks.clone().filter_map(|(block, verdict)| kept(block, *verdict)).sum();
    let may = |block: &Block| ON_SITE_CHARS.contains(&block.chars);
    let found: Vec<(usize, u32)> = blocks
        .enumerate()
        .filter_map(|(at, (block, verdict))| Some((at, block, kept(block, *verdict)?)))
        .filter(|(_, block, _)| may(block) && stands(page.text_of(block)))
        .map(|(at, _, chars)| (at, chars))
        .collect();
    if found.iter().map(|(_, chars)| *chars).sum::<u32>() * 2 > all {
        return;
    }
    for (at, _) in found {
        if let Some(verdict) = verdicts.get_mut(at) {
            *verdict = Verdict::Drop(ON_SITE);
        }
    }
}

/// The hash by which a text is known again within its page.
pub(super) fn hash(text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes())
}
