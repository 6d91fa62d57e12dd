//! [`Indexer`]: brings the index up to the log, in groups, each with the position it leads to.

use super::Fault;
use super::fields::{Fields, WORDS};
use super::query::Searcher;
use super::words::Treated;
use crate::model::{Change, Op, Seq};
use std::fs;
use std::path::Path;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::{Index, IndexWriter, ReloadPolicy, TantivyError, Term};

/// Changes whenever what stands in the index does; an index of another version is computed anew.
const VERSION: u32 = 1;

/// Memory of the writer, which exists only while there is something to write.
const HEAP_BYTES: usize = 24 << 20;

/// The index, for the one who writes it.
#[derive(Debug)]
pub struct Indexer {
    index: Index,
    fields: Fields,
    searcher: Searcher,
    applied: Seq,
}

impl Indexer {
    /// The index in a folder, computed anew by the caller from [`Indexer::applied`] on, which is 0
    /// where it was missing, damaged, of another version, or knew more than the log, whose last
    /// change is `last`. `searcher` answers from it as soon as it is opened.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn open(dir: &Path, searcher: &Searcher, last: Seq) -> Result<Self, Fault> {
        let fields = Fields::new();
        let sound = sound(dir, &fields).filter(|(_, applied)| *applied <= last);
        let (index, applied) = match sound {
            Some(sound) => sound,
            None => (create(dir, &fields)?, 0),
        };
        index.tokenizers().register(WORDS, Treated::default());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        searcher.adopt(reader, fields.clone());
        Ok(Self { index, fields, searcher: searcher.clone(), applied })
    }

    /// The last change that is in the index.
    pub fn applied(&self) -> Seq {
        self.applied
    }

    /// Begins to apply changes; without a [`Batch::commit`] nothing of them is applied.
    ///
    /// # Errors
    /// Writing is not possible.
    pub fn begin(&mut self) -> Result<Batch<'_>, Fault> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(HEAP_BYTES)
            .build();
        let writer: IndexWriter = self.index.writer_with_options(options)?;
        writer.set_merge_policy(Box::new(LogMergePolicy::default()));
        Ok(Batch { indexer: self, writer })
    }

    /// Applies changes in their order and notes that the index is at `applied`; when this returns
    /// they are on the disk and can be found.
    ///
    /// # Errors
    /// Writing failed; nothing was applied.
    pub fn apply(&mut self, changes: &[Change], applied: Seq) -> Result<(), Fault> {
        let mut batch = self.begin()?;
        for change in changes {
            batch.add(change)?;
        }
        batch.commit(applied)
    }
}

/// Changes that are being applied.
pub struct Batch<'i> {
    indexer: &'i mut Indexer,
    writer: IndexWriter,
}

impl Batch<'_> {
    /// Takes the next change in.
    ///
    /// # Errors
    /// Writing failed.
    pub fn add(&mut self, change: &Change) -> Result<(), Fault> {
        let fields = &self.indexer.fields;
        self.writer.delete_term(Term::from_field_text(fields.id, &change.id.to_string()));
        if let Some(article) = change.article.as_ref().filter(|_| change.op != Op::Deleted) {
            self.writer.add_document(fields.document(article))?;
        }
        Ok(())
    }

    /// Notes that the index is at `applied`; when this returns all changes are on the disk and can
    /// be found.
    ///
    /// # Errors
    /// Writing failed; nothing was applied.
    pub fn commit(mut self, applied: Seq) -> Result<(), Fault> {
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(&format!("{VERSION} {applied}"));
        commit.commit()?;
        self.writer.wait_merging_threads()?;
        self.indexer.applied = applied;
        self.indexer.searcher.reload()
    }
}

/// The index in a folder and its position, where it can be used.
fn sound(dir: &Path, fields: &Fields) -> Option<(Index, Seq)> {
    let index = Index::open_in_dir(dir).ok()?;
    let payload = index.load_metas().ok()?.payload.unwrap_or_default();
    let applied = payload.strip_prefix(&format!("{VERSION} "))?.parse().ok()?;
    let whole = index.validate_checksum().is_ok_and(|damaged| damaged.is_empty());
    (whole && index.schema() == fields.schema).then_some((index, applied))
}

/// An empty index in place of what is there.
fn create(dir: &Path, fields: &Fields) -> Result<Index, Fault> {
    if dir.exists() {
        tracing::warn!(dir = %dir.display(), "the search index cannot be used; it is computed anew");
        fs::remove_dir_all(dir).map_err(|e| Fault::Broken(e.to_string()))?;
    }
    fs::create_dir_all(dir).map_err(|e| Fault::Broken(e.to_string()))?;
    Ok(Index::create_in_dir(dir, fields.schema.clone())?)
}

impl From<TantivyError> for Fault {
    fn from(error: TantivyError) -> Self {
        Self::Broken(error.to_string())
    }
}
