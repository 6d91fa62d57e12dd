//! Repeated failures folded: one dead host must not fill the journal. A pure function of what was
//! said and when.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Repeats within this time after a line was shown are only counted: long enough for a burst of
/// retries, short enough to see that a fault goes on.
const WINDOW: Duration = Duration::from_secs(10);

/// Most different lines remembered; beyond that lines are shown unfolded.
const LINES_MAX: usize = 1024;

/// Remembers what was said lately: by key, the line as it was first said.
#[derive(Debug)]
pub(super) struct Fold<T> {
    said: HashMap<String, Said<T>>,
}

#[derive(Debug)]
struct Said<T> {
    line: T,
    shown: Instant,
    repeats: u32,
}

impl<T: Clone> Fold<T> {
    /// Nothing was said yet.
    pub(super) fn new() -> Self {
        Self { said: HashMap::new() }
    }

    /// Whether to show the line `key` now.
    pub(super) fn admit(&mut self, key: &str, line: &T, now: Instant) -> bool {
        if let Some(said) = self.said.get_mut(key) {
            said.repeats += 1;
            return false;
        }
        if self.said.len() < LINES_MAX {
            let said = Said { line: line.clone(), shown: now, repeats: 0 };
            self.said.insert(key.to_owned(), said);
        }
        true
    }

    /// The lines whose time is over, with how often they were repeated meanwhile. Those that were
    /// not are simply forgotten.
    pub(super) fn over(&mut self, now: Instant) -> Vec<(T, u32)> {
        self.said
            .extract_if(|_, said| now.saturating_duration_since(said.shown) >= WINDOW)
            .filter(|(_, said)| said.repeats > 0)
            .map(|(_, said)| (said.line, said.repeats))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::steady;

    #[test]
    fn repeats_are_counted_and_reported_when_their_time_is_over() {
        let (mut fold, start) = (Fold::new(), steady());
        assert!(fold.admit("a", &1, start));
        assert!(!fold.admit("a", &1, start + WINDOW / 2));
        assert!(!fold.admit("a", &1, start + WINDOW / 2));
        assert!(fold.admit("b", &1, start + WINDOW / 2));
        assert_eq!(fold.over(start + WINDOW / 2), []);
        assert_eq!(fold.over(start + WINDOW), [(1, 2)]);
        assert!(fold.admit("a", &1, start + WINDOW));
        assert_eq!(fold.over(start + WINDOW * 3), [], "b and a were not repeated");
    }

    #[test]
    fn memory_is_bounded() {
        let (mut fold, now) = (Fold::new(), steady());
        assert!((0..2 * LINES_MAX).all(|n| fold.admit(&n.to_string(), &1, now)));
        assert_eq!(fold.said.len(), LINES_MAX);
    }
}
