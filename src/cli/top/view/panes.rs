//! What stands below the table: the chosen feed, the newest articles, the keys.

use super::super::screen::Screen;
use super::super::snapshot::{Feed, Snapshot};
use super::{Pen, bold, dim, plain};
use crate::model::{Timestamp, figures};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Text;
use ratatui::widgets::{Paragraph, Widget, Wrap};

/// What the keys do.
const KEYS: [(&str, &str); 9] = [
    ("q, Esc, Ctrl-C", "end"),
    ("↑ ↓ j k PgUp PgDn Home End", "choose a feed"),
    ("s", "sort by the next column"),
    ("S", "turn the order round"),
    ("/", "show only feeds whose id, title, address, tags or error contain a text"),
    ("h", "show only feeds that do like this: failing, dead, gone, new, ok, disabled"),
    ("Enter", "show or hide the chosen feed"),
    ("a", "show or hide the newest articles"),
    ("?", "show or hide this"),
];

/// The chosen feed: its name and address, and why it is polled when it is.
pub(super) fn feed(snapshot: &Snapshot, feed: Option<&Feed>, area: Rect, buffer: &mut Buffer) {
    let Some(feed) = feed else { return };
    rule(&feed.id, feed.title.as_deref().unwrap_or_default(), area, buffer);
    let why = snapshot.why.as_ref().filter(|(id, _)| *id == feed.id);
    let why = why.map_or("…", |(_, why)| why.as_str());
    let room =
        Rect { y: area.y + area.height.min(1), height: area.height.saturating_sub(1), ..area };
    let inner = Rect { x: room.x + room.width.min(1), width: room.width.saturating_sub(1), ..room };
    let text = Text::raw(format!("{}\n{why}", address(feed)));
    Paragraph::new(text).wrap(Wrap { trim: true }).render(inner.intersection(buffer.area), buffer);
}

fn address(feed: &Feed) -> String {
    match feed.tags.join(", ") {
        tags if tags.is_empty() => feed.url.clone(),
        tags => format!("{} [{tags}]", feed.url),
    }
}

/// The newest articles.
pub(super) fn articles(snapshot: &Snapshot, now: Timestamp, area: Rect, buffer: &mut Buffer) {
    rule("newest articles", "", area, buffer);
    for (n, article) in snapshot.articles.iter().enumerate() {
        let mut pen = Pen::new(buffer, area, n + 1);
        let came = article.first_seen.map(|at| figures::distance(at, now)).unwrap_or_default();
        pen.write(" ", plain()).column(&came, 12, dim()).write(" ", plain());
        if pen.left() >= 40 {
            pen.column(&article.site, 18, dim()).write(" ", plain());
        }
        let title = article.title.as_deref().filter(|title| !title.is_empty());
        let copy = if article.duplicate_of.is_some() { "(copy) " } else { "" };
        let width = pen.left();
        pen.write(copy, dim()).column(title.unwrap_or("(no headline)"), width, plain());
    }
}

/// What the keys do.
pub(super) fn help(area: Rect, buffer: &mut Buffer) {
    rule("keys", "", area, buffer);
    for (n, (keys, what)) in KEYS.iter().enumerate() {
        let mut pen = Pen::new(buffer, area, n + 1);
        pen.write(" ", plain()).column(keys, 27, bold()).write(" ", plain()).write(what, plain());
    }
}

/// The last row: keys, or the filter while it is typed.
pub(super) fn foot(screen: &Screen, area: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, area, 0);
    if screen.typing {
        pen.write(" filter: ", bold()).write(&screen.filter, plain()).write("▏", bold());
        pen.write("  Enter keeps it, Esc drops it", dim());
        return;
    }
    let filter = if screen.filter.is_empty() { "filter" } else { screen.filter.as_str() };
    for (key, what) in [
        ("q", "end"),
        ("?", "keys"),
        ("s", &format!("sort: {}", screen.sort.word())),
        ("/", filter),
        ("h", screen.health.unwrap_or("all feeds")),
        ("Enter", "feed"),
        ("a", "articles"),
    ] {
        if !super::fits(&format!(" {key} {what}"), pen.left()) {
            return;
        }
        pen.write(" ", plain()).write(key, bold()).write(" ", plain()).write(what, dim());
        pen.write(" ", plain());
    }
}

/// The first row of a pane: its name, and what else there is to say.
fn rule(name: &str, more: &str, area: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, area, 0);
    pen.write("─ ", dim()).write(name, bold()).write(" ", plain());
    if !more.is_empty() {
        pen.write(more, plain()).write(" ", plain());
    }
    let rest = "─".repeat(usize::from(pen.left()));
    pen.write(&rest, dim());
}
