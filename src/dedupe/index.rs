//! [`Index`]: which known articles share anchors with a candidate, and what is furniture.
//!
//! It keeps the newest part in memory and the rest in packed values of a store that it does not
//! know: whoever uses it hands in how to get a value, and puts values in the transaction that
//! writes the articles themselves. Nothing in it is the only copy: after a crash,
//! what had not been put is learnt again from the archive, from [`Index::put_through`] on.
//!
//! | key | value |
//! | --- | --- |
//! | `h` | [`Head`] as JSON |
//! | `b` epoch bucket | [`Bucket`]: postings of four weeks |
//! | `l` site | [`Lines`] of a site |

use super::features::{Candidate, Features};
use super::furniture::{Furniture, Lines, story_tag};
use super::postings::{BUCKETS, Bucket, NEWEST, Ordinal, Recent, bucket, find, most_named, tag};
use crate::model::{Article, Seq, Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::ops::Range;

/// Postings kept in memory before they are put: those of some 13,000 articles, 8 MB.
const RECENT_MAX: usize = 1 << 18;

/// Buckets put in one step: 2 MB at a million articles, so that no step takes long.
const STEP: u32 = 1024;

/// Sites whose lines are kept in memory, 50 KB each at most.
const SITES_MAX: usize = 256;

/// Postings of four weeks expire together.
const EPOCH_SECONDS: i64 = 28 * 24 * 3600;

/// Articles compared with a candidate: those that share most anchors.
const COMPARED: usize = 4;

/// The near-duplicate index over a store's values.
#[derive(Debug)]
pub struct Index {
    window: Span,
    head: Head,
    /// Learnt and not yet being put.
    recent: Recent,
    /// The last change in `recent`.
    recent_through: Seq,
    /// Being put, bucket by bucket; those before `put_to` are put already.
    leaving: Recent,
    put_to: u32,
    sites: HashMap<String, Site>,
    common: Lines,
    /// Counts lookups of sites, to know which was not used for longest.
    clock: u64,
}

/// A key and its new value; `None` removes it.
pub type Put = (Vec<u8>, Option<Vec<u8>>);

/// How far everything is put, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    /// The last change of which everything is put.
    through: Seq,
    /// The last change of the postings being put.
    leaving_through: Seq,
    /// Epochs that have buckets, rising.
    epochs: Vec<u16>,
}

/// The lines of a site in memory.
#[derive(Debug)]
struct Site {
    lines: Lines,
    changed: bool,
    used: u64,
}

impl Index {
    /// The index over what was put before; learn what came after [`Index::put_through`].
    ///
    /// # Errors
    /// `get` fails.
    pub fn open<E>(
        window: Span,
        get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Self, E> {
        let head = get(b"h")?.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let head: Head = head.unwrap_or_default();
        Ok(Self {
            window,
            recent_through: head.through,
            head,
            recent: Recent::default(),
            leaving: Recent::default(),
            put_to: BUCKETS,
            sites: HashMap::new(),
            common: Lines::of_all_sites(),
            clock: 0,
        })
    }

    /// The last change of which everything is put: learning goes on behind it after a start.
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
        let mut named = Vec::new();
        for anchor in &features.anchors {
            named.extend(self.holders(*anchor, &get)?);
        }
        Ok(most_named(named.into_iter(), COMPARED).into_iter().map(u64::from).collect())
    }

    /// The newest articles that hold an anchor, each once.
    fn holders<E>(
        &self,
        anchor: u64,
        get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Vec<Ordinal>, E> {
        let mut found: Vec<_> = self.recent.find(anchor).collect();
        if u32::from(bucket(anchor)) >= self.put_to {
            found.extend(self.leaving.find(anchor));
        }
        for epoch in self.head.epochs.iter().rev() {
            if found.len() >= NEWEST {
                break;
            }
            let Some(bytes) = get(&bucket_key(*epoch, bucket(anchor)))? else { continue };
            let mut older: Vec<_> = find(&bytes, tag(anchor)).collect();
            older.reverse();
            found.extend(older);
        }
        found.truncate(NEWEST);
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// What is left out of articles of a site; load it first where it may not be in memory.
    pub fn furniture(&self, site: &str) -> Furniture<'_> {
        let site = self.sites.get(site).map_or(&self.common, |site| &site.lines);
        Furniture { site, common: &self.common }
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
        self.clock += 1;
        if let Some(known) = self.sites.get_mut(site) {
            known.used = self.clock;
            return Ok(());
        }
        let lines = get(&site_key(site))?.map_or_else(Lines::of_site, |b| Lines::from_bytes(&b));
        self.sites.insert(site.to_owned(), Site { lines, changed: false, used: self.clock });
        Ok(())
    }

    /// Notes what change `seq` brought: an article, known to the store by `number`, with another
    /// text than before. Learning twice does no harm.
    pub fn learn(&mut self, seq: Seq, number: u64, article: &Article, features: &Features) {
        self.recent_through = seq;
        if let Some(site) = self.sites.get_mut(&article.site) {
            site.lines.learn(features.address, &features.lines);
            site.changed = true;
        }
        self.common.learn(story_tag(&article.story), &features.notices);
        if let Ok(number) = Ordinal::try_from(number) {
            self.recent.add(number, &features.anchors);
        }
    }

    /// What there is to put now, a small step of it; call it once a transaction and put all of it.
    ///
    /// # Errors
    /// `get` fails.
    pub fn put_step<E>(
        &mut self,
        now: Timestamp,
        get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Vec<Put>, E> {
        let mut puts = Vec::new();
        self.put_idle_sites(&mut puts);
        if self.put_to < BUCKETS {
            let range = self.put_to..(self.put_to + STEP).min(BUCKETS);
            self.put_buckets(&range, get, &mut puts)?;
            self.put_to = range.end;
            if self.put_to == BUCKETS {
                self.finish(epoch(now), &mut puts);
            }
        } else if self.recent.len() >= RECENT_MAX {
            self.leaving = std::mem::take(&mut self.recent);
            self.head.leaving_through = self.recent_through;
            self.put_to = 0;
            self.begin_epoch(epoch(now));
        }
        Ok(puts)
    }

    fn begin_epoch(&mut self, epoch: u16) {
        if self.head.epochs.last().is_none_or(|last| *last < epoch) {
            self.head.epochs.push(epoch);
        }
    }

    fn put_buckets<E>(
        &self,
        range: &Range<u32>,
        get: impl Fn(&[u8]) -> Result<Option<Vec<u8>>, E>,
        puts: &mut Vec<Put>,
    ) -> Result<(), E> {
        let epoch = self.head.epochs.last().copied().unwrap_or_default();
        let postings = self.leaving.of_buckets(range);
        for run in postings.chunk_by(|a, b| a.0 == b.0) {
            let Some((number, ..)) = run.first() else { continue };
            let key = bucket_key(epoch, *number);
            let mut bucket = get(&key)?.map_or_else(Bucket::default, |b| Bucket::from_bytes(&b));
            for (_, tag, article) in run {
                bucket.push(*tag, *article);
            }
            puts.push((key.to_vec(), Some(bucket.into_bytes())));
        }
        Ok(())
    }

    /// Ends the putting of `leaving`: drops what expired, and says how far everything is put.
    fn finish(&mut self, now: u16, puts: &mut Vec<Put>) {
        self.leaving = Recent::default();
        let kept = epochs_of(self.window);
        let expired = |epoch: &u16| epoch.saturating_add(kept) < now;
        for epoch in self.head.epochs.iter().filter(|epoch| expired(epoch)) {
            puts.extend((0..=u16::MAX).map(|number| (bucket_key(*epoch, number).to_vec(), None)));
        }
        self.head.epochs.retain(|epoch| !expired(epoch));
        for (name, site) in self.sites.iter_mut().filter(|(_, site)| site.changed) {
            puts.push((site_key(name), Some(site.lines.to_bytes())));
            site.changed = false;
        }
        self.head.through = self.head.leaving_through;
        puts.push((b"h".to_vec(), serde_json::to_vec(&self.head).ok()));
    }

    /// Puts and forgets the sites not used for longest while there are too many in memory.
    fn put_idle_sites(&mut self, puts: &mut Vec<Put>) {
        if self.sites.len() <= SITES_MAX {
            return;
        }
        let mut uses: Vec<_> = self.sites.values().map(|site| site.used).collect();
        // A quarter at once, so that this is rare.
        let (_, oldest_kept, _) = uses.select_nth_unstable(SITES_MAX / 4);
        let oldest_kept = *oldest_kept;
        for (name, site) in self.sites.iter().filter(|(_, s)| s.changed && s.used < oldest_kept) {
            puts.push((site_key(name), Some(site.lines.to_bytes())));
        }
        self.sites.retain(|_, site| site.used >= oldest_kept);
    }
}

/// Epochs that a window reaches back, the present one not counted.
fn epochs_of(window: Span) -> u16 {
    let seconds = i64::try_from(window.get().as_secs()).unwrap_or(i64::MAX);
    u16::try_from(seconds.saturating_add(EPOCH_SECONDS - 1) / EPOCH_SECONDS).unwrap_or(u16::MAX)
}

fn epoch(at: Timestamp) -> u16 {
    u16::try_from(at.as_second().max(0) / EPOCH_SECONDS).unwrap_or(u16::MAX)
}

fn bucket_key(epoch: u16, bucket: u16) -> [u8; 5] {
    let [a, b] = epoch.to_be_bytes();
    let [c, d] = bucket.to_be_bytes();
    [b'b', a, b, c, d]
}

fn site_key(site: &str) -> Vec<u8> {
    [b"l", site.as_bytes()].concat()
}
