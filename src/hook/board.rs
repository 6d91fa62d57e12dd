//! [`Board`]: how each hook is doing, for those who ask. Positions are not here: they are kept durably.

use super::Hook;
use crate::model::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How a hook is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Scheme, host and port.
    pub place: String,
    /// What it does.
    pub phase: Phase,
    /// Tries in a row that were not taken.
    pub failures: u32,
    /// The last failure in words; `None` after a success.
    pub error: Option<String>,
    /// When it is tried again.
    pub next_try: Option<Timestamp>,
    /// When a message was last taken, since the start.
    pub delivered: Option<Timestamp>,
}

/// What a hook does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(rename = "WebhookPhase")]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// It delivers, or has nothing to deliver.
    #[default]
    Delivering,
    /// Its receiver took the last message not; it is tried again.
    Retrying,
    /// Its receiver said "gone"; nothing is sent until the configuration is read again.
    Gone,
}

/// How all hooks are doing. A cheap handle.
#[derive(Debug, Clone, Default)]
pub struct Board(Arc<Mutex<BTreeMap<String, Standing>>>);

impl Board {
    /// These hooks and no others, each with a fresh start.
    pub fn set<'h>(&self, hooks: impl IntoIterator<Item = &'h Hook>) {
        let fresh = |hook: &Hook| Standing {
            place: hook.place(),
            phase: Phase::default(),
            failures: 0,
            error: None,
            next_try: None,
            delivered: None,
        };
        *self.lock() = hooks.into_iter().map(|hook| (hook.id.clone(), fresh(hook))).collect();
    }

    /// Changes what is known of a hook.
    pub fn note(&self, id: &str, change: impl FnOnce(&mut Standing)) {
        if let Some(standing) = self.lock().get_mut(id) {
            change(standing);
        }
    }

    /// All hooks in the order of their names.
    pub fn all(&self) -> Vec<(String, Standing)> {
        self.lock().iter().map(|(id, standing)| (id.clone(), standing.clone())).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Standing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::hook;
    use super::*;

    #[test]
    fn a_reload_is_a_fresh_start() {
        let (board, mill) = (Board::default(), hook(&[], &[], &[]));
        board.set([&mill]);
        board.note("mill", |standing| standing.phase = Phase::Gone);
        board.note("other", |standing| standing.phase = Phase::Gone);
        assert_eq!(board.all()[0].1.phase, Phase::Gone);
        assert_eq!(board.all().len(), 1);
        board.set([&mill]);
        assert_eq!(board.all()[0].1.phase, Phase::Delivering);
        board.set([]);
        assert!(board.all().is_empty());
    }
}
