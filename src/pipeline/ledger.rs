//! The index for writing: the store's one writer and the near-duplicate index over its values,
//! which change together in one batch.
//!
//! The daemon's writer and the replay of a stream in memory both work on a [`Bench`] of it.

use super::filing::Fault;
use crate::dedupe::{Features, Index, Repeats, UrlKey, url_key};
use crate::model::{Article, ArticleId, Change, Op, Seq, Span, Timestamp};
use crate::store::{Keys, Store, Syncer, Txn, Writer};

/// Changes from which a thread of their own pays.
const FORK: usize = 8;

/// The store's writer and the near-duplicate index.
pub struct Ledger {
    writer: Writer,
    index: Index,
}

/// Where one group of drafts becomes changes.
pub struct Bench<'l> {
    /// The store as it will be when the group is committed.
    pub(super) txn: Txn<'l>,
    pub(super) index: &'l mut Index,
    pub(super) changes: Vec<Change>,
    first_seq: Seq,
    now: Timestamp,
}

impl Ledger {
    /// The ledger over a store; articles are compared with those of the last `window`. What the
    /// near-duplicate index has not put into the store is to be learnt again:
    /// [`super::replay()`] does.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn new(mut writer: Writer, window: Span) -> Result<Self, Fault> {
        let txn = writer.begin();
        let index = Index::open(window, |key| txn.near(key))?;
        drop(txn);
        Ok(Self { writer, index })
    }

    /// The store, for reading.
    pub fn store(&self) -> &Store {
        self.writer.store()
    }

    /// What repeats on sites, for those who read their pages.
    pub fn repeats(&self) -> Repeats {
        self.index.repeats()
    }

    /// Has on the disk what [`Bench::commit_unsynced`] left.
    pub(super) fn syncer(&self) -> Syncer {
        self.writer.syncer()
    }

    /// The last change of which everything is in the store's files.
    pub(super) fn put_through(&self) -> Seq {
        self.index.put_through()
    }

    /// Puts the rest of the near-duplicate index into the store's files, once nothing comes any
    /// more after change `through`.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn close(&mut self, through: Seq) -> Result<(), Fault> {
        let mut txn = self.writer.begin();
        for (key, value) in self.index.put_rest(through) {
            txn.put_near(&key, value);
        }
        Ok(txn.commit()?)
    }

    /// Begins a group whose first change will be `first_seq`, at the moment `now`.
    pub fn begin(&mut self, first_seq: Seq, now: Timestamp) -> Bench<'_> {
        let txn = self.writer.begin();
        Bench { txn, index: &mut self.index, changes: Vec::new(), first_seq, now }
    }
}

impl Bench<'_> {
    /// The changes of the group so far.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// What `write` returns, which has the changes put into the archive. A large group is
    /// compressed for the store meanwhile, on a thread that ends here: the disk and the second
    /// core would have nothing to do otherwise.
    ///
    /// # Errors
    /// A record is too large for the store.
    pub(super) fn written_by<T: Send>(
        &mut self,
        write: impl FnOnce(&[Change]) -> T + Send,
    ) -> Result<T, Fault> {
        let (txn, changes) = (&mut self.txn, self.changes.as_slice());
        if changes.len() < FORK {
            return Ok(write(changes));
        }
        let (written, sealed) = std::thread::scope(|scope| {
            let sealing = scope.spawn(|| txn.seal());
            let written = write(changes);
            (written, sealing.join())
        });
        sealed.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok(written)
    }

    /// Has the group in the store, as a whole or not at all, and returns its changes.
    ///
    /// # Errors
    /// The store cannot be written; it takes no more until it is opened again.
    pub fn commit(mut self) -> Result<Vec<Change>, Fault> {
        self.put_near();
        self.txn.commit()?;
        Ok(self.changes)
    }

    /// As [`Bench::commit`], but on the disk only with the next sync of [`Ledger::syncer`].
    ///
    /// # Errors
    /// As [`Bench::commit`].
    pub(super) fn commit_unsynced(mut self) -> Result<Vec<Change>, Fault> {
        self.put_near();
        self.txn.commit_unsynced()?;
        Ok(self.changes)
    }

    fn put_near(&mut self) {
        for (key, value) in self.index.put_step(self.now) {
            self.txn.put_near(&key, value);
        }
    }

    /// Adds a change. `features` are those of the article's text where that is new.
    pub(super) fn write(
        &mut self,
        op: Op,
        article: Article,
        features: Option<&Features>,
    ) -> Result<(), Fault> {
        let ahead = Seq::try_from(self.changes.len()).unwrap_or(Seq::MAX);
        let seq = self.first_seq + ahead;
        let change = Change { seq, op, at: self.now, id: article.id, article: Some(article) };
        self.apply(&change, features)?;
        self.changes.push(change);
        Ok(())
    }

    /// Adds the change that an article is no more; nothing where there is none.
    pub(super) fn forget(&mut self, id: ArticleId) -> Result<(), Fault> {
        if self.txn.number(&id)?.is_none() {
            return Ok(());
        }
        let ahead = Seq::try_from(self.changes.len()).unwrap_or(Seq::MAX);
        let seq = self.first_seq + ahead;
        let change = Change { seq, op: Op::Deleted, at: self.now, id, article: None };
        self.apply(&change, None)?;
        self.changes.push(change);
        Ok(())
    }

    /// Passes over changes that the archive does not have any more.
    pub(super) fn skip_to(&mut self, seq: Seq) -> Result<(), Fault> {
        Ok(self.txn.skip_to(seq)?)
    }

    /// Applies a change of the archive.
    pub(super) fn replay(&mut self, change: &Change) -> Result<(), Fault> {
        let features = self.features(change)?;
        self.apply(change, features.as_ref())
    }

    /// Lets the near-duplicate index learn a change that the store has.
    pub(super) fn learn(&mut self, change: &Change) -> Result<(), Fault> {
        let (Some(article), Some(features)) = (&change.article, self.features(change)?) else {
            return Ok(());
        };
        if let Some(number) = self.txn.number(&article.id)? {
            self.index.learn(change.seq, number, article, &features);
        }
        Ok(())
    }

    fn features(&mut self, change: &Change) -> Result<Option<Features>, Fault> {
        let article = change.article.as_ref().filter(|_| change.op != Op::Sighted);
        let get = |key: &[u8]| self.txn.near(key);
        Ok(article.map(|article| self.index.features_of_article(article, get)).transpose()?)
    }

    fn apply(&mut self, change: &Change, features: Option<&Features>) -> Result<(), Fault> {
        let Some(article) = &change.article else {
            self.txn.apply(change, &Keys::default())?;
            return Ok(());
        };
        self.txn.apply(change, &keys(article, features))?;
        if let (Some(features), Some(number)) = (features, self.txn.number(&article.id)?) {
            self.index.learn(change.seq, number, article, features);
        }
        Ok(())
    }
}

/// What the store looks an article up by.
fn keys(article: &Article, features: Option<&Features>) -> Keys {
    let text = match features {
        Some(features) => features.text,
        None => crate::dedupe::text_key(&article.text),
    };
    let own = [article.url.as_ref(), article.source_url.as_ref()];
    let seen = article.sightings.iter().filter_map(|s| s.url.as_ref());
    let keys = own.into_iter().flatten().chain(seen).map(url_key).filter(|key| !key.is_home());
    let mut urls: Vec<_> = keys.map(|key: UrlKey| key.hash()).collect();
    urls.sort_unstable();
    urls.dedup();
    Keys { urls, text }
}
