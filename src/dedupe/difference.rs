//! What became of a text: paragraph by paragraph, what was kept, taken out and put in.
//!
//! Paragraphs are what editors move and rewrite, so they are the unit; the longest common
//! subsequence of both texts' paragraphs is what was kept.

use schemars::JsonSchema;
use serde::Serialize;

/// Paragraphs of both texts, multiplied, up to which what was kept is looked for: 4 MB of memory.
/// Beyond, all between the common beginning and the common end counts as rewritten.
const CELLS_MAX: usize = 1 << 20;

/// What became of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// Stands in both texts.
    Kept,
    /// Stands in the older text alone.
    Removed,
    /// Stands in the newer text alone.
    Added,
}

/// A paragraph and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Step<'a> {
    /// What became of it.
    pub fate: Fate,
    /// The paragraph.
    pub text: &'a str,
}

/// The way from `old` to `new`: those kept and removed are `old`, those kept and added are `new`.
pub fn difference<'a>(old: &'a str, new: &'a str) -> Vec<Step<'a>> {
    let (old, new) = (paragraphs(old), paragraphs(new));
    let same = |(a, b): &(&&str, &&str)| a == b;
    let head = old.iter().zip(&new).take_while(same).count();
    let (old, new_rest) = (old.as_slice(), new.get(head..).unwrap_or_default());
    let (kept, old_rest) = old.split_at(head);
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(same).count();
    let (old_rest, end) = old_rest.split_at(old_rest.len() - tail);
    let (new_rest, _) = new_rest.split_at(new_rest.len() - tail);

    let mut steps = all(Fate::Kept, kept);
    if old_rest.len().saturating_mul(new_rest.len()) > CELLS_MAX {
        steps.extend(all(Fate::Removed, old_rest));
        steps.extend(all(Fate::Added, new_rest));
    } else {
        between(old_rest, new_rest, &mut steps);
    }
    steps.extend(all(Fate::Kept, end));
    steps
}

fn paragraphs(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

fn all<'a>(fate: Fate, paragraphs: &[&'a str]) -> Vec<Step<'a>> {
    paragraphs.iter().map(|text| Step { fate, text }).collect()
}

/// Hunt and `McIlroy` 1976, "An algorithm for differential file comparison", in its plain form.
fn between<'a>(old: &[&'a str], new: &[&'a str], steps: &mut Vec<Step<'a>>) {
    let common = common(old, new);
    let at = |a: usize, b: usize| common.get(a * (new.len() + 1) + b).copied().unwrap_or(0);
    let (mut a, mut b) = (0, 0);
    loop {
        let (fate, text) = match (old.get(a), new.get(b)) {
            (Some(x), Some(y)) if x == y => (Fate::Kept, *x),
            (Some(x), Some(_)) if at(a + 1, b) >= at(a, b + 1) => (Fate::Removed, *x),
            (Some(x), None) => (Fate::Removed, *x),
            (_, Some(y)) => (Fate::Added, *y),
            (None, None) => return,
        };
        steps.push(Step { fate, text });
        a += usize::from(fate != Fate::Added);
        b += usize::from(fate != Fate::Removed);
    }
}

/// For each pair of places, row by row: how many paragraphs behind them can be kept.
fn common(old: &[&str], new: &[&str]) -> Vec<u32> {
    let width = new.len() + 1;
    let mut out = vec![0_u32; (old.len() + 1) * width];
    for (a, x) in old.iter().enumerate().rev() {
        for (b, y) in new.iter().enumerate().rev() {
            let get = |a: usize, b: usize| out.get(a * width + b).copied().unwrap_or(0);
            let best =
                if x == y { get(a + 1, b + 1) + 1 } else { get(a + 1, b).max(get(a, b + 1)) };
            if let Some(cell) = out.get_mut(a * width + b) {
                *cell = best;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The steps as lines, marked as in a patch.
    #[track_caller]
    fn check(old: &str, new: &str, expect: &[&str]) {
        let mark = |step: &Step<'_>| match step.fate {
            Fate::Kept => format!(" {}", step.text),
            Fate::Removed => format!("-{}", step.text),
            Fate::Added => format!("+{}", step.text),
        };
        let got: Vec<_> = difference(old, new).iter().map(mark).collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn paragraphs_kept_removed_and_added() {
        check("a\n\nb\n\nc", "a\n\nx\n\nc", &[" a", "-b", "+x", " c"]);
        check("a\n\nb", "a\n\nb", &[" a", " b"]);
        check("a\n\nb\n\nc", "b\n\nc\n\na", &["-a", " b", " c", "+a"]);
        check("", "a", &["+a"]);
        check("a", "", &["-a"]);
    }

    proptest! {
        #[test]
        fn the_steps_hold_both_texts(old in "([abc]\n){0,9}", new in "([abc]\n){0,9}") {
            let steps = difference(&old, &new);
            let side = |without: Fate| -> Vec<&str> {
                steps.iter().filter(|s| s.fate != without).map(|s| s.text).collect()
            };
            prop_assert_eq!(side(Fate::Added), paragraphs(&old));
            prop_assert_eq!(side(Fate::Removed), paragraphs(&new));
        }

        #[test]
        fn any_texts_have_a_difference(old in ".{0,80}", new in ".{0,80}") {
            prop_assert!(difference(&old, &old).iter().all(|s| s.fate == Fate::Kept));
            difference(&old, &new);
        }
    }
}
