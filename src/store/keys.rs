//! Where what stands: the first byte of a key says what it is, numbers are big-endian so that
//! they sort.
//!
//! An article is known inside by its number, the `seq` of its first change: rising numbers let
//! sled append, where random ids make it rewrite page after page.
//!
//! | key | value |
//! | --- | --- |
//! | `m` | the head: schema, last change, counts |
//! | `a` id | number |
//! | `c` number | card: what is indexed of the article |
//! | `r` number revision | the article |
//! | `u`, `t`, `g` hash number | nothing: address, text, GUID of the article |
//! | `f` feed id | feed state |
//! | `p` feed id | times of the feed's polls since its state was written |
//! | `i` slot | inbox item |
//! | `q` time slot | nothing: when the inbox item is due |
//! | `w` time slot feed id | bundle: entries of a document that wait to be read |
//! | `s` slot | fingerprint of the entry when it was last read |
//! | `v` slot | what the entry's page gave for asking whether it has changed |
//! | `k` name | position of a consumer |
//! | `n` … | near-duplicate index |
//! | `+` key part | the rest of a long record |

use crate::model::{ArticleId, FeedId, Timestamp};

/// The head.
pub(super) const HEAD: &[u8] = b"m";

/// Numbers of articles.
pub(super) const ARTICLE: u8 = b'a';
/// Cards.
pub(super) const CARD: u8 = b'c';
/// Articles, each revision.
pub(super) const REVISION: u8 = b'r';
/// Addresses of articles.
pub(super) const URL: u8 = b'u';
/// Texts of articles.
pub(super) const TEXT: u8 = b't';
/// GUIDs of articles.
pub(super) const GUID: u8 = b'g';
/// Members of stories.
pub(super) const STORY: u8 = b'y';
/// Feed states.
pub(super) const FEED: u8 = b'f';
/// Times of polls that changed nothing else.
pub(super) const POLLED: u8 = b'p';
/// Inbox items.
pub(super) const INBOX: u8 = b'i';
/// When inbox items are due.
pub(super) const DUE: u8 = b'q';
/// Bundles of entries.
pub(super) const BUNDLE: u8 = b'w';
/// Fingerprints of entries.
pub(super) const SEEN: u8 = b's';
/// Validators of entries' pages.
pub(super) const PAGE: u8 = b'v';
/// Consumers.
pub(super) const CONSUMER: u8 = b'k';
/// Near-duplicate index.
const NEAR: u8 = b'n';
/// Rests of long records.
pub(super) const PART: u8 = b'+';

/// Identifies an entry of a feed: 8 bytes of the feed's hash, 8 of the entry key's.
pub(super) type Slot = [u8; 16];

pub(super) fn article(id: &ArticleId) -> Vec<u8> {
    join(ARTICLE, &[id.as_bytes()])
}

pub(super) fn card(number: u64) -> Vec<u8> {
    join(CARD, &[&number.to_be_bytes()])
}

pub(super) fn revision(number: u64, revision: u32) -> Vec<u8> {
    join(REVISION, &[&number.to_be_bytes(), &revision.to_be_bytes()])
}

pub(super) fn posting(kind: u8, hash: &[u8; 16], number: u64) -> Vec<u8> {
    join(kind, &[hash, &number.to_be_bytes()])
}

pub(super) fn feed(id: &FeedId) -> Vec<u8> {
    join(FEED, &[id.as_str().as_bytes()])
}

pub(super) fn polled(id: &FeedId) -> Vec<u8> {
    join(POLLED, &[id.as_str().as_bytes()])
}

pub(super) fn inbox(slot: &Slot) -> Vec<u8> {
    join(INBOX, &[slot])
}

pub(super) fn due(at: Timestamp, slot: &Slot) -> Vec<u8> {
    join(DUE, &[&millis(at), slot])
}

pub(super) fn bundle(millis: u64, slot: &Slot, feed: &FeedId) -> Vec<u8> {
    join(BUNDLE, &[&millis.to_be_bytes(), slot, feed.as_str().as_bytes()])
}

pub(super) fn is_bundle(key: &[u8]) -> bool {
    key.first() == Some(&BUNDLE)
}

pub(super) fn seen(slot: &Slot) -> Vec<u8> {
    join(SEEN, &[slot])
}

pub(super) fn page(slot: &Slot) -> Vec<u8> {
    join(PAGE, &[slot])
}

pub(super) fn consumer(name: &str) -> Vec<u8> {
    join(CONSUMER, &[name.as_bytes()])
}

pub(super) fn part(key: &[u8], part: u16) -> Vec<u8> {
    join(PART, &[key, &part.to_be_bytes()])
}

/// The end of all keys that begin with `prefix`, itself excluded.
pub(super) fn end(prefix: &[u8]) -> Vec<u8> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            break;
        }
    }
    end
}

/// The number that a key ends with.
pub(super) fn number(key: &[u8]) -> Option<u64> {
    key.last_chunk().copied().map(u64::from_be_bytes)
}

/// The slot of an entry.
pub(super) fn slot(feed: &FeedId, key: &str) -> Slot {
    let mut slot = [0; 16];
    let (left, right) = slot.split_at_mut(8);
    blake3::Hasher::new().update(feed.as_str().as_bytes()).finalize_xof().fill(left);
    blake3::Hasher::new().update(key.as_bytes()).finalize_xof().fill(right);
    slot
}

/// The hash of a GUID within its feed.
pub(super) fn guid(feed: &FeedId, guid: &str) -> [u8; 16] {
    let mut hash = [0; 16];
    blake3::Hasher::new()
        .update(feed.as_str().as_bytes())
        .update(&[0])
        .update(guid.as_bytes())
        .finalize_xof()
        .fill(&mut hash);
    hash
}

/// Milliseconds since 1970; earlier moments count as 1970.
fn millis(at: Timestamp) -> [u8; 8] {
    u64::try_from(at.as_millisecond()).unwrap_or(0).to_be_bytes()
}

fn join(first: u8, rest: &[&[u8]]) -> Vec<u8> {
    let mut key = vec![first];
    for part in rest {
        key.extend_from_slice(part);
    }
    key
}

/// A value of the near-duplicate index.
pub(super) fn near(key: &[u8]) -> Vec<u8> {
    [&[NEAR], key].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_follow_everything_inside() {
        assert_eq!(end(b"a"), b"b");
        assert_eq!(end(&[b'a', 0xff]), b"b");
        assert!(end(&[0xff]).is_empty());
    }

    #[test]
    fn numbers_sort() {
        assert!(revision(1, 300) < revision(2, 1));
        assert!(card(255) < card(256));
        assert_eq!(number(&card(7)), Some(7));
    }
}
