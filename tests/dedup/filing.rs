//! What becomes of a verdict: the changes that the desk writes, by each setting for copies.

use std::sync::Arc;
use wiredesk::dedupe::{Duplicates, Settings, Verdict};
use wiredesk::model::{
    Article, ArticleId, Change, Extraction, FeedId, Link, Op, Sighting, TextSource, Timestamp,
};
use wiredesk::pipeline::{Draft, Ledger};
use wiredesk::store;

/// A desk in memory that treats copies in one way.
struct Desk {
    ledger: Ledger,
    settings: Arc<Settings>,
    seq: u64,
}

impl Desk {
    fn new(duplicates: Duplicates) -> Self {
        Self::over(store::in_memory().unwrap().1, duplicates)
    }

    fn over(writer: store::Writer, duplicates: Duplicates) -> Self {
        let settings = Settings { duplicates, ..Settings::default() };
        let ledger = Ledger::new(writer, settings.window).unwrap();
        Self { ledger, settings: Arc::new(settings), seq: 0 }
    }

    /// Files a page of a site; the verdict and the changes that follow.
    fn file(&mut self, site: &str, page: u32, text: &str) -> (Verdict, Vec<Change>) {
        self.file_article(site, page, article(site, page, text))
    }

    /// The same under a headline of its own.
    fn file_digest(&mut self, site: &str, page: u32, text: &str) -> Verdict {
        let title = "What you should know this evening".to_owned();
        self.file_article(site, page, Article { title, ..article(site, page, text) }).0
    }

    fn file_article(&mut self, site: &str, page: u32, article: Article) -> (Verdict, Vec<Change>) {
        let feed = FeedId::new(site).unwrap();
        let settings = Arc::clone(&self.settings);
        let draft = Draft { feed, key: page.to_string(), settings, article, page: None };
        let mut bench = self.ledger.begin(self.seq + 1, draft.article.fetched);
        let verdict = bench.settle(&draft).unwrap();
        let changes = bench.commit().unwrap();
        self.seq = changes.last().map_or(self.seq, |change| change.seq);
        (verdict, changes)
    }

    fn article(&self, id: &ArticleId) -> Article {
        self.ledger.store().article(id).unwrap().unwrap()
    }
}

fn article(site: &str, page: u32, text: &str) -> Article {
    let url = Link::parse(&format!("https://{site}.example/news/{page}"), None);
    let at = Timestamp::from_second(1_790_000_000 + i64::from(page) * 60).unwrap();
    let id = ArticleId::of(&format!("{site} {page}"));
    let feed = FeedId::new(site).unwrap();
    Article {
        id,
        revision: 1,
        site: format!("{site}.example"),
        site_name: None,
        title: "The harbour bridge opens to cyclists again".to_owned(),
        authors: Vec::new(),
        language: None,
        published: None,
        published_source: None,
        modified: None,
        first_seen: at,
        fetched: at,
        summary: None,
        text: text.to_owned(),
        html: String::new(),
        words: u32::try_from(text.split_whitespace().count()).unwrap(),
        images: Vec::new(),
        tags: Vec::new(),
        extraction: Extraction {
            from: TextSource::Page,
            confidence: 1.0,
            paywalled: false,
            dropped: Vec::new(),
        },
        sightings: vec![Sighting { feed, guid: page.to_string(), url: url.clone(), at }],
        story: id,
        duplicate_of: None,
        relation: None,
        similarity: None,
        source_url: url.clone(),
        url,
    }
}

/// So many words that no other number begins with.
fn words(from: u32, count: u32) -> String {
    let words: Vec<_> = (from..from + count).map(|n| format!("word{n}")).collect();
    words.join(" ")
}

/// A digest of two stories is a copy of neither, whether a stub of the first one came before or
/// comes behind it.
#[test]
fn a_digest_is_no_copy() {
    // It comes back to the first story, as full texts do.
    let parts = [words(0, 60), words(1000, 60), words(20, 40), words(5000, 100)];
    let digest = parts.join("\n\n");
    let mut desk = Desk::new(Duplicates::Link);
    desk.file("alpha", 1, &words(0, 60));
    let full = desk.file_digest("gamma", 3, &digest);
    assert!(matches!(full, Verdict::Duplicate { .. }), "nothing else is known: {full:?}");

    let mut desk = Desk::new(Duplicates::Link);
    desk.file("alpha", 1, &words(0, 60));
    desk.file("beta", 2, &words(1000, 300));
    assert_eq!(desk.file_digest("gamma", 3, &digest), Verdict::New);

    let mut desk = Desk::new(Duplicates::Link);
    desk.file("beta", 2, &words(1000, 300));
    desk.file_digest("gamma", 3, &digest);
    assert_eq!(desk.file("alpha", 1, &words(0, 60)).0, Verdict::New);
}

fn ops(changes: &[Change]) -> Vec<Op> {
    changes.iter().map(|change| change.op).collect()
}

/// A copy under each setting: what is written, and whether it is linked.
#[track_caller]
fn check(duplicates: Duplicates, expect: &[Op], linked: Option<bool>) {
    let mut desk = Desk::new(duplicates);
    let (_, first) = desk.file("alpha", 1, &words(0, 200));
    let (verdict, changes) = desk.file("beta", 2, &words(0, 190));
    assert!(matches!(verdict, Verdict::Duplicate { of, .. } if of == first[0].id), "{verdict:?}");
    assert_eq!(ops(&changes), expect);
    let written = changes[0].article.as_ref().unwrap();
    match linked {
        Some(linked) => {
            assert_ne!(written.id, first[0].id);
            assert_eq!(written.story == first[0].id, linked);
            assert_eq!(written.duplicate_of.is_some() && written.similarity.is_some(), linked);
        }
        // Nothing is lost silently: where it was seen stands with the article it copies.
        None => assert_eq!((written.id, written.sightings.len()), (first[0].id, 2)),
    }
}

#[test]
fn a_copy_is_linked_dropped_or_kept() {
    check(Duplicates::Link, &[Op::New], Some(true));
    check(Duplicates::Drop, &[Op::Sighted], None);
    check(Duplicates::Keep, &[Op::New], Some(false));
}

#[test]
fn a_text_that_comes_back_is_no_new_revision() {
    let mut desk = Desk::new(Duplicates::Link);
    let (_, first) = desk.file("alpha", 1, &words(0, 120));
    let (verdict, changes) = desk.file("alpha", 1, &words(0, 121));
    assert_eq!(
        (verdict, ops(&changes)),
        (Verdict::Revision { of: first[0].id }, vec![Op::Revised])
    );
    let (verdict, changes) = desk.file("alpha", 1, &words(0, 120));
    assert_eq!((verdict, ops(&changes)), (Verdict::Sighting { of: first[0].id }, vec![]));
    assert_eq!(desk.article(&first[0].id).revision, 2);
}

#[test]
fn a_stub_is_linked_when_the_full_text_comes_and_the_change_feed_says_so() {
    let mut desk = Desk::new(Duplicates::Link);
    let (_, stub) = desk.file("alpha", 1, &words(0, 60));
    let (_, changes) = desk.file("beta", 2, &words(0, 500));
    assert_eq!(ops(&changes), [Op::New, Op::Revised]);
    let full = changes[0].article.as_ref().unwrap();
    assert_eq!((full.story, full.duplicate_of), (stub[0].id, None));
    let moved = changes[1].article.as_ref().unwrap();
    assert_eq!(
        (moved.id, moved.story, moved.duplicate_of),
        (stub[0].id, stub[0].id, Some(full.id))
    );
    assert_eq!(desk.article(&stub[0].id).duplicate_of, Some(full.id));
}

/// Without the archive only what stands in the store is known again.
#[test]
fn a_clean_end_leaves_nothing_to_learn_again() {
    for (closed, known) in [(false, false), (true, true)] {
        let dir = tempfile::tempdir().unwrap();
        let open = || store::open(dir.path(), &store::Settings::default()).unwrap().1;
        let mut desk = Desk::over(open(), Duplicates::Link);
        desk.file("alpha", 1, &words(0, 200));
        if closed {
            desk.ledger.close(desk.seq).unwrap();
        }
        let seq = desk.seq;
        drop(desk);
        let mut desk = Desk { seq, ..Desk::over(open(), Duplicates::Link) };
        let (verdict, _) = desk.file("beta", 2, &words(0, 190));
        assert_eq!(matches!(verdict, Verdict::Duplicate { .. }), known, "{verdict:?}");
    }
}
