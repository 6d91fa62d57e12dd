//! How alike two texts are: runs of words in common, names and numbers in common.
//!
//! No single measure tells a copy from a text made of the same template: weather, earnings and
//! scores share most of their runs, but not their names and numbers.

use super::anchors::{all_compared_runs, compared_runs};
use super::settings::Alike;
use super::words::{Kind, Word};
use crate::model::Relation;

/// Runs that two texts must have in common: fewer happen by chance or by quotation.
const COMMON_MIN: usize = 8;

/// As [`COMMON_MIN`], for texts of one title.
const COMMON_MIN_TITLED: usize = 5;

/// Words of a text's head: what a stub and its full text share, and a digest does not.
pub(super) const HEAD: usize = 60;

/// How many times longer a text must be than one it holds to pass for a digest of many, as a
/// fraction. Scripts differ in the words that they make of a sentence: a text may hold one in a script
/// without spaces, and seven others, and be no more than twice as long. Three is too many; one to
/// two differ little, though at one a few copies with much added are missed.
const DIGEST: (usize, usize) = (3, 2);

/// The part of a short text's names and numbers, as one in so many, that its full text comes back
/// to later on; of all its words where it names little, as in scripts without capitals. A digest that
/// opens with the short text goes on about others. One in five does as well; at one in two stubs are
/// missed.
const COMES_BACK: usize = 3;

/// Names and numbers below which `facts` says nothing.
const FACTS_MIN: usize = 3;

/// Numbers below which `numbers` says nothing.
const NUMBERS_MIN: usize = 2;

/// What the comparison needs of a text: its words in order, its runs sorted, each hash once. The
/// rest, likewise, is made where the runs do not tell.
#[derive(Debug)]
pub(super) struct Profile<'a> {
    words: &'a [Word],
    runs: Vec<u64>,
}

/// Bits of a run that a [`Sieve`] tells it by: two of a text's runs in a thousand others pass.
const SIEVE_BITS: u32 = 18;

/// The runs of a text, roughly: of most texts that share some phrase with it this is enough to say that
/// they are another story, and sorting their runs would take longer than all the rest.
#[derive(Debug)]
pub(super) struct Sieve(Vec<u64>);

impl Sieve {
    /// False where a text has too few runs in common with this one for [`compare`] to find them alike.
    pub(super) fn lets_pass(&self, words: &[Word], setting: Setting) -> bool {
        let held = |run: &u64| {
            let (place, bit) = place(*run);
            self.0.get(place).is_some_and(|bits| bits & bit != 0)
        };
        let least = least_common(setting);
        all_compared_runs(words).filter(held).take(least).count() >= least
    }
}

/// Where a run stands in a [`Sieve`].
fn place(run: u64) -> (usize, u64) {
    let number = run >> (u64::BITS - SIEVE_BITS);
    (usize::try_from(number / 64).unwrap_or(usize::MAX), 1 << (number % 64))
}

/// Runs that two texts must have in common.
fn least_common(setting: Setting) -> usize {
    if setting.is_titled() { COMMON_MIN_TITLED } else { COMMON_MIN }
}

impl<'a> Profile<'a> {
    pub(super) fn of(words: &'a [Word]) -> Self {
        Self { words, runs: compared_runs(words) }
    }

    pub(super) fn sieve(&self) -> Sieve {
        let mut sieve = vec![0; 1 << SIEVE_BITS >> 6];
        for run in &self.runs {
            let (place, bit) = place(*run);
            if let Some(bits) = sieve.get_mut(place) {
                *bits |= bit;
            }
        }
        Sieve(sieve)
    }

    fn head(&self) -> Vec<u64> {
        compared_runs(self.words.get(..HEAD).unwrap_or(self.words))
    }

    fn facts(&self) -> Vec<u64> {
        set(self.words, |kind| kind != Kind::Plain)
    }

    fn numbers(&self) -> Vec<u64> {
        set(self.words, |kind| kind == Kind::Number)
    }
}

fn set(words: &[Word], belongs: impl Fn(Kind) -> bool) -> Vec<u64> {
    let mut out: Vec<_> = words.iter().filter(|w| belongs(w.kind)).map(|w| w.hash).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// How alike two texts are that are one story.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Likeness {
    pub(super) relation: Relation,
    /// Resemblance for [`Relation::Near`], containment for [`Relation::Partial`].
    pub(super) similarity: f32,
    pub(super) resemblance: f32,
    /// One text holds the other and may be a digest of many.
    pub(super) like_digest: bool,
}

/// What two articles have in common beside their texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    pub(super) same_site: bool,
    pub(super) same_title: bool,
}

impl Setting {
    /// True where the title says more than that a site has a rubric.
    fn is_titled(self) -> bool {
        self.same_title && !self.same_site
    }
}

/// How alike the texts are; `None` where they are not one story.
pub(super) fn compare(
    a: &Profile<'_>,
    b: &Profile<'_>,
    setting: Setting,
    alike: &Alike,
) -> Option<Likeness> {
    let titled = setting.is_titled();
    let common = common(&a.runs, &b.runs);
    if common < least_common(setting) {
        return None;
    }
    let resemblance = part(common, a.runs.len() + b.runs.len() - common);
    let containment = part(common, a.runs.len().min(b.runs.len()));
    let (least_resemblance, least_containment, least_facts) = if setting.same_site {
        (alike.same_site_resemblance, alike.same_site_containment, alike.same_site_facts)
    } else {
        let containment = if titled { alike.same_title_containment } else { alike.containment };
        (alike.resemblance, containment, alike.facts)
    };
    let near = resemblance >= least_resemblance;
    let (shorter, longer) = (a.runs.len().min(b.runs.len()), a.runs.len().max(b.runs.len()));
    let like_digest = !near && shorter * DIGEST.0 < longer * DIGEST.1;
    let needs_head = setting.same_site || like_digest;
    if !near && containment < least_containment
        || needs_head && !setting.same_title && !share_heads(a, b)
        || like_digest && !setting.same_title && !comes_back(a, b)
        || overlap(&a.facts(), &b.facts(), FACTS_MIN) < least_facts
        || overlap(&a.numbers(), &b.numbers(), NUMBERS_MIN) < alike.numbers
    {
        return None;
    }
    let (relation, similarity) =
        if near { (Relation::Near, resemblance) } else { (Relation::Partial, containment) };
    let like_digest = like_digest && !setting.same_title;
    Some(Likeness { relation, similarity, resemblance, like_digest })
}

/// True where half of the shorter head stands in the other one.
fn share_heads(a: &Profile<'_>, b: &Profile<'_>) -> bool {
    let (a, b) = (a.head(), b.head());
    common(&a, &b) * 2 >= a.len().min(b.len())
}

/// True where the longer text comes back to what the shorter one names, or says where it names
/// little, behind the part that both share.
fn comes_back(a: &Profile<'_>, b: &Profile<'_>) -> bool {
    let (short, long) = if a.runs.len() <= b.runs.len() { (a, b) } else { (b, a) };
    let rest = set(long.words.get(short.words.len()..).unwrap_or_default(), |_| true);
    let facts = short.facts();
    let told = if facts.len() < FACTS_MIN { set(short.words, |_| true) } else { facts };
    common(&told, &rest) * COMES_BACK >= told.len()
}

/// The part of the smaller set that both hold; 1 where it has fewer than `least` members.
fn overlap(a: &[u64], b: &[u64], least: usize) -> f32 {
    let smaller = a.len().min(b.len());
    if smaller < least { 1.0 } else { part(common(a, b), smaller) }
}

/// The number of values in both ascending lists.
pub(super) fn common(a: &[u64], b: &[u64]) -> usize {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut count = 0;
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                count += 1;
                a.next();
                b.next();
            }
        }
    }
    count
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are far below 2^24")]
fn part(count: usize, of: usize) -> f32 {
    if of == 0 { 0.0 } else { count as f32 / of as f32 }
}

#[cfg(test)]
mod tests {
    use super::super::words;
    use super::*;
    use proptest::prelude::*;

    const ABROAD: Setting = Setting { same_site: false, same_title: false };

    #[track_caller]
    fn check(a: &str, b: &str, expect: Option<Relation>) {
        let (a, b) = (words::read(a).all, words::read(b).all);
        let got = compare(&Profile::of(&a), &Profile::of(&b), ABROAD, &Alike::default());
        assert_eq!(got.map(|likeness| likeness.relation), expect);
    }

    /// Sentences about somebody, each with words of its own.
    fn story(who: &str, from: usize, sentences: usize) -> String {
        let word = |n: usize| n.to_string().bytes().map(|b| char::from(b + 49)).collect::<String>();
        let sentence = |n| {
            let own: Vec<_> = (0..9).map(|k| word(n * 10 + k)).collect();
            format!("in {} the voice of {who} was heard. ", own.join(" "))
        };
        (from..from + sentences).map(sentence).collect()
    }

    #[test]
    fn a_digest_that_opens_with_a_notice_is_no_copy_of_it() {
        let notice = story("Anna Bergmann of Norvik", 0, 4);
        check(
            &notice,
            &(notice.clone() + &story("Anna Bergmann", 50, 30)),
            Some(Relation::Partial),
        );
        check(&notice, &(notice.clone() + &story("Carlos Dupont", 50, 30)), None);
    }

    proptest! {
        #[test]
        fn the_order_of_two_texts_makes_no_difference(
            a in "([A-Da-d0-2]{1,2} ){0,60}", b in "([A-Da-d0-2]{1,2} ){0,60}",
            same_site: bool, same_title: bool,
        ) {
            let (a, b) = (words::read(&a).all, words::read(&b).all);
            let (a, b) = (Profile::of(&a), Profile::of(&b));
            let setting = Setting { same_site, same_title };
            let alike = Alike::default();
            let one = compare(&a, &b, setting, &alike);
            prop_assert_eq!(one, compare(&b, &a, setting, &alike));
            prop_assert!(one.is_none() || a.sieve().lets_pass(b.words, setting));
            if let Some(one) = one {
                prop_assert!((0.0..=1.0).contains(&one.similarity));
            }
        }

        #[test]
        fn a_text_is_a_copy_of_itself(text in "\\PC{0,300}") {
            let text = words::read(&text).all;
            let profile = Profile::of(&text);
            let same = compare(&profile, &profile, ABROAD, &Alike::default());
            prop_assert!(profile.runs.len() < COMMON_MIN || same.is_some_and(|s| s.similarity > 0.999));
        }
    }
}
