//! [`Searcher`]: a question in words → articles.
//!
//! A question does not say in which language it is. It is put once for each treatment of words
//! that articles in the index had, and each putting looks only at the articles that had it.

use super::fields::{Fields, WORDS, date};
use super::words::{analyzer, treatment, treatments};
use super::{Ask, Fault, Found, Order};
use crate::model::ArticleId;
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};
use tantivy::collector::TopDocs;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, Occur, Query, QueryParser, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::tokenizer::{RawTokenizer, TextAnalyzer, TokenizerManager};
use tantivy::{DocAddress, IndexReader, TantivyDocument, Term};

/// Longest question in characters; the contract says so too.
const TEXT_MAX: usize = 1024;

/// The index, for readers. A cheap handle; until an index is opened it has no answers.
#[derive(Clone, Default)]
pub struct Searcher {
    open: Arc<RwLock<Option<(IndexReader, Fields)>>>,
}

impl std::fmt::Debug for Searcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Searcher")
    }
}

/// Conditions that a document must fulfil, or must not.
type Clauses = Vec<(Occur, Box<dyn Query>)>;

impl Searcher {
    /// The articles that fit, at most `limit`.
    ///
    /// # Errors
    /// The question cannot be understood, or the index is not there or cannot be read.
    pub fn search(&self, ask: &Ask, limit: usize) -> Result<Found, Fault> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner).clone();
        let (reader, fields) = open.ok_or(Fault::NotReady)?;
        if ask.text.chars().count() > TEXT_MAX {
            return Err(Fault::Query(format!("a question has at most {TEXT_MAX} characters")));
        }
        // The files may be damaged under us, and are mapped into memory.
        let found = catch_unwind(AssertUnwindSafe(|| find(&reader, &fields, ask, limit)));
        found.unwrap_or_else(|_| Err(Fault::Broken("it is damaged".to_owned())))
    }

    /// Answers from this index from now on.
    pub(super) fn adopt(&self, reader: IndexReader, fields: Fields) {
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some((reader, fields));
    }

    /// Sees what was committed since.
    pub(super) fn reload(&self) -> Result<(), Fault> {
        match &*self.open.read().unwrap_or_else(PoisonError::into_inner) {
            Some((reader, _)) => Ok(reader.reload()?),
            None => Ok(()),
        }
    }
}

fn find(reader: &IndexReader, fields: &Fields, ask: &Ask, limit: usize) -> Result<Found, Fault> {
    let searcher = reader.searcher();
    let mut clauses = narrowed(fields, ask);
    clauses.push((Occur::Must, put(&searcher, fields, ask)?));
    let top = TopDocs::with_limit(limit.max(1));
    let mut found = Found::default();
    match ask.order {
        Order::Best => {
            let query = BooleanQuery::new(clauses);
            for (_, address) in searcher.search(&query, &top.order_by_score())? {
                found.ids.extend(id(&searcher, fields, address)?);
            }
        }
        Order::Newest | Order::After(_) => {
            if let Order::After(place) = ask.order {
                let end = Bound::Excluded(Term::from_field_u64(fields.place, place));
                clauses.push((Occur::Must, Box::new(RangeQuery::new(Bound::Unbounded, end))));
            }
            let query = BooleanQuery::new(clauses);
            let order = top.order_by_fast_field::<u64>("place", tantivy::Order::Desc);
            for (place, address) in searcher.search(&query, &order)? {
                found.ids.extend(id(&searcher, fields, address)?);
                found.next = place;
            }
            if found.ids.len() < limit {
                found.next = None;
            }
        }
    }
    Ok(found)
}

/// The question's words, put for each treatment.
fn put(searcher: &tantivy::Searcher, fields: &Fields, ask: &Ask) -> Result<Box<dyn Query>, Fault> {
    let only = ask.language.as_deref().map(|language| treatment(Some(language)));
    let mut puttings: Clauses = Vec::new();
    for treatment in treatments().filter(|t| only.is_none_or(|only| only == *t)) {
        let had = Term::from_field_text(fields.treatment, treatment);
        if searcher.doc_freq(&had)? == 0 {
            continue;
        }
        // What cannot be understood is left out: a question is what somebody typed.
        let (query, _) = parser(fields, treatment).parse_query_lenient(&ask.text);
        let one = BooleanQuery::new(vec![(Occur::Must, query), (Occur::Must, unscored(had))]);
        puttings.push((Occur::Should, Box::new(one)));
    }
    Ok(Box::new(BooleanQuery::new(puttings)))
}

fn parser(fields: &Fields, treatment: &str) -> QueryParser {
    let tokenizers = TokenizerManager::new();
    tokenizers.register(WORDS, analyzer(treatment));
    tokenizers.register("raw", TextAnalyzer::from(RawTokenizer::default()));
    let common = fields.common().map(|(field, _)| field).to_vec();
    let mut parser = QueryParser::new(fields.schema.clone(), common, tokenizers);
    parser.set_conjunction_by_default();
    for (field, boost) in fields.common() {
        parser.set_field_boost(field, boost);
    }
    parser
}

/// The conditions beside the words.
fn narrowed(fields: &Fields, ask: &Ask) -> Clauses {
    let mut clauses: Clauses = Vec::new();
    let exact = [
        (fields.feed, ask.feed.clone()),
        (fields.tag, ask.tag.as_ref().map(|tag| tag.to_lowercase())),
        (fields.lang, ask.language.as_ref().map(|lang| lang.to_ascii_lowercase())),
        (fields.site, ask.site.as_ref().map(|site| site.to_ascii_lowercase())),
    ];
    for (field, value) in exact {
        let Some(value) = value else { continue };
        clauses.push((Occur::Must, unscored(Term::from_field_text(field, &value))));
    }
    if ask.published_after.is_some() || ask.published_before.is_some() {
        let term = |field: Field, at| Term::from_field_date(field, date(at));
        let from = ask.published_after.map(|at| term(fields.published, at));
        let to = ask.published_before.map(|at| term(fields.published, at));
        let range = RangeQuery::new(
            from.map_or(Bound::Unbounded, Bound::Included),
            to.map_or(Bound::Unbounded, Bound::Excluded),
        );
        clauses.push((Occur::Must, Box::new(BoostQuery::new(Box::new(range), 0.0))));
    }
    if ask.originals_only {
        clauses.push((Occur::Must, unscored(Term::from_field_bool(fields.copy, false))));
    }
    clauses
}

/// A condition that says nothing about how well a document fits.
fn unscored(term: Term) -> Box<dyn Query> {
    let query = TermQuery::new(term, IndexRecordOption::Basic);
    Box::new(ConstScoreQuery::new(Box::new(query), 0.0))
}

fn id(
    searcher: &tantivy::Searcher,
    fields: &Fields,
    address: DocAddress,
) -> Result<Option<ArticleId>, Fault> {
    let document: TantivyDocument = searcher.doc(address)?;
    Ok(document.get_first(fields.id).and_then(|id| id.as_str()?.parse().ok()))
}
