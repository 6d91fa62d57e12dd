//! Articles by id, address, GUID, text and filter.

use super::news::{self, article, change, deletion, hash};
use super::{apply, both};
use wiredesk::model::{ArticleId, Change, Sighting};
use wiredesk::store::{self, Filter, Store, WriteError, Writer};

fn id(n: u64) -> ArticleId {
    ArticleId::of(&format!("article {n}"))
}

fn twenty(writer: &mut Writer) {
    let changes: Vec<Change> = (1..=20).map(|n| change(n, article(n, 1, 1500))).collect();
    apply(writer, &changes);
}

#[test]
fn articles_are_found_by_id_and_revision() {
    let write = |writer: &mut Writer| {
        twenty(writer);
        for n in 2..=14 {
            apply(writer, &[change(19 + u64::from(n), article(7, n, 1500))]);
        }
    };
    both(write, |store| {
        assert_eq!(store.applied_seq().unwrap(), 33);
        assert_eq!(store.stats().unwrap().articles, 20);
        assert_eq!(store.article(&id(3)).unwrap(), Some(article(3, 1, 1500)));
        assert_eq!(store.article(&id(7)).unwrap(), Some(article(7, 14, 1500)));
        assert_eq!(store.article(&id(99)).unwrap(), None);
        assert_eq!(store.revision(&id(7), 6).unwrap(), Some(article(7, 6, 1500)));
        assert_eq!(store.revision(&id(7), 4).unwrap(), None, "ten revisions are kept");
        let kept = store.revisions(&id(7)).unwrap();
        assert_eq!(
            kept.iter().map(|a| a.revision).collect::<Vec<_>>(),
            (5..=14).collect::<Vec<_>>()
        );
    });
}

#[test]
fn a_transaction_sees_itself_and_leaves_nothing_when_dropped() {
    let (store, mut writer) = store::in_memory().unwrap();
    twenty(&mut writer);
    let fresh = change(21, article(21, 1, 1500));
    let url = hash("https://site-21.example/news/21");
    let mut txn = writer.begin();
    assert_eq!(txn.by_url(&url).unwrap(), None);
    txn.apply(&fresh, &news::keys(&fresh)).unwrap();
    assert_eq!(txn.by_url(&url).unwrap(), Some(id(21)));
    assert_eq!(txn.by_guid(&news::feed(10), "guid 21").unwrap(), Some(id(21)));
    assert_eq!(txn.by_text(&hash(&article(21, 1, 1500).text)).unwrap(), Some(id(21)));
    assert_eq!(txn.article(&id(21)).unwrap(), fresh.article);
    drop(txn);
    assert_eq!(store.article(&id(21)).unwrap(), None);
    assert_eq!(writer.begin().by_url(&url).unwrap(), None);
    let error = writer.begin().apply(&change(22, article(22, 1, 1500)), &store::Keys::default());
    assert!(matches!(error, Err(WriteError::Sequence { applied: 20, got: 22 })));
}

#[test]
fn index_entries_follow_the_article() {
    let mut moved = article(5, 2, 1500);
    moved.url = wiredesk::model::Link::parse("https://elsewhere.example/5", None);
    moved.sightings.push(Sighting {
        feed: news::feed(3),
        guid: "again".into(),
        url: None,
        at: news::at(9),
    });
    let (store, mut writer) = store::in_memory().unwrap();
    twenty(&mut writer);
    apply(&mut writer, &[change(21, moved)]);
    let txn = writer.begin();
    assert_eq!(txn.by_url(&hash("https://site-5.example/news/5")).unwrap(), None);
    assert_eq!(txn.by_url(&hash("https://elsewhere.example/5")).unwrap(), Some(id(5)));
    assert_eq!(txn.by_guid(&news::feed(5), "guid 5").unwrap(), Some(id(5)));
    assert_eq!(txn.by_guid(&news::feed(3), "again").unwrap(), Some(id(5)));
    drop(txn);
    apply(&mut writer, &[deletion(22, 5), deletion(23, 77)]);
    assert_eq!(writer.begin().by_guid(&news::feed(3), "again").unwrap(), None);
    assert_eq!(store.article(&id(5)).unwrap(), None);
    assert_eq!(store.revisions(&id(5)).unwrap(), []);
    assert_eq!(store.stats().unwrap().articles, 19);
    super::verified(&store);
}

#[test]
fn of_equal_texts_the_earliest_is_found() {
    let (_, mut writer) = store::in_memory().unwrap();
    let mut copy = article(2, 1, 1500);
    copy.text = article(1, 1, 1500).text;
    let text = hash(&copy.text);
    apply(&mut writer, &[change(1, article(1, 1, 1500)), change(2, copy)]);
    assert_eq!(writer.begin().by_text(&text).unwrap(), Some(id(1)));
    apply(&mut writer, &[deletion(3, 1)]);
    assert_eq!(writer.begin().by_text(&text).unwrap(), Some(id(2)));
}

#[test]
fn long_articles_are_kept_in_parts() {
    let long = || {
        let mut long = article(1, 1, 400_000);
        // Letters that do not compress.
        let mut dice = news::Dice::new(1);
        long.text =
            (0..300_000).map(|_| char::from(b'a' + u8::try_from(dice.roll(26)).unwrap())).collect();
        long
    };
    let write = |writer: &mut Writer| {
        apply(writer, &[change(1, long()), change(2, article(2, 1, 1500))]);
        apply(writer, &[change(3, long()), deletion(4, 2)]);
    };
    both(write, |store| {
        assert_eq!(store.article(&id(1)).unwrap(), Some(long()));
        assert!(store.stats().unwrap().payload_bytes > 150_000);
    });
    let (store, mut writer) = store::in_memory().unwrap();
    write(&mut writer);
    apply(&mut writer, &[deletion(5, 1)]);
    super::verified(&store);
    assert_eq!(store.stats().unwrap().payload_bytes, 0);
}

#[test]
fn lists_are_filtered_and_paged() {
    #[track_caller]
    fn check(store: &Store, filter: &Filter, expect: &[u64]) {
        for limit in [1, 3, 100] {
            let (mut found, mut cursor) = (Vec::new(), None);
            loop {
                let page = store.articles(filter, cursor, limit).unwrap();
                found.extend(page.articles.iter().map(|a| a.id));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(found, expect.iter().map(|n| id(*n)).collect::<Vec<_>>(), "{filter:?}");
        }
    }
    both(twenty, |store| {
        let all = Filter::default;
        check(store, &all(), &(1..=20).rev().collect::<Vec<_>>());
        check(store, &Filter { feed: Some(news::feed(4)), ..all() }, &[15, 4]);
        check(store, &Filter { tag: Some("TAG-3".into()), ..all() }, &[17, 10, 3]);
        check(store, &Filter { language: Some("de".into()), ..all() }, &[18, 15, 12, 9, 6, 3]);
        let english = Filter { language: Some("EN".into()), feed: Some(news::feed(4)), ..all() };
        check(store, &english, &[4]);
        check(store, &Filter { site: Some("site-8.example".into()), ..all() }, &[8]);
        let (from, to) = (Some(news::at(5)), Some(news::at(8)));
        check(store, &Filter { published_after: from, published_before: to, ..all() }, &[7, 6, 5]);
    });
}
