//! Decides about one draft and writes the changes that follow.
//!
//! `dedupe` judges; here it is told what the store knows, and its verdict becomes changes. Every
//! draft ends in the store: as a new article, a revision, or a sighting of a known one.

use super::draft::Draft;
use super::filing::Fault;
use super::ledger::Bench;
use crate::dedupe::story::join;
use crate::dedupe::{
    Candidate, Duplicates, Features, Known, Match, Near, Settings, Suspect, Verdict, decide_exact,
    decide_near, identity,
};
use crate::model::{Article, ArticleId, Gist, Member, Op, TextSource};
use std::sync::Arc;

/// What the store knows that concerns a draft.
struct Record {
    guid: Option<Article>,
    url: Option<Article>,
    text: Option<Article>,
}

impl Bench<'_> {
    /// Decides about a draft and writes what follows.
    ///
    /// # Errors
    /// The store cannot be read, or the change does not fit it.
    pub fn settle(&mut self, draft: &Draft) -> Result<Verdict, Fault> {
        let settings = &draft.settings;
        let candidate = candidate(draft);
        let features = self.index.features(&candidate, |key| self.txn.near(key))?;
        let record = self.look_up(&candidate, &features)?;
        let known = record.known();
        let verdict = match decide_exact(&candidate, &features, &known) {
            Some(verdict) => verdict,
            None => self.compare(&candidate, &features, settings)?,
        };
        let id = identity(&candidate, &features, &known);
        match &verdict {
            Verdict::New => self.admit(draft, id, &features)?,
            Verdict::Sighting { of } => self.sight(draft, *of, &features)?,
            Verdict::Revision { of } => self.revise(draft, *of, &features)?,
            Verdict::Duplicate { of, matches, .. } => match settings.duplicates {
                Duplicates::Link => self.link(draft, id, matches, &features)?,
                Duplicates::Drop => self.sight(draft, *of, &features)?,
                Duplicates::Keep => self.admit(draft, id, &features)?,
            },
        }
        Ok(verdict)
    }

    fn look_up(&self, candidate: &Candidate<'_>, features: &Features) -> Result<Record, Fault> {
        let article = |id: Option<ArticleId>| match id {
            Some(id) => self.txn.article(&id),
            None => Ok(None),
        };
        let guid = self.txn.by_guid(candidate.feed, candidate.guid)?;
        let mut url = None;
        for key in [&features.url, &features.source_url].into_iter().flatten() {
            url = url.or(self.txn.by_url(&key.hash())?);
        }
        let text = match &features.text {
            Some(key) => self.txn.by_text(key)?,
            None => None,
        };
        Ok(Record { guid: article(guid)?, url: article(url)?, text: article(text)? })
    }

    /// The verdict from the articles that share most with the candidate.
    fn compare(
        &mut self,
        candidate: &Candidate<'_>,
        features: &Features,
        settings: &Settings,
    ) -> Result<Verdict, Fault> {
        let mut known = Vec::new();
        for number in self.index.near(features, |key| self.txn.near(key))? {
            if let Some(article) = self.txn.gist(number)? {
                self.index.load(&article.site, |key| self.txn.near(key))?;
                known.push(article);
            }
        }
        let near = |article| Near { article, furniture: self.index.furniture(&article.site) };
        let near: Vec<_> = known.iter().map(Arc::as_ref).map(near).collect();
        match decide_near(candidate, features, &near, settings) {
            Verdict::Duplicate { mut matches, .. } => {
                self.drop_digests(features, &known, &mut matches)?;
                Ok(Verdict::of_matches(matches))
            }
            other => Ok(other),
        }
    }

    /// Keeps the matches in which neither text is a digest of several stories: the likest that is none
    /// vouches for the others.
    fn drop_digests(
        &mut self,
        features: &Features,
        known: &[Arc<Gist>],
        matches: &mut Vec<Match>,
    ) -> Result<(), Fault> {
        while let Some(suspect) = matches.first().filter(|m| m.suspect).copied() {
            let sure = matches.iter().any(|m| !m.suspect && m.story == suspect.story);
            let article = known.iter().find(|article| article.id == suspect.id);
            match article.filter(|_| !sure) {
                Some(article) if self.is_digest(features, article)? => matches.remove(0),
                _ => break,
            };
        }
        Ok(())
    }

    /// True where the longer of two texts opens yet another story.
    fn is_digest(&mut self, features: &Features, article: &Gist) -> Result<bool, Fault> {
        let suspect = Suspect::of(features, article, self.index.furniture(&article.site));
        for number in self.index.holding(suspect.anchors(), |key| self.txn.near(key))? {
            if self.txn.belongs(number, &article.story)? {
                continue;
            }
            let Some(other) = self.txn.gist(number)? else { continue };
            self.index.load(&other.site, |key| self.txn.near(key))?;
            if suspect.opens_with(&other, self.index.furniture(&other.site)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// An article of its own.
    fn admit(&mut self, draft: &Draft, id: ArticleId, features: &Features) -> Result<(), Fault> {
        let id = self.free(id, draft)?;
        let article = Article { id, story: id, ..draft.article.clone() };
        self.write(Op::New, article, Some(features))
    }

    /// A known article, seen once more; nothing is written where it was seen there before.
    fn sight(&mut self, draft: &Draft, of: ArticleId, features: &Features) -> Result<(), Fault> {
        let Some(mut article) = self.txn.article(&of)? else {
            return self.admit(draft, of, features);
        };
        if merge_sightings(&mut article, draft) {
            self.write(Op::Sighted, article, None)?;
        }
        Ok(())
    }

    /// A known article with another text.
    fn revise(&mut self, draft: &Draft, of: ArticleId, features: &Features) -> Result<(), Fault> {
        let Some(old) = self.txn.article(&of)? else { return self.admit(draft, of, features) };
        if is_stub_of(&draft.article, &old) {
            return self.sight(draft, of, features);
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
        merge_sightings(&mut article, draft);
        self.write(Op::Revised, article, Some(features))
    }

    /// A copy: an article of its own that joins the story of what it copies.
    fn link(
        &mut self,
        draft: &Draft,
        id: ArticleId,
        matches: &[Match],
        features: &Features,
    ) -> Result<(), Fault> {
        let id = self.free(id, draft)?;
        let mut article = Article { id, story: id, ..draft.article.clone() };
        let places = join(Member::of(&article), matches, &self.members(matches)?);
        if let Some(own) = places.first() {
            own.apply_to(&mut article);
        }
        self.write(Op::New, article, Some(features))?;
        for place in places.iter().skip(1) {
            if let Some(mut moved) = self.txn.article(&place.id)? {
                place.apply_to(&mut moved);
                self.write(Op::Revised, moved, None)?;
            }
        }
        Ok(())
    }

    /// Everybody in the stories that the matches name.
    fn members(&self, matches: &[Match]) -> Result<Vec<Member>, Fault> {
        let (mut stories, mut members) = (Vec::new(), Vec::new());
        for found in matches {
            if !stories.contains(&found.story) {
                stories.push(found.story);
                members.extend(self.txn.members(&found.story)?);
            }
        }
        Ok(members)
    }

    /// `id`, or another one where that is taken: two articles never share an id.
    fn free(&self, id: ArticleId, draft: &Draft) -> Result<ArticleId, Fault> {
        let mut free = id;
        let mut tries = 0_u32;
        while self.txn.number(&free)?.is_some() {
            tries += 1;
            free = ArticleId::of(&format!("{id}\n{}\n{}\n{tries}", draft.feed, draft.key));
        }
        Ok(free)
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

impl Record {
    fn known(&self) -> Known<'_> {
        Known {
            by_guid: self.guid.as_ref(),
            by_url: self.url.as_ref(),
            by_text: self.text.as_ref(),
        }
    }
}

/// Adds where the draft was seen; false where that was known, or the list is full.
fn merge_sightings(article: &mut Article, draft: &Draft) -> bool {
    let room = usize::try_from(draft.settings.max_sightings).unwrap_or(usize::MAX);
    let before = article.sightings.len();
    for sighting in &draft.article.sightings {
        let mut known = article.sightings.iter();
        let known = known.any(|s| s.feed == sighting.feed && s.guid == sighting.guid);
        if !known && article.sightings.len() < room {
            article.sightings.push(sighting.clone());
        }
    }
    article.sightings.len() > before
}

/// True where the page did not come this time and the feed's teaser would replace its text.
fn is_stub_of(new: &Article, old: &Article) -> bool {
    new.extraction.from == TextSource::Feed
        && old.extraction.from != TextSource::Feed
        && new.words < old.words
}
