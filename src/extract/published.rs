//! Dates of publication and of the last change: chosen among what the page claims and what it
//! shows.

use super::claimed::{self, Claimed};
use super::dates::Moment;
use super::jsonld::Ld;
use super::meta::Metas;
use super::page::Page;
use super::shown::{self, Shown};
use super::slim::Script;
use crate::model::Link;
use jiff::civil::Date;
use std::cell::LazyCell;

/// The dates of a page.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Dates {
    pub published: Option<Moment>,
    pub modified: Option<Moment>,
}

/// The dates of a page: claims, as far as what is shown does not speak against them, then words
/// near the headline, marked-up times, the address, words elsewhere, data of other things.
///
/// Where the page shows its readers under the headline only the day of its last change, that day
/// is the date of this publication.
pub(super) fn read(
    page: &Page<'_>,
    metas: &Metas<'_>,
    ld: Option<&Ld>,
    url: Option<&Link>,
    heading: Option<u32>,
    scripts: &[Script<'_>],
) -> Dates {
    let mut claimed = claimed::read(page, metas, ld, url);
    let mut near = shown::near_headline(page, heading);
    let figures = Figures::of(&claimed, &near);
    let month_first = LazyCell::new(|| shown::is_month_first(page));
    let settle = |moment: Moment| figures.settle(moment, || *month_first);
    claimed.published = claimed.published.map(settle);
    claimed.modified = claimed.modified.map(settle);
    claimed.unsure = claimed.unsure.map(settle);
    for shown in &mut near {
        shown.moment = settle(shown.moment);
    }
    let modified = claimed.modified;
    let published = of_claims(&claimed, &near)
        .or_else(|| of_words(page, &claimed, &near, heading))
        .or(modified)
        .or_else(|| claimed::in_scripts(scripts))
        .or_else(|| claimed::in_any_meta(metas))
        .or_else(|| claimed::in_picture(metas, ld));
    Dates { published: published.map(settle), modified }
}

/// What a page claims to be its date of publication, or shows to be that of its claims.
fn of_claims(claimed: &Claimed, near: &[Shown]) -> Option<Moment> {
    claimed
        .published
        .map(|moment| as_shown(moment, claimed.address, near))
        .map(|moment| republished(moment, claimed.modified, &with_named(near, claimed.unsure)))
        .or_else(|| confirmed(claimed.unsure, near))
        .or_else(|| confirmed(claimed.address, near))
}

/// The date of a page that claims none: what says most surely what it is a date of comes first.
fn of_words(
    page: &Page<'_>,
    claimed: &Claimed,
    near: &[Shown],
    heading: Option<u32>,
) -> Option<Moment> {
    shown::marked(near)
        .or_else(|| shown::in_note(page, heading))
        .or_else(|| shown::in_line(near))
        .or_else(|| shown::in_note_of_change(page, heading))
        .or_else(|| shown::in_dateline(page, heading))
        .or_else(|| shown::first(near))
        .or(claimed.unsure)
        .or_else(|| shown::in_times(page, heading, heading.unwrap_or(0)))
        .or(claimed.address)
        .or_else(|| shown::in_dateline(page, heading))
        .or_else(|| shown::in_text(page, heading))
        .or_else(|| shown::in_paragraph(page, heading))
        .or_else(|| shown::in_times(page, heading, 0))
}

/// The days that a page names in a way that leaves no doubt, by which to read its figures.
struct Figures(Vec<Date>);

impl Figures {
    fn of(claimed: &Claimed, near: &[Shown]) -> Self {
        let claims = [claimed.published, claimed.modified, claimed.unsure, claimed.address];
        let all = claims.into_iter().flatten().chain(near.iter().map(|s| s.moment));
        Self(all.filter(|m| m.month_first().is_none()).map(|m| m.day()).collect())
    }

    /// A date in figures of open order: month first where only so it is a day that the page names
    /// elsewhere, or where the page writes other figures so; else day first, as nearly everywhere.
    fn settle(&self, moment: Moment, month_first: impl Fn() -> bool) -> Moment {
        let Some(other) = moment.month_first() else { return moment };
        let is_named = |m: &Moment| self.0.contains(&m.day());
        let is_other = !is_named(&moment) && (is_named(&other) || month_first());
        if is_other { other } else { moment }
    }
}

/// The dates shown and the one that the page names without saying of what.
fn with_named(near: &[Shown], named: Option<Moment>) -> Vec<Shown> {
    let named = named.map(|moment| Shown {
        moment,
        marked: false,
        changed: false,
        in_words: true,
        chars: u32::MAX,
        behind: None,
        apart: u32::MAX,
    });
    near.iter().copied().chain(named).collect()
}

/// A date that the page shows as well.
fn confirmed(claim: Option<Moment>, near: &[Shown]) -> Option<Moment> {
    claim.filter(|c| near.iter().any(|s| s.moment.day() == c.day()))
}

/// Where a page does not show the claimed day but another one: the day of its last change, or the
/// one on which it appeared before its data were made.
fn republished(moment: Moment, modified: Option<Moment>, near: &[Shown]) -> Moment {
    let is_shown = |of: &Moment| near.iter().find(|s| of.may_be_on(s.moment.day()));
    if is_shown(&moment).is_some() {
        return moment;
    }
    if let Some(original) = original(moment, modified, near) {
        return original;
    }
    let modified = modified.filter(|m| m.at > moment.at);
    if let Some(modified) = modified.filter(|m| is_kept_up(moment, *m) && is_all(m, near)) {
        return modified;
    }
    // Changed past midnight is not published again.
    let is_next = |day: Date| {
        !moment.offset.is_zero() && moment.day().tomorrow().is_ok_and(|next| next == day)
    };
    if let Some(modified) = modified.filter(|m| !is_next(m.day()))
        && let Some(found) = is_shown(&modified).filter(|s| s.in_words && !s.changed)
    {
        return if found.moment.day() == modified.day() { modified } else { found.moment };
    }
    let until = modified.map(|m| m.day());
    let fits = |day: Date| day > moment.day() && until.is_none_or(|u| day <= u);
    only_shown(near).filter(|m| fits(m.day()) && !is_next(m.day())).unwrap_or(moment)
}

/// Longest time in which a text that is changed is still the same news: a year and a season, in
/// seconds. Older ones are kept up for years, and their first day says more of them.
const KEPT_UP: i64 = 450 * 86_400;

/// True for a change on a later day while the text was news.
fn is_kept_up(moment: Moment, modified: Moment) -> bool {
    let later = modified.at.as_second() - moment.at.as_second();
    modified.day() != moment.day() && later < KEPT_UP
}

/// True where the day of the last change is the only one shown, and called so.
fn is_all(modified: &Moment, near: &[Shown]) -> bool {
    let called: Vec<Date> = near.iter().filter(|s| s.changed).map(|s| s.moment.day()).collect();
    called.iter().any(|day| modified.may_be_on(*day))
        && near.iter().all(|s| called.contains(&s.moment.day()))
}

/// Seconds between claims of publication and change that come from one event.
const AT_ONCE: i64 = 3600;

/// Blocks behind the headline within which a page shows when it appeared.
const BENEATH: u32 = 6;

/// A line with nothing else is no longer than this, in characters.
const BARE: u32 = 20;

/// The earlier day which alone stands under the headline where the claims know of one event only: data
/// made when a page moved to another system.
fn original(moment: Moment, modified: Option<Moment>, near: &[Shown]) -> Option<Moment> {
    if modified.is_some_and(|m| m.at.as_second() - moment.at.as_second() >= AT_ONCE) {
        return None;
    }
    let mut words = near.iter().filter(|s| s.in_words);
    let is_it = |s: &&Shown| {
        let beneath = s.behind.is_some_and(|b| (1..BENEATH).contains(&b));
        beneath && !s.changed && (s.marked || s.chars < BARE) && s.moment.at < moment.at
    };
    let found = near.iter().filter(|s| s.in_words).find(is_it)?;
    words.all(|s| s.moment.day() == found.moment.day()).then_some(found.moment)
}

/// The one day that the page shows near its headline, where it shows it twice or marks it as its
/// date, and calls it no change.
fn only_shown(near: &[Shown]) -> Option<Moment> {
    let first = near.iter().find(|s| s.in_words)?;
    let alone = near.iter().all(|s| s.moment.day() == first.moment.day() && !s.changed);
    let meant = near.len() > 1 || first.marked;
    (alone && meant).then_some(first.moment)
}

/// A moment in UTC on the clock of the page's readers, where the page shows them the day before
/// or after in its text or its address; of several such days the first, for a change comes later.
fn as_shown(moment: Moment, address: Option<Moment>, near: &[Shown]) -> Moment {
    if !moment.offset.is_zero() {
        return moment;
    }
    let is_near = |day: &Date| {
        let apart = |day: Date, other| day.tomorrow().is_ok_and(|d| d == other);
        *day == moment.day() || apart(*day, moment.day()) || apart(moment.day(), *day)
    };
    let in_words = || near.iter().filter(|s| s.in_words);
    let unchanged = in_words().filter(|s| !s.changed).map(|s| s.moment.day()).find(is_near);
    if unchanged == Some(moment.day()) {
        return moment;
    }
    let read = address.into_iter().chain(in_words().map(|s| s.moment));
    let read = read.map(|m| m.day()).filter(is_near).min();
    let marked = || near.iter().map(|s| s.moment.day()).find(is_near);
    read.or_else(marked).filter(|day| *day != moment.day()).map_or(moment, |day| moment.on_day(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The dates of a page with this head and body, whose headline is its first block.
    #[track_caller]
    fn check(head: &str, body: &str, expect: &str) {
        let html =
            format!("<html><head>{head}</head><body><h1>A headline</h1>{body}</body></html>");
        let parsed = scraper::Html::parse_document(&html);
        let page = Page::read(&parsed);
        let found = read(&page, &Metas::read(&page), None, None, Some(0), &[]);
        let day = found.published.map(|m| m.day().to_string()).unwrap_or_default();
        assert_eq!(day, expect, "{head} {body}");
    }

    const MADE: &str = r#"<meta property="article:published_time" content="2026-05-03T08:00:00Z">"#;

    fn made_and_changed(changed: &str) -> String {
        format!(r#"{MADE}<meta property="article:modified_time" content="{changed}T09:00:00Z">"#)
    }

    #[test]
    fn the_day_of_the_change_counts_where_it_alone_is_shown() {
        let head = made_and_changed("2026-05-09");
        check(&head, "<p>Updated 9 May 2026</p>", "2026-05-09");
        check(&head, "<p>9 May 2026</p>", "2026-05-09");
        check(&head, "<p>3 May 2026, updated 9 May 2026</p>", "2026-05-03");
        check(&head, "<p>Updated 12 May 2026</p>", "2026-05-03");
        check(&head, "<p>No date here</p>", "2026-05-03");
    }

    #[test]
    fn what_is_kept_up_for_years_has_its_first_day() {
        check(&made_and_changed("2027-06-01"), "<p>Updated 1 June 2027</p>", "2027-06-01");
        check(&made_and_changed("2029-05-09"), "<p>Updated 9 May 2029</p>", "2026-05-03");
    }

    #[test]
    fn an_earlier_day_shown_alone_is_the_original() {
        check(MADE, "<p>By Ann Example</p><p>7 June 2019</p>", "2019-06-07");
        check(MADE, r#"<p class="date">Printed on 7 June 2019</p>"#, "2019-06-07");
        check(MADE, "<p>They had met before, on 7 June 2019</p>", "2026-05-03");
        check(MADE, "<p>7 June 2019</p><p>8 June 2019</p>", "2026-05-03");
        check(&made_and_changed("2026-05-09"), "<p>7 June 2019</p>", "2026-05-03");
    }

    #[test]
    fn the_clock_of_the_readers_counts() {
        let late = r#"<meta property="article:published_time" content="2026-05-03T23:30:00Z">"#;
        check(late, "<p>4 May 2026</p>", "2026-05-04");
        check(late, "<p>3 May 2026</p><p>2 May 2026</p>", "2026-05-03");
        let early = r#"<meta property="article:published_time" content="2026-05-03T01:00:00Z">"#;
        check(early, "<p>Updated 3 May 2026</p><p>2 May 2026</p>", "2026-05-02");
    }

    #[test]
    fn figures_are_read_in_the_order_of_the_page() {
        check("", "<p>03/05/2026</p>", "2026-05-03");
        check("", "<p>03/05/2026</p><p>Seen 11/24/2025</p>", "2026-03-05");
        check("", "<p>03/05/2026</p><p>Seen 11/24/2025</p><p>and 24/11/2025</p>", "2026-05-03");
        check("", "<p>03.05.2026</p><p>Seen 11/24/2025</p>", "2026-05-03");
        check("", r#"<p>03/05/2026</p><time datetime="2026-03-05">x</time>"#, "2026-03-05");
        let head = r#"<meta name="pubdate" content="03-09-2026">"#;
        check(head, "<p>Published March 9, 2026</p>", "2026-03-09");
    }

    #[test]
    fn words_that_say_what_a_date_is_come_first() {
        let opera = "<p>The house opens on 12 June 2026 for all who hold a ticket of the season now past</p>";
        let note = "<p>This entry was posted on 3 May 2026 by Ann Example and is filed under concerts, \
            opera and other things that are heard in the evening in our old town</p>";
        check("", &format!("{opera}{note}"), "2026-05-03");
        check("", &format!("{opera}<p>Last modified: 3 May 2026</p>"), "2026-05-03");
        check("", &format!("{opera}<p>By Ann Example, 3 May 2026</p>"), "2026-05-03");
        check("", opera, "2026-06-12");
        let other = "<p>It was Meyer who had the first of these letters published on 3 May 2026 in the paper \
            that his own father had founded, and who lost it for that reason</p>";
        check("", &format!("{opera}{other}"), "2026-06-12");
    }

    #[test]
    fn a_word_speaks_of_the_date_behind_it() {
        let both = "Posted: 3 May 2026 | Last updated: 9 May 2026";
        check("", &format!("<p>{both}</p>"), "2026-05-03");
        check(
            "",
            &format!(r#"<p class="date"><time datetime="2026-05-09">{both}</time></p>"#),
            "2026-05-03",
        );
        let teaser = "<p>a</p><p>b</p><p>c</p><p>d</p><p>e</p><p>Analysis 11 April 2022</p>";
        check("", &format!("<p>Stand: 4. Mai 2026</p>{teaser}"), "2026-05-04");
        check("", "<p>Updated 9 May 2026</p><p>3 May 2026</p>", "2026-05-03");
        check("", "<p>3 May 2026, updated at 16:01</p><p>a</p><p>9 May 2026</p>", "2026-05-03");
        check("", "<p>2026年5月9日 更新</p><p>2026年5月3日 公開</p>", "2026-05-03");
        check("", "<p>Available until 1 June 2027</p><p>a</p><p>3 May 2026</p>", "2026-05-03");
        let caption = "<figure><figcaption>The mayor from 1 March 2027</figcaption></figure>";
        check("", &format!("{caption}<p>3 May 2026</p>"), "2026-05-03");
    }

    #[test]
    fn names_of_classes_do_not_hide_what_stands_beside_the_headline() {
        let quoted = r#"<blockquote><time datetime="2018-03-12">12 March</time></blockquote>"#;
        let own = r#"<div class="header-comment"><p>Monday, 4 May 2026</p></div>"#;
        check("", &format!("{own}{quoted}"), "2026-05-04");
        let comments = r#"<p>a</p><p>b</p><div class="comments"><p>9 May 2026</p></div>"#;
        check("", &format!("{comments}<p>4 May 2026</p>"), "2026-05-04");
    }

    #[test]
    fn a_dateline_comes_before_the_day_of_today() {
        let text = "word ".repeat(40);
        let now = r#"<nav><time datetime="2026-11-01">today</time></nav>"#;
        check("", &format!("{now}<p>Berlin, 4 May 2026 – {text}</p>"), "2026-05-04");
    }

    #[test]
    fn other_data_is_the_last_resort() {
        let odd = r#"<meta property="gallery:uploaded" content="2026-05-04T10:00:00Z">"#;
        check(odd, "", "2026-05-04");
        check(odd, "<p>9 May 2026</p>", "2026-05-09");
        check(r#"<meta name="offer:expires" content="2026-05-04T10:00:00Z">"#, "", "");
        let picture =
            r#"<meta property="og:image" content="https://a.example/2026/05/04/gate.jpg">"#;
        check(picture, "", "2026-05-04");
    }
}
