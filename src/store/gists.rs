//! [`Gists`]: what the newest comparisons looked at. A story comes in a wave: each of its copies is
//! compared with the same few articles, and to read one of them costs more than to compare it.

use crate::model::{Gist, Seq};
use std::collections::HashMap;
use std::sync::Arc;

/// Bytes of text in each of the two halves: some seven hundred articles.
const HALF: usize = 2 << 20;

/// Gists by their article's number; those that nobody asked for lately go first.
#[derive(Debug, Default)]
pub(super) struct Gists {
    /// Asked for since the halves last changed places.
    young: HashMap<Seq, Arc<Gist>>,
    /// Asked for before that; forgotten when the young ones are too many.
    old: HashMap<Seq, Arc<Gist>>,
    /// Bytes of the young ones.
    bytes: usize,
}

impl Gists {
    /// The gist of an article, where it is here.
    pub(super) fn get(&mut self, number: Seq) -> Option<Arc<Gist>> {
        if let Some(gist) = self.young.get(&number) {
            return Some(Arc::clone(gist));
        }
        let gist = self.old.remove(&number)?;
        self.put(number, Arc::clone(&gist));
        Some(gist)
    }

    /// Keeps a gist for a while.
    pub(super) fn put(&mut self, number: Seq, gist: Arc<Gist>) {
        if self.bytes > HALF {
            self.old = std::mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += gist.text.len();
        self.young.insert(number, gist);
    }

    /// Forgets the gist of an article that changes.
    pub(super) fn remove(&mut self, number: Seq) {
        self.young.remove(&number);
        self.old.remove(&number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ArticleId;

    fn gist(bytes: usize) -> Arc<Gist> {
        let id = ArticleId::of("a");
        let (site, title, text) = (String::new(), String::new(), "a".repeat(bytes));
        Arc::new(Gist { id, url: None, source_url: None, site, title, text, story: id })
    }

    #[test]
    fn what_is_asked_for_stays() {
        let mut gists = Gists::default();
        for number in 0..100 {
            gists.put(number, gist(HALF / 10));
            assert!(gists.get(0).is_some(), "{number}");
            assert!(gists.get(number).is_some(), "{number}");
        }
        assert!(gists.get(1).is_none());
        assert!(gists.young.len() + gists.old.len() < 30);
        gists.remove(0);
        assert!(gists.get(0).is_none());
    }
}
