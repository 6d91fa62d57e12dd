//! Stories: which articles belong together, and which of them a reader should be shown.
//!
//! A story is named after the article that was seen first, and keeps that name. Its lead is the
//! member with the longest body: the one that copies no other (`duplicate_of` is empty). A copy is
//! never deleted.

use super::decide::Match;
use crate::model::{ArticleId, Member};
use std::cmp::Reverse;

/// How much longer than the lead's a body must be to take its place, as a fraction: a copy with a
/// footer is no better text.
const LONGER: (u32, u32) = (5, 4);

/// The article that a story shows: the lead, else the longest, else the first seen.
pub fn lead(members: &[Member]) -> Option<&Member> {
    members.iter().min_by_key(|m| (m.duplicate_of.is_some(), Reverse(m.words), m.first_seen, m.id))
}

/// The article that a story credits: the first seen.
pub fn credit(members: &[Member]) -> Option<&Member> {
    members.iter().min_by_key(|m| (m.first_seen, m.id))
}

/// The places that change where `newcomer` copies `matches` (likest first): its own first, then
/// those of known articles. `members` are all members of all stories that `matches` name.
///
/// The newcomer joins the story of the likest match. Another story joins too where its match is
/// strong or where it has a single member, such as a stub that came before the full text. The
/// oldest story keeps its name.
pub fn join(newcomer: Member, matches: &[Match], members: &[Member]) -> Vec<Member> {
    let Some(best) = matches.first() else { return Vec::new() };
    let joined = joined_stories(best, matches, members);
    let family: Vec<_> = members.iter().filter(|m| joined.contains(&m.story)).copied().collect();
    let Some(lead) = lead(&family).copied() else { return Vec::new() };
    let story = credit(&family).map_or(best.story, |first| first.story);
    let longer = u64::from(newcomer.words) * u64::from(LONGER.1)
        > u64::from(lead.words) * u64::from(LONGER.0);
    let shown = if longer { newcomer.id } else { lead.id };

    let newcomer = if longer { newcomer } else { copy(newcomer, best.id, best) };
    let mut places = vec![Member { story, ..newcomer }];
    for member in family {
        let own = matches.iter().find(|m| m.id == member.id);
        let by = own.or_else(|| matches.iter().find(|m| m.story == member.story)).unwrap_or(best);
        // A story has one lead; what copied another member goes on copying that one.
        let steps_down = member.duplicate_of.is_none() && member.id != shown;
        let place = if steps_down { copy(member, shown, by) } else { member };
        let place = Member { story, ..place };
        if place != member {
            places.push(place);
        }
    }
    places
}

/// The place of a member as a copy of `lead`.
fn copy(member: Member, lead: ArticleId, by: &Match) -> Member {
    Member {
        duplicate_of: Some(lead),
        relation: Some(by.relation),
        similarity: Some(by.similarity),
        ..member
    }
}

/// The stories that become one: that of the likest match, and those that [`join`] lets join.
fn joined_stories(best: &Match, matches: &[Match], members: &[Member]) -> Vec<ArticleId> {
    let mut joined = vec![best.story];
    for other in matches.iter().filter(|m| m.story != best.story) {
        let single = members.iter().filter(|m| m.story == other.story).count() == 1;
        if !joined.contains(&other.story) && (single || other.strong && best.strong) {
            joined.push(other.story);
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Relation, Timestamp};

    fn id(name: &str) -> ArticleId {
        ArticleId::of(name)
    }

    fn member(name: &str, story: &str, copies: Option<&str>, words: u32, minute: i64) -> Member {
        Member {
            id: id(name),
            story: id(story),
            duplicate_of: copies.map(id),
            relation: copies.map(|_| Relation::Near),
            similarity: copies.map(|_| 0.5),
            words,
            first_seen: Timestamp::from_second(minute * 60).unwrap(),
        }
    }

    fn found(name: &str, story: &str, similarity: f32) -> Match {
        let strong = similarity >= 0.7;
        let relation = Relation::Near;
        let (id, story) = (id(name), id(story));
        Match { id, story, relation, similarity, strong, suspect: false }
    }

    /// Each place as `(article, story, copies)`.
    #[track_caller]
    fn check(
        newcomer: Member,
        matches: &[Match],
        members: &[Member],
        expect: &[(&str, &str, Option<&str>)],
    ) {
        let got: Vec<_> = join(newcomer, matches, members)
            .iter()
            .map(|m| (m.id, m.story, m.duplicate_of))
            .collect();
        let expect: Vec<_> = expect.iter().map(|(a, s, c)| (id(a), id(s), c.map(id))).collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn a_copy_joins_and_changes_nothing_else() {
        let known = [member("a", "a", None, 400, 1), member("b", "a", Some("a"), 380, 2)];
        let new = member("c", "c", None, 420, 3);
        check(new, &[found("b", "a", 0.6)], &known, &[("c", "a", Some("b"))]);
    }

    #[test]
    fn the_full_text_becomes_the_lead_and_the_stub_keeps_the_name() {
        let known = [member("stub", "stub", None, 40, 1)];
        let new = member("full", "full", None, 600, 2);
        let expect = [("full", "stub", None), ("stub", "stub", Some("full"))];
        check(new, &[found("stub", "stub", 0.9)], &known, &expect);
    }

    #[test]
    fn families_merge_only_on_strong_evidence() {
        let known = [
            member("a", "a", None, 400, 1),
            member("b", "a", Some("a"), 400, 2),
            member("x", "x", None, 400, 3),
            member("y", "x", Some("x"), 400, 4),
        ];
        let new = member("n", "n", None, 400, 5);
        let weak = [found("a", "a", 0.9), found("x", "x", 0.6)];
        check(new, &weak, &known, &[("n", "a", Some("a"))]);
        let strong = [found("x", "x", 0.9), found("a", "a", 0.8)];
        let expect = [("n", "a", Some("x")), ("x", "a", Some("a")), ("y", "a", Some("x"))];
        check(new, &strong, &known, &expect);
    }

    #[test]
    fn lead_and_credit() {
        let stub = member("stub", "stub", Some("full"), 40, 1);
        let full = member("full", "stub", None, 600, 2);
        let members = [stub, full];
        assert_eq!(lead(&members), Some(&full));
        assert_eq!(credit(&members), Some(&stub));
    }
}
