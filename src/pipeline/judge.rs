//! Decides about one draft and writes the changes that follow, within the writer's transaction.
//!
//! `dedupe` judges; here it is told what the store knows, and its verdict becomes changes. Every
//! draft ends in the store: as a new article, a revision, or a sighting of a known one.

use super::draft::Draft;
use super::filing::Fault;
use super::replay::keys;
use crate::dedupe::story::{Member, join};
use crate::dedupe::{
    Candidate, Duplicates, Features, Furniture, Known, Lines, Match, Settings, Verdict,
    decide_exact, decide_near, identity,
};
use crate::model::{Article, ArticleId, Change, Op, Seq, TextSource, Timestamp};
use crate::store::Txn;

/// Where the writer works on one group.
pub(super) struct Bench<'t, 'w> {
    /// The store as it will be when the group is committed.
    pub(super) txn: &'t mut Txn<'w>,
    /// Changes of the group so far.
    pub(super) changes: &'t mut Vec<Change>,
    /// Position of the group's first change.
    pub(super) first_seq: Seq,
    /// The moment of the group.
    pub(super) now: Timestamp,
}

/// What the store knows that concerns a draft.
struct Record {
    guid: Option<Article>,
    url: Option<Article>,
    text: Option<Article>,
}

/// Decides about a draft and writes what follows.
pub(super) fn settle(
    bench: &mut Bench<'_, '_>,
    draft: &Draft,
    settings: &Settings,
) -> Result<(), Fault> {
    let candidate = candidate(draft);
    let (site, common) = (Lines::of_site(), Lines::of_all_sites());
    let features = Features::of(&candidate, Furniture { site: &site, common: &common });
    let record = look_up(bench.txn, draft, &candidate, &features)?;
    let known = record.known();
    let verdict = match decide_exact(&candidate, &features, &known) {
        Some(verdict) => verdict,
        None => decide_near(&candidate, &features, &[], settings),
    };
    let id = identity(&candidate, &features, &known);
    match verdict {
        Verdict::New => bench.admit(draft, id),
        Verdict::Sighting { of } => bench.sight(draft, of, settings),
        Verdict::Revision { of } => bench.revise(draft, of, settings),
        Verdict::Duplicate { of, matches, .. } => match settings.duplicates {
            Duplicates::Link => bench.link(draft, id, &matches),
            Duplicates::Drop => bench.sight(draft, of, settings),
            Duplicates::Keep => bench.admit(draft, id),
        },
    }
}

fn candidate(draft: &Draft) -> Candidate<'_> {
    let article = &draft.article;
    Candidate {
        feed: &draft.feed,
        guid: article.sightings.first().map_or("", |s| s.guid.as_str()),
        url: article.url.as_ref(),
        source_url: article.source_url.as_ref(),
        site: &article.site,
        title: &article.title,
        text: &article.text,
        language: article.language.as_deref(),
    }
}

fn look_up(
    txn: &Txn<'_>,
    draft: &Draft,
    candidate: &Candidate<'_>,
    features: &Features,
) -> Result<Record, Fault> {
    let article = |id: Option<ArticleId>| match id {
        Some(id) => txn.article(&id),
        None => Ok(None),
    };
    let by_guid = txn.by_guid(&draft.feed, candidate.guid)?;
    let mut by_url = None;
    for key in [&features.url, &features.source_url].into_iter().flatten() {
        by_url = by_url.or(txn.by_url(&key.hash())?);
    }
    let by_text = match &features.text {
        Some(key) => txn.by_text(key)?,
        None => None,
    };
    Ok(Record { guid: article(by_guid)?, url: article(by_url)?, text: article(by_text)? })
}

impl Record {
    fn known(&self) -> Known<'_> {
        Known {
            by_guid: self.guid.as_ref(),
            by_url: self.url.as_ref(),
            by_text: self.text.as_ref(),
        }
    }
}

impl Bench<'_, '_> {
    /// An article of its own.
    fn admit(&mut self, draft: &Draft, id: ArticleId) -> Result<(), Fault> {
        let id = self.free(id, draft)?;
        self.write(Op::New, Article { id, story: id, ..draft.article.clone() })
    }

    /// A known article, seen once more; nothing is written where it was seen there before.
    fn sight(&mut self, draft: &Draft, of: ArticleId, settings: &Settings) -> Result<(), Fault> {
        let Some(mut article) = self.txn.article(&of)? else { return self.admit(draft, of) };
        if merge_sightings(&mut article, draft, settings) {
            self.write(Op::Sighted, article)?;
        }
        Ok(())
    }

    /// A known article with another text.
    fn revise(&mut self, draft: &Draft, of: ArticleId, settings: &Settings) -> Result<(), Fault> {
        let Some(old) = self.txn.article(&of)? else { return self.admit(draft, of) };
        if is_stub_of(&draft.article, &old) {
            return self.sight(draft, of, settings);
        }
        let mut article = Article {
            id: old.id,
            revision: old.revision + 1,
            first_seen: old.first_seen,
            published: old.published.or(draft.article.published),
            published_source: old.published_source.or(draft.article.published_source),
            sightings: old.sightings,
            story: old.story,
            duplicate_of: old.duplicate_of,
            relation: old.relation,
            similarity: old.similarity,
            ..draft.article.clone()
        };
        merge_sightings(&mut article, draft, settings);
        self.write(Op::Revised, article)
    }

    /// A copy: an article of its own that joins the story of what it copies.
    fn link(&mut self, draft: &Draft, id: ArticleId, matches: &[Match]) -> Result<(), Fault> {
        let id = self.free(id, draft)?;
        let mut article = Article { id, story: id, ..draft.article.clone() };
        let mut members = Vec::new();
        for found in matches {
            for member in self.txn.story(&found.story)? {
                let known: Option<Article> = self.txn.article(&member)?;
                members.extend(known.map(|a| Member::of(&a)).filter(|m| !members.contains(m)));
            }
        }
        let places = join(Member::of(&article), matches, &members);
        if let Some(own) = places.first() {
            own.apply_to(&mut article);
        }
        self.write(Op::New, article)?;
        for place in places.iter().skip(1) {
            if let Some(mut moved) = self.txn.article(&place.id)? {
                place.apply_to(&mut moved);
                self.write(Op::Revised, moved)?;
            }
        }
        Ok(())
    }

    /// `id`, or another one where that is taken: two articles never share an id.
    fn free(&self, id: ArticleId, draft: &Draft) -> Result<ArticleId, Fault> {
        let mut free = id;
        let mut tries = 0_u32;
        while self.txn.article(&free)?.is_some() {
            tries += 1;
            free = ArticleId::of(&format!("{id}\n{}\n{}\n{tries}", draft.feed, draft.key));
        }
        Ok(free)
    }

    fn write(&mut self, op: Op, article: Article) -> Result<(), Fault> {
        let ahead = Seq::try_from(self.changes.len()).unwrap_or(Seq::MAX);
        let seq = self.first_seq + ahead;
        let keys = keys(&article);
        let change = Change { seq, op, at: self.now, id: article.id, article: Some(article) };
        self.txn.apply(&change, &keys)?;
        self.changes.push(change);
        Ok(())
    }
}

/// Adds where the draft was seen; false where that was known, or the list is full.
fn merge_sightings(article: &mut Article, draft: &Draft, settings: &Settings) -> bool {
    let room = usize::try_from(settings.max_sightings).unwrap_or(usize::MAX);
    let mut added = false;
    for sighting in &draft.article.sightings {
        let known =
            article.sightings.iter().any(|s| s.feed == sighting.feed && s.guid == sighting.guid);
        if !known && article.sightings.len() < room {
            article.sightings.push(sighting.clone());
            added = true;
        }
    }
    added
}

/// True where the page did not come this time and the feed's teaser would replace its text.
fn is_stub_of(new: &Article, old: &Article) -> bool {
    new.extraction.from == TextSource::Feed
        && old.extraction.from != TextSource::Feed
        && new.words < old.words
}
