//! Changes as columns: Parquet files for DuckDB, Polars, pandas and whatever else reads them.
//!
//! A row is a change, as in the log; what a table cannot hold well is made simple: pictures are
//! their addresses, sightings their feeds. The rest stands in the archive. The only user of the
//! crates of Arrow and Parquet.

use crate::model::{Article, Change, Timestamp};
use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{
    ArrayRef, BooleanArray, Float32Array, Int64Array, RecordBatch, StringArray,
    TimestampMillisecondArray,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Version of the columns; new ones may be added within a version.
const SCHEMA: &str = "1";

/// A file being written.
pub struct Part {
    file: File,
    writer: Option<ArrowWriter<File>>,
    range: Option<(u64, u64)>,
}

impl Part {
    /// An empty file at `path`.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn create(path: &Path) -> std::io::Result<Self> {
        Ok(Self { file: File::create(path)?, writer: None, range: None })
    }

    /// Adds changes, which follow those added before.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&mut self, changes: &[Change]) -> Result<(), ParquetError> {
        let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return Ok(()) };
        let batch = batch(changes)?;
        let writer = if let Some(writer) = &mut self.writer {
            writer
        } else {
            let properties = WriterProperties::builder()
                .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
                .set_created_by(concat!("wiredesk ", env!("CARGO_PKG_VERSION")).to_owned())
                .build();
            let file = self.file.try_clone()?;
            self.writer.insert(ArrowWriter::try_new(file, batch.schema(), Some(properties))?)
        };
        writer.write(&batch)?;
        // A group of rows each time: the memory is bounded by what is handed in.
        writer.flush()?;
        self.range = Some((self.range.map_or(first.seq, |(first, _)| first), last.seq));
        Ok(())
    }

    /// Ends the file and brings it to the disk; the first and the last change in it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(self) -> Result<Option<(u64, u64)>, ParquetError> {
        let (Some(mut writer), Some((first, last))) = (self.writer, self.range) else {
            return Ok(None);
        };
        for (key, value) in [
            ("wiredesk.schema", SCHEMA.to_owned()),
            ("wiredesk.first_seq", first.to_string()),
            ("wiredesk.last_seq", last.to_string()),
        ] {
            writer.append_key_value_metadata(KeyValue::new(key.to_owned(), value));
        }
        writer.close()?;
        self.file.sync_all()?;
        Ok(Some((first, last)))
    }
}

/// The columns of some changes.
fn batch(changes: &[Change]) -> Result<RecordBatch, ParquetError> {
    let text = |of: fn(&Article) -> Option<&str>| -> ArrayRef {
        Arc::new(articles(changes).map(|a| a.and_then(of)).collect::<StringArray>())
    };
    let word = |of: fn(&Article) -> Option<String>| -> ArrayRef {
        Arc::new(articles(changes).map(|a| a.and_then(of)).collect::<StringArray>())
    };
    let number = |of: fn(&Article) -> i64| -> ArrayRef {
        Arc::new(articles(changes).map(|a| a.map(of)).collect::<Int64Array>())
    };
    let moment = |of: fn(&Article) -> Option<Timestamp>| -> ArrayRef {
        moments(articles(changes).map(|a| a.and_then(of)))
    };
    let list = |of: fn(&Article) -> Vec<&str>| lists(articles(changes).map(|a| a.map(of)));
    let seqs = changes.iter().map(|c| i64::try_from(c.seq).ok()).collect::<Int64Array>();
    let ops = changes.iter().map(|c| Some(c.op.as_str())).collect::<StringArray>();
    let ids = changes.iter().map(|c| Some(c.id.to_string())).collect::<StringArray>();
    let paywalled = articles(changes).map(|a| a.map(|a| a.extraction.paywalled));
    let confidence = articles(changes).map(|a| a.map(|a| a.extraction.confidence));
    let similarity = articles(changes).map(|a| a.and_then(|a| a.similarity));
    let columns: [(&str, ArrayRef); 30] = [
        ("seq", Arc::new(seqs)),
        ("op", Arc::new(ops)),
        ("at", moments(changes.iter().map(|c| Some(c.at)))),
        ("id", Arc::new(ids)),
        ("revision", number(|a| a.revision.into())),
        ("url", text(|a| Some(a.url.as_ref()?.as_str()))),
        ("source_url", text(|a| Some(a.source_url.as_ref()?.as_str()))),
        ("site", text(|a| Some(&a.site))),
        ("site_name", text(|a| a.site_name.as_deref())),
        ("title", text(|a| Some(&a.title))),
        ("authors", list(|a| a.authors.iter().map(String::as_str).collect())),
        ("language", text(|a| a.language.as_deref())),
        ("published", moment(|a| a.published)),
        ("modified", moment(|a| a.modified)),
        ("first_seen", moment(|a| Some(a.first_seen))),
        ("fetched", moment(|a| Some(a.fetched))),
        ("summary", text(|a| a.summary.as_deref())),
        ("text", text(|a| Some(&a.text))),
        ("html", text(|a| Some(&a.html))),
        ("words", number(|a| a.words.into())),
        ("images", list(|a| a.images.iter().map(|i| i.url.as_str()).collect())),
        ("tags", list(|a| a.tags.iter().map(String::as_str).collect())),
        ("feeds", list(|a| a.sightings.iter().map(|s| s.feed.as_str()).collect())),
        ("extracted_from", word(|a| name(&a.extraction.from))),
        ("confidence", Arc::new(confidence.collect::<Float32Array>())),
        ("paywalled", Arc::new(paywalled.collect::<BooleanArray>())),
        ("story", word(|a| Some(a.story.to_string()))),
        ("duplicate_of", word(|a| a.duplicate_of.map(|id| id.to_string()))),
        ("relation", word(|a| name(&a.relation?))),
        ("similarity", Arc::new(similarity.collect::<Float32Array>())),
    ];
    // All may be null: a deletion has no article.
    let columns = columns.map(|(name, column)| (name, column, true));
    Ok(RecordBatch::try_from_iter_with_nullable(columns)?)
}

fn articles(changes: &[Change]) -> impl Iterator<Item = Option<&Article>> {
    changes.iter().map(|change| change.article.as_ref())
}

fn moments(of: impl Iterator<Item = Option<Timestamp>>) -> ArrayRef {
    let millis = of.map(|at| at.map(Timestamp::as_millisecond));
    Arc::new(millis.collect::<TimestampMillisecondArray>().with_timezone("UTC"))
}

fn lists<'a>(of: impl Iterator<Item = Option<Vec<&'a str>>>) -> ArrayRef {
    let mut builder = ListBuilder::new(StringBuilder::new());
    for list in of {
        builder.append_option(list.map(|list| list.into_iter().map(Some)));
    }
    Arc::new(builder.finish())
}

/// The word that stands for a value in JSON.
fn name(value: &impl serde::Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}
