//! Anchors: a few hashes of a text that a copy of it is likely to share, by which the index finds
//! what to compare. Also runs of words, which the comparison counts.
//!
//! The smallest hashes of a text are a fair sample of it (Broder 1997, "On the resemblance and
//! containment of documents"). A stub shares only the head of the full text, so the head is
//! sampled on its own.

use super::words::{self, Word};

/// Words in an anchor's run: rare enough to find few others, short enough to survive editing.
const RUN: usize = 5;

/// Anchors of the whole text.
const WHOLE: usize = 12;

/// Anchors of the head, and the words that make it.
const HEAD: (usize, usize) = (6, 60);

/// Anchors of the first words, and their number: all that the shortest stubs have.
const START: (usize, usize) = (2, 16);

/// Words from which a title is an anchor too: a shorter one is a rubric.
const TITLE_MIN: usize = 4;

/// Words in a run that the comparison counts.
const COMPARED_RUN: usize = 3;

/// The anchors of a text and its title, each once, in ascending order.
pub(super) fn anchors(words: &[Word], title: &str) -> Vec<u64> {
    let mut out = smallest(runs(words, RUN), WHOLE);
    for (most, length) in [HEAD, START] {
        let part = words.get(..length).unwrap_or(words);
        out.extend(smallest(runs(part, RUN), most));
    }
    out.extend(title_anchor(title));
    out.sort_unstable();
    out.dedup();
    out
}

/// One hash of the whole title.
fn title_anchor(title: &str) -> Option<u64> {
    let title = words::read(title).all;
    (title.len() >= TITLE_MIN).then(|| title.iter().fold(1, |hash, word| join(hash, word.hash)))
}

/// The runs that the comparison counts, each once, in ascending order.
pub(super) fn compared_runs(words: &[Word]) -> Vec<u64> {
    let mut out: Vec<_> = all_compared_runs(words).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// The same as they come, some more than once.
pub(super) fn all_compared_runs(words: &[Word]) -> impl Iterator<Item = u64> {
    runs(words, COMPARED_RUN)
}

fn runs(words: &[Word], length: usize) -> impl Iterator<Item = u64> {
    words.windows(length).map(|run| run.iter().fold(0, |hash, word| join(hash, word.hash)))
}

/// A hash of a run and the word that follows it; every bit depends on every bit before.
fn join(run: u64, word: u64) -> u64 {
    let mixed = (run.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

/// The `most` smallest values, each once, in ascending order.
fn smallest(values: impl Iterator<Item = u64>, most: usize) -> Vec<u64> {
    let mut out: Vec<u64> = Vec::with_capacity(most + 1);
    for value in values {
        if out.len() == most && out.last().is_some_and(|largest| value >= *largest) {
            continue;
        }
        if let Err(at) = out.binary_search(&value) {
            out.insert(at, value);
            out.truncate(most);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_stub_shares_the_heads_anchors() {
        let full: Vec<_> = (0..400).map(|n| format!("word{n}")).collect();
        let stub = words::read(&full[..60].join(" "));
        let full = words::read(&full.join(" "));
        let shared =
            anchors(&stub.all, "").iter().filter(|a| anchors(&full.all, "").contains(a)).count();
        assert!(shared >= HEAD.0, "{shared}");
        assert!(anchors(&words::read("only four words here").all, "and three more").is_empty());
    }

    proptest! {
        #[test]
        fn smallest_are_the_first_of_the_sorted(mut values: Vec<u64>, most in 1..20_usize) {
            let got = smallest(values.iter().copied(), most);
            values.sort_unstable();
            values.dedup();
            values.truncate(most);
            prop_assert_eq!(got, values);
        }
    }
}
