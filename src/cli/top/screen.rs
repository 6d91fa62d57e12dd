//! What the person before the screen has chosen, and what a key changes in it.

use super::snapshot::{Feed, Snapshot};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::cmp::Reverse;

/// Rows that a page key goes.
const PAGE: isize = 10;

/// Words by which feeds can be left out, in the order of their key.
const HEALTHS: [&str; 6] = ["failing", "dead", "gone", "new", "ok", "disabled"];

/// The choices of a person.
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches that have nothing to do with each other"
)]
#[derive(Debug)]
pub(super) struct Screen {
    pub(super) sort: Sort,
    /// The order turned around.
    pub(super) reverse: bool,
    /// What a feed's id, title, address, tags or error must contain, in lower case.
    pub(super) filter: String,
    /// True while keys go into the filter.
    pub(super) typing: bool,
    /// Only feeds that do like this.
    pub(super) health: Option<&'static str>,
    /// The chosen feed's id; the first one where there is none like it.
    pub(super) chosen: Option<String>,
    /// Show the chosen feed.
    pub(super) feed: bool,
    /// Show the newest articles.
    pub(super) articles: bool,
    /// Show what the keys do.
    pub(super) help: bool,
}

/// By what feeds are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Those that do badly first.
    Health,
    /// By name.
    Name,
    /// Those that are polled next first.
    Next,
    /// Those that publish most first.
    Rate,
    /// Those that brought something last first.
    News,
}

impl Sort {
    /// The name of the column.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Name => "name",
            Self::Next => "next",
            Self::Rate => "a day",
            Self::News => "news",
        }
    }

    fn following(self) -> Self {
        match self {
            Self::Health => Self::Name,
            Self::Name => Self::Next,
            Self::Next => Self::Rate,
            Self::Rate => Self::News,
            Self::News => Self::Health,
        }
    }
}

/// What follows from a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Stay,
    Quit,
}

impl Default for Screen {
    fn default() -> Self {
        Self {
            sort: Sort::Health,
            reverse: false,
            filter: String::new(),
            typing: false,
            health: None,
            chosen: None,
            feed: true,
            articles: true,
            help: false,
        }
    }
}

impl Screen {
    /// The feeds to show, in their order.
    pub(super) fn shown<'s>(&self, snapshot: &'s Snapshot) -> Vec<&'s Feed> {
        let mut feeds: Vec<&Feed> = snapshot.feeds.iter().filter(|feed| self.fits(feed)).collect();
        match self.sort {
            Sort::Health => feeds.sort_by_key(|feed| (rank(feed.health()), feed.id.as_str())),
            Sort::Name => feeds.sort_by_key(|feed| feed.id.as_str()),
            Sort::Next => feeds.sort_by_key(|feed| {
                (feed.disabled || feed.next_due.is_none(), feed.next_due, feed.id.as_str())
            }),
            Sort::Rate => feeds.sort_by(|a, b| {
                let rate = |feed: &Feed| feed.entries_a_day.unwrap_or(-1.0);
                rate(b).total_cmp(&rate(a)).then_with(|| a.id.cmp(&b.id))
            }),
            Sort::News => feeds.sort_by_key(|feed| (Reverse(feed.last_new), feed.id.as_str())),
        }
        if self.reverse {
            feeds.reverse();
        }
        feeds
    }

    fn fits(&self, feed: &Feed) -> bool {
        let holds = |text: &str| text.to_lowercase().contains(&self.filter);
        self.health.is_none_or(|health| feed.health() == health)
            && (self.filter.is_empty()
                || holds(&feed.id)
                || holds(&feed.url)
                || feed.tags.iter().any(|tag| holds(tag))
                || feed.title.as_deref().is_some_and(holds)
                || feed.last_error.as_deref().is_some_and(holds))
    }

    /// The place of the chosen feed among those that are shown.
    pub(super) fn place(&self, shown: &[&Feed]) -> usize {
        let chosen = |feed: &&Feed| Some(&feed.id) == self.chosen.as_ref();
        shown.iter().position(chosen).unwrap_or_default()
    }

    /// Does what a key stands for.
    pub(super) fn key(&mut self, key: KeyEvent, snapshot: &Snapshot) -> Wish {
        if key.kind == KeyEventKind::Release {
            return Wish::Stay;
        }
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c' | 'd') if control => return Wish::Quit,
            _ if self.typing => self.type_in(key.code),
            KeyCode::Char('q') => return Wish::Quit,
            KeyCode::Esc if self.help => self.help = false,
            KeyCode::Esc if self.filter.is_empty() && self.health.is_none() => return Wish::Quit,
            KeyCode::Esc => (self.filter, self.health) = (String::new(), None),
            code => self.choose(code, snapshot),
        }
        Wish::Stay
    }

    fn choose(&mut self, code: KeyCode, snapshot: &Snapshot) {
        match code {
            KeyCode::Char('s') => self.sort = self.sort.following(),
            KeyCode::Char('S') => self.reverse = !self.reverse,
            KeyCode::Char('h') => self.health = next_health(self.health),
            KeyCode::Char('/') => self.typing = true,
            KeyCode::Char('a') => self.articles = !self.articles,
            KeyCode::Enter => self.feed = !self.feed,
            KeyCode::Char('?') => self.help = !self.help,
            KeyCode::Up | KeyCode::Char('k') => self.go(-1, snapshot),
            KeyCode::Down | KeyCode::Char('j') => self.go(1, snapshot),
            KeyCode::PageUp => self.go(-PAGE, snapshot),
            KeyCode::PageDown => self.go(PAGE, snapshot),
            KeyCode::Home | KeyCode::Char('g') => self.go(isize::MIN, snapshot),
            KeyCode::End | KeyCode::Char('G') => self.go(isize::MAX, snapshot),
            _ => {}
        }
    }

    /// A key while the filter is typed.
    fn type_in(&mut self, code: KeyCode) {
        match code {
            KeyCode::Enter => self.typing = false,
            KeyCode::Esc => (self.typing, self.filter) = (false, String::new()),
            KeyCode::Backspace => drop(self.filter.pop()),
            KeyCode::Char(c) => self.filter.extend(c.to_lowercase()),
            _ => {}
        }
    }

    /// Chooses the feed so many rows further down.
    fn go(&mut self, rows: isize, snapshot: &Snapshot) {
        let shown = self.shown(snapshot);
        let place = self.place(&shown).saturating_add_signed(rows).min(shown.len().max(1) - 1);
        self.chosen = shown.get(place).map(|feed| feed.id.clone());
    }
}

/// How soon a person wants to see a feed that does like this.
fn rank(health: &str) -> usize {
    HEALTHS.iter().position(|word| *word == health).unwrap_or(HEALTHS.len())
}

fn next_health(now: Option<&'static str>) -> Option<&'static str> {
    let next = now.map_or(0, |word| rank(word) + 1);
    HEALTHS.get(next).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot() -> Snapshot {
        let feeds = serde_json::json!([
            {"id": "a", "health": "ok", "url": "http://one.example/", "entries_a_day": 2.0,
             "next_due": "2026-03-02T10:00:00Z", "last_new": "2026-03-01T10:00:00Z"},
            {"id": "b", "health": "failing", "title": "Harbour", "last_error": "no answer in 30 s",
             "next_due": "2026-03-02T09:00:00Z"},
            {"id": "c", "health": "ok", "disabled": true, "tags": ["pier"], "entries_a_day": 9.0,
             "last_new": "2026-03-01T11:00:00Z"},
        ]);
        Snapshot { feeds: serde_json::from_value(feeds).unwrap(), ..Snapshot::default() }
    }

    /// The feeds that are shown after these keys, the chosen one in brackets.
    fn after(keys: &str) -> String {
        let (snapshot, mut screen) = (snapshot(), Screen::default());
        for key in keys.chars() {
            let code = match key {
                '\n' => KeyCode::Enter,
                '\u{1b}' => KeyCode::Esc,
                '\u{8}' => KeyCode::Backspace,
                c => KeyCode::Char(c),
            };
            assert_eq!(screen.key(code.into(), &snapshot), Wish::Stay, "{keys:?}");
        }
        let shown = screen.shown(&snapshot);
        let place = screen.place(&shown);
        let word = |(n, feed): (usize, &&Feed)| {
            if n == place { format!("[{}]", feed.id) } else { feed.id.clone() }
        };
        shown.iter().enumerate().map(word).collect()
    }

    #[test]
    fn keys_sort_filter_and_choose() {
        for (keys, expect) in [
            ("", "[b]ac"),
            ("s", "[a]bc"),
            ("ss", "[b]ac"),
            ("sss", "[c]ab"),
            ("ssss", "[c]ab"),
            ("sssss", "[b]ac"),
            ("sS", "[c]ba"),
            ("j", "b[a]c"),
            ("jjjjj", "ba[c]"),
            ("Gk", "b[a]c"),
            ("Gg", "[b]ac"),
            // What was chosen stays chosen where it goes.
            ("js", "[a]bc"),
            ("h", "[b]"),
            ("hh", ""),
            ("hhhhh", "[a]"),
            ("hhhhhh", "[c]"),
            ("hhhhhhh", "[b]ac"),
            ("/HARB", "[b]"),
            ("/q\u{8}pier\n", "[c]"),
            ("/one.ex\njjj", "[a]"),
            ("/answer\u{1b}", "[b]ac"),
            ("/answer\n\u{1b}", "[b]ac"),
            ("/zzz\njj", ""),
        ] {
            assert_eq!(after(keys), expect, "{keys:?}");
        }
    }

    #[test]
    fn it_ends_by_q_escape_and_control_c() {
        let check = |key: KeyEvent, typing, expect| {
            let mut screen = Screen { typing, ..Screen::default() };
            assert_eq!(screen.key(key, &snapshot()), expect, "{key:?}");
        };
        let control_c = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        check(KeyCode::Char('q').into(), false, Wish::Quit);
        check(KeyCode::Char('q').into(), true, Wish::Stay);
        check(KeyCode::Esc.into(), false, Wish::Quit);
        check(KeyCode::Esc.into(), true, Wish::Stay);
        check(control_c, false, Wish::Quit);
        check(control_c, true, Wish::Quit);
    }
}
