//! [`Index`]: which known articles share anchors with a candidate, and what is furniture.
//!
//! It keeps the newest part in memory and the rest in packed values of a store that it does not
//! know: whoever uses it hands in how to get a value, and puts values in the transaction that
//! writes the articles themselves. Nothing in it is the only copy: after a crash,
//! what had not been saved is learnt again from the archive, from [`Index::put_through`] on.
//!
//! What is learnt goes two ways. Every ten thousand articles it is *saved* as it came: a start reads
//! it back. Every sixty thousand, and at the turn of an epoch, all postings in memory *leave* for a segment,
//! which is written once, in the order of its keys, and never again, and the lines of sites for their
//! tables: sled pays for each rewriting with several times the space. What comes under many new keys
//! is therefore *named* first, by empty values: sled splits its pages as keys come, and a split
//! writes the whole page again. A filter in memory says of most anchors that a segment has nothing
//! under them.
//!
//! | key | value |
//! | --- | --- |
//! | `h` | [`Head`] as JSON |
//! | `b` segment group | postings of some buckets (`postings`) |
//! | `j` number | a piece of the [`Journal`]: what has not left yet |
//! | `s` site, `s` site piece | [`Lines`] of a site, in pieces |
//! | `c` number | a piece of the [`Lines`] of all sites |

use super::features::{Candidate, Features};
use super::filter::Filter;
use super::furniture::{Furniture, Lines, STORED, story_tag};
use super::journal::{self, Entry, Journal};
use super::postings::{
    Anchor, GROUPS, NEWEST, Ordinal, Pending, anchors_in_group, find_in_group, group_of, most_named,
};
use super::repeats::Repeats;
use super::sites::Sites;
use crate::model::{Article, Seq, Span, Timestamp};
use serde::{Deserialize, Serialize};

/// Postings kept in memory before they leave: those of some 60,000 articles, 12 MB.
const PENDING_MAX: usize = 1 << 20;

/// Bytes of what was learnt after which it is saved: some 10,000 articles, which is what a start may
/// have to learn again, a second.
const JOURNAL_MAX: usize = 2 << 20;

/// Groups of buckets put in one step, 0.7 KB each, so that no step takes long.
const STEP: u16 = 128;

/// Groups of buckets named in one step.
const NAMED_STEP: u16 = 1024;

/// Sites put in one step, 8 KB each at most.
const SITES_STEP: usize = 16;

/// Pieces of the journal saved or removed in one step, 4 KB each.
const PIECES_STEP: u32 = 32;

/// Bytes of a piece of the lines of all sites: values are to stay below 64 KiB.
const COMMON_PIECE: usize = STORED * 4000;

/// Segments of four weeks expire together.
const EPOCH_SECONDS: i64 = 28 * 24 * 3600;

/// Articles compared with a candidate: those that share most anchors.
const COMPARED: usize = 4;

/// Articles that may show a text to be a digest: the text itself and its copies are among them.
const LOOKED_AT: usize = 8;

/// The near-duplicate index over a store's values.
#[derive(Debug)]
pub struct Index {
    window: Span,
    head: Head,
    /// Learnt and not yet leaving.
    recent: Pending,
    /// The last change learnt.
    learnt_through: Seq,
    /// Leaving, group by group; those before `put_to` have left.
    leaving: Pending,
    named_to: u16,
    put_to: u16,
    /// Sites whose lines are still to leave.
    leaving_sites: Vec<String>,
    /// Pieces of the journal before this one hold only what is leaving, or has left.
    leaving_pieces: u32,
    /// What came since the last saving began.
    journal: Journal,
    saving: Option<Saving>,
    sites: Sites,
    repeats: Repeats,
    common: Lines,
    /// For each segment of the head, what it may hold.
    filters: Vec<Filter>,
}

/// A key and its new value; `None` removes it.
pub type Put = (Vec<u8>, Option<Vec<u8>>);

/// How far everything is in the store's values, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Head {
    /// The last change of which everything is saved.
    through: Seq,
    /// Oldest first.
    segments: Vec<Segment>,
    /// Pieces of the journal: the first, and the one after the last.
    pieces: (u32, u32),
    /// Epoch in which the oldest posting came that has not left.
    began: Option<u16>,
}

/// Postings that left together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Segment {
    number: u32,
    /// When its oldest posting came.
    epoch: u16,
    postings: usize,
}

/// What is still to be saved, and what will have been saved then.
#[derive(Debug)]
struct Saving {
    through: Seq,
    pieces: Vec<Vec<u8>>,
}

impl Index {
    /// The index over what was saved before; learn what came after [`Index::put_through`].
    ///
    /// # Errors
    /// `get` fails.
    pub fn open<E>(
        window: Span,
        get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Self, E> {
        let head = get(b"h")?.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let head: Head = head.unwrap_or_default();
        let mut index = Self {
            window,
            learnt_through: head.through,
            recent: Pending::default(),
            leaving: Pending::default(),
            named_to: GROUPS,
            put_to: GROUPS,
            leaving_sites: Vec::new(),
            leaving_pieces: head.pieces.0,
            journal: Journal::default(),
            saving: None,
            sites: Sites::default(),
            repeats: Repeats::default(),
            common: common(&get)?,
            filters: Vec::new(),
            head,
        };
        for number in index.head.pieces.0..index.head.pieces.1 {
            let piece = get(&piece_key(b'j', number))?.unwrap_or_default();
            for entry in journal::read(&piece) {
                index.sites.load(&entry.site, &get)?;
                index.take(&entry);
            }
        }
        index.sites.begin(&index.repeats);
        for segment in &index.head.segments {
            index.filters.push(filter(segment, &get)?);
        }
        Ok(index)
    }

    /// The last change of which everything is saved: learning goes on behind it after a start.
    pub fn put_through(&self) -> Seq {
        self.head.through
    }

    /// The features of a candidate.
    ///
    /// # Errors
    /// `get` fails.
    pub fn features<E>(
        &mut self,
        candidate: &Candidate<'_>,
        get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Features, E> {
        self.load(candidate.site, get)?;
        Ok(Features::of(candidate, self.furniture(candidate.site)))
    }

    /// The features of a known article.
    ///
    /// # Errors
    /// `get` fails.
    pub fn features_of_article<E>(
        &mut self,
        article: &Article,
        get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Features, E> {
        self.load(&article.site, get)?;
        Ok(Features::of_article(article, self.furniture(&article.site)))
    }

    /// The numbers of the articles that share most anchors with a candidate, at most four.
    ///
    /// # Errors
    /// `get` fails.
    pub fn near<E>(
        &self,
        features: &Features,
        get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Vec<u64>, E> {
        self.most_holding(&features.anchors, COMPARED, get)
    }

    /// The numbers of the articles that hold most of these anchors, at most eight.
    ///
    /// # Errors
    /// `get` fails.
    pub fn holding<E>(
        &self,
        anchors: &[u64],
        get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Vec<u64>, E> {
        self.most_holding(anchors, LOOKED_AT, get)
    }

    fn most_holding<E>(
        &self,
        anchors: &[u64],
        most: usize,
        get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Vec<u64>, E> {
        let mut named = Vec::new();
        for anchor in anchors {
            named.extend(self.holders(Anchor::of(*anchor), &get)?);
        }
        Ok(most_named(named.into_iter(), most).into_iter().map(u64::from).collect())
    }

    /// The newest articles that hold an anchor, each once.
    fn holders<E>(
        &self,
        anchor: Anchor,
        get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Vec<Ordinal>, E> {
        let mut found: Vec<_> = self.recent.find(anchor).take(NEWEST).collect();
        if group_of(anchor) >= self.put_to {
            found.extend(self.leaving.find(anchor).take(NEWEST));
        }
        for (segment, filter) in self.head.segments.iter().zip(&self.filters).rev() {
            if found.len() >= NEWEST {
                break;
            }
            if filter.may_hold(anchor)
                && let Some(group) = get(&group_key(segment.number, group_of(anchor)))?
            {
                newest_first(find_in_group(&group, anchor), &mut found);
            }
        }
        found.truncate(NEWEST);
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// What is left out of articles of a site; load it first where it may not be in memory.
    pub fn furniture(&self, site: &str) -> Furniture<'_> {
        self.sites.furniture(site, &self.common)
    }

    /// What repeats on sites, for those who read their pages.
    pub fn repeats(&self) -> Repeats {
        self.repeats.clone()
    }

    /// Brings the lines of a site into memory.
    ///
    /// # Errors
    /// `get` fails.
    pub fn load<E>(
        &mut self,
        site: &str,
        get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<(), E> {
        self.sites.load(site, get)
    }

    /// Notes what change `seq` brought: an article, known to the store by `number`, with another
    /// text than before. Learning twice does no harm.
    pub fn learn(&mut self, seq: Seq, number: u64, article: &Article, features: &Features) {
        self.learnt_through = seq;
        self.common.learn(story_tag(&article.story), &features.notices);
        let entry = Entry::new(Ordinal::try_from(number).ok(), &article.site, features);
        self.take(&entry);
        self.journal.add(&entry);
    }

    /// Takes in what an article taught; its site's lines are in memory.
    fn take(&mut self, entry: &Entry) {
        self.sites.learn(&entry.site, entry.address, &entry.lines);
        self.sites.share(&entry.site, &self.repeats);
        if let Some(article) = entry.article {
            self.recent.add(article, entry.anchors());
        }
    }

    /// What there is to put now, a small step of it; call it once a transaction and put all of it.
    pub fn put_step(&mut self, now: Timestamp) -> Vec<Put> {
        let mut puts = Vec::new();
        self.sites.give_up(&mut puts);
        if self.recent.len() == 0 {
            self.head.began = Some(epoch(now));
        }
        let began = self.head.began.unwrap_or_else(|| epoch(now));
        if let Some(saving) = self.saving.take() {
            self.save(saving, &mut puts);
        } else if self.named_to < GROUPS {
            self.name_groups(&mut puts);
        } else if !self.leaving_sites.is_empty() {
            // Not beside the groups: these stay where they are written, tables are soon replaced,
            // and sled has room back by large stretches of its file.
            let rest = self.leaving_sites.len().saturating_sub(SITES_STEP);
            for site in self.leaving_sites.drain(rest..) {
                self.sites.put(&site, &mut puts);
            }
        } else if self.put_to < GROUPS {
            self.put_groups(&mut puts);
            if self.put_to == GROUPS {
                self.finish(epoch(now), &mut puts);
            }
        } else if self.head.pieces.0 < self.leaving_pieces {
            self.drop_pieces(&mut puts);
        } else if self.journal.bytes() >= JOURNAL_MAX {
            let pieces = std::mem::take(&mut self.journal).into_pieces();
            let keys = (self.head.pieces.1..).map(|number| piece_key(b'j', number).to_vec());
            puts.extend(keys.take(pieces.len()).map(|key| (key, Some(Vec::new()))));
            self.saving = Some(Saving { through: self.learnt_through, pieces });
        } else if self.recent.len() >= PENDING_MAX || began < epoch(now) {
            self.begin_leaving(began);
            self.head.began = Some(epoch(now));
        }
        puts
    }

    /// All that is not saved yet of what was learnt up to change `through`, for the end of a clean
    /// run: the next start has nothing to learn again.
    pub fn put_rest(&mut self, through: Seq) -> Vec<Put> {
        let mut puts = Vec::new();
        while let Some(saving) = self.saving.take() {
            self.save(saving, &mut puts);
        }
        if through > self.head.through {
            let pieces = std::mem::take(&mut self.journal).into_pieces();
            self.saving = Some(Saving { through, pieces });
        }
        while let Some(saving) = self.saving.take() {
            self.save(saving, &mut puts);
        }
        puts
    }

    /// Saves a few pieces of the journal; what is saved counts once all of it is.
    fn save(&mut self, mut saving: Saving, puts: &mut Vec<Put>) {
        // Pieces of a saving that a crash cut short are written over by the next.
        let few = saving.pieces.len().min(PIECES_STEP as usize);
        for piece in saving.pieces.drain(..few) {
            puts.push((piece_key(b'j', self.head.pieces.1).to_vec(), Some(piece)));
            self.head.pieces.1 += 1;
        }
        if !saving.pieces.is_empty() {
            self.saving = Some(saving);
            return;
        }
        for (number, piece) in (0..).zip(self.common.to_bytes().chunks(COMMON_PIECE)) {
            puts.push((piece_key(b'c', number).to_vec(), Some(piece.to_vec())));
        }
        self.head.through = saving.through;
        puts.push((b"h".to_vec(), serde_json::to_vec(&self.head).ok()));
    }

    /// Lets all postings in memory leave for a segment, and the lines of sites for their tables.
    fn begin_leaving(&mut self, epoch: u16) {
        self.leaving = std::mem::take(&mut self.recent);
        self.named_to = 0;
        self.put_to = 0;
        self.leaving_pieces = self.head.pieces.1;
        self.leaving_sites = self.sites.changed();
        let number = self.head.segments.last().map_or(0, |segment| segment.number + 1);
        let postings = self.leaving.len();
        self.head.segments.push(Segment { number, epoch, postings });
        self.filters.push(Filter::for_postings(postings));
    }

    /// Names groups of what is leaving.
    fn name_groups(&mut self, puts: &mut Vec<Put>) {
        let end = (self.named_to + NAMED_STEP).min(GROUPS);
        let Some(segment) = self.head.segments.last() else { return };
        let held = (self.named_to..end).filter(|group| self.leaving.holds(*group));
        puts.extend(
            held.map(|group| (group_key(segment.number, group).to_vec(), Some(Vec::new()))),
        );
        self.named_to = end;
    }

    /// Puts a few groups of what is leaving.
    fn put_groups(&mut self, puts: &mut Vec<Put>) {
        let end = (self.put_to + STEP).min(GROUPS);
        let (Some(segment), Some(filter)) = (self.head.segments.last(), self.filters.last_mut())
        else {
            return;
        };
        for number in self.put_to..end {
            let Some(group) = self.leaving.group(number) else { continue };
            anchors_in_group(number, &group).for_each(|anchor| filter.add(anchor));
            puts.push((group_key(segment.number, number).to_vec(), Some(group)));
        }
        self.put_to = end;
    }

    /// Ends the leaving: drops what expired.
    fn finish(&mut self, now: u16, puts: &mut Vec<Put>) {
        self.leaving = Pending::default();
        let kept = epochs_of(self.window);
        while self.head.segments.first().is_some_and(|s| s.epoch.saturating_add(kept) < now) {
            let Segment { number, .. } = self.head.segments.remove(0);
            self.filters.remove(0);
            puts.extend((0..GROUPS).map(|group| (group_key(number, group).to_vec(), None)));
        }
        puts.push((b"h".to_vec(), serde_json::to_vec(&self.head).ok()));
    }

    /// Removes a few pieces of the journal that hold only what has left.
    fn drop_pieces(&mut self, puts: &mut Vec<Put>) {
        let end = self.leaving_pieces.min(self.head.pieces.0 + PIECES_STEP);
        let gone = self.head.pieces.0..end;
        puts.extend(gone.map(|number| (piece_key(b'j', number).to_vec(), None)));
        self.head.pieces.0 = end;
        puts.push((b"h".to_vec(), serde_json::to_vec(&self.head).ok()));
    }
}

/// Adds what a list holds, newest last, to a list that has the newest first.
fn newest_first(older: impl Iterator<Item = Ordinal>, found: &mut Vec<Ordinal>) {
    let start = found.len();
    found.extend(older);
    if let Some(added) = found.get_mut(start..) {
        added.reverse();
    }
}

/// The lines of all sites as they were saved.
fn common<E>(get: &impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>) -> Result<Lines, E> {
    let mut bytes = Vec::new();
    for number in 0.. {
        match get(&piece_key(b'c', number))? {
            Some(piece) => bytes.extend(piece),
            None => break,
        }
    }
    Ok(Lines::common_from_bytes(&bytes))
}

/// What a segment may hold.
fn filter<E>(
    segment: &Segment,
    get: &impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
) -> Result<Filter, E> {
    let mut filter = Filter::for_postings(segment.postings);
    for number in 0..GROUPS {
        if let Some(group) = get(&group_key(segment.number, number))? {
            anchors_in_group(number, &group).for_each(|anchor| filter.add(anchor));
        }
    }
    Ok(filter)
}

/// Epochs that a window reaches back, the present one not counted.
fn epochs_of(window: Span) -> u16 {
    let seconds = i64::try_from(window.get().as_secs()).unwrap_or(i64::MAX);
    u16::try_from(seconds.saturating_add(EPOCH_SECONDS - 1) / EPOCH_SECONDS).unwrap_or(u16::MAX)
}

fn epoch(at: Timestamp) -> u16 {
    u16::try_from(at.as_second().max(0) / EPOCH_SECONDS).unwrap_or(u16::MAX)
}

fn group_key(segment: u32, group: u16) -> [u8; 7] {
    let [_, head @ ..] = (u64::from(segment) << 16 | u64::from(group)).to_be_bytes();
    let [_, rest @ ..] = head;
    let mut key = [b'b'; 7];
    let [_, tail @ ..] = &mut key;
    tail.copy_from_slice(&rest);
    key
}

fn piece_key(kind: u8, number: u32) -> [u8; 5] {
    let [a, b, c, d] = number.to_be_bytes();
    [kind, a, b, c, d]
}
