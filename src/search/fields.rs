//! What of an article stands in the index, and under which names.

use super::words::{tagged, treatment};
use crate::model::{Article, ArticleId, Timestamp};
use tantivy::schema::{
    DateOptions, DateTimePrecision, FAST, Field, INDEXED, IndexRecordOption, STORED, STRING,
    Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{DateTime, TantivyDocument};

/// Name under which the words' tokenizer is registered.
pub(super) const WORDS: &str = "words";

/// Bits of a place that tell articles of one millisecond apart.
const TIE_BITS: u32 = 20;

/// The fields.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    pub(super) schema: Schema,
    pub(super) id: Field,
    pub(super) title: Field,
    pub(super) text: Field,
    pub(super) author: Field,
    pub(super) topic: Field,
    pub(super) treatment: Field,
    pub(super) lang: Field,
    pub(super) feed: Field,
    pub(super) tag: Field,
    pub(super) site: Field,
    pub(super) published: Field,
    pub(super) place: Field,
    pub(super) copy: Field,
}

impl Fields {
    pub(super) fn new() -> Self {
        let mut schema = Schema::builder();
        let words = |record| {
            let indexing = TextFieldIndexing::default().set_tokenizer(WORDS);
            TextOptions::default().set_indexing_options(indexing.set_index_option(record))
        };
        let full = words(IndexRecordOption::WithFreqsAndPositions);
        let date = DateOptions::default().set_indexed().set_fast();
        let date = date.set_precision(DateTimePrecision::Milliseconds);
        Self {
            id: schema.add_text_field("id", STRING | STORED),
            title: schema.add_text_field("title", full.clone()),
            text: schema.add_text_field("text", full.clone()),
            author: schema.add_text_field("author", full.clone()),
            topic: schema.add_text_field("topic", full),
            treatment: schema.add_text_field("treatment", STRING),
            lang: schema.add_text_field("lang", STRING),
            feed: schema.add_text_field("feed", STRING),
            tag: schema.add_text_field("tag", STRING),
            site: schema.add_text_field("site", STRING),
            published: schema.add_date_field("published", date),
            place: schema.add_u64_field("place", INDEXED | FAST),
            copy: schema.add_bool_field("copy", INDEXED),
            schema: schema.build(),
        }
    }

    /// The fields that a word without a name is looked for in, and how much each counts.
    pub(super) fn common(&self) -> [(Field, f32); 4] {
        [(self.title, 3.0), (self.text, 1.0), (self.author, 2.0), (self.topic, 2.0)]
    }

    /// The article as it is indexed.
    pub(super) fn document(&self, article: &Article) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        let treatment = treatment(article.language.as_deref());
        document.add_text(self.id, article.id.to_string());
        document.add_text(self.title, tagged(treatment, &article.title));
        document.add_text(self.text, tagged(treatment, &article.text));
        for author in &article.authors {
            document.add_text(self.author, tagged("", author));
        }
        for tag in &article.tags {
            document.add_text(self.topic, tagged(treatment, tag));
            document.add_text(self.tag, tag.to_lowercase());
        }
        document.add_text(self.treatment, treatment);
        if let Some(language) = &article.language {
            let whole = language.to_ascii_lowercase();
            let main = whole.split('-').next().unwrap_or_default().to_owned();
            if main != whole {
                document.add_text(self.lang, main);
            }
            document.add_text(self.lang, whole);
        }
        for sighting in &article.sightings {
            document.add_text(self.feed, sighting.feed.as_str());
        }
        document.add_text(self.site, article.site.to_ascii_lowercase());
        if let Some(published) = article.published {
            document.add_date(self.published, date(published));
        }
        document.add_u64(self.place, place(article.first_seen, &article.id));
        document.add_bool(self.copy, article.duplicate_of.is_some());
        document
    }
}

/// The moment as the index holds it: nanoseconds, which reach from 1677 to 2262.
pub(super) fn date(at: Timestamp) -> DateTime {
    let reach = i64::MAX / 1_000_000;
    DateTime::from_timestamp_millis(at.as_millisecond().clamp(-reach, reach))
}

/// Where an article stands among all, by when it came in: no two have the same place, nearly.
fn place(first_seen: Timestamp, id: &ArticleId) -> u64 {
    let tie = id.as_bytes().first_chunk::<4>().map_or(0, |bytes| u32::from_be_bytes(*bytes));
    let millis = u64::try_from(first_seen.as_millisecond()).unwrap_or(0);
    (millis << TIE_BITS) | u64::from(tie >> (32 - TIE_BITS))
}
