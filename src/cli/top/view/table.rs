//! The table of feeds: a row each, around the chosen one.

use super::super::screen::{Screen, Sort};
use super::super::snapshot::{Feed, Snapshot};
use super::{Pen, bold, dim, plain, tint};
use crate::model::{Timestamp, figures};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// A column: what stands above it, how wide it is, and how wide the screen has to be for it.
struct Column {
    kind: Kind,
    width: u16,
    from: u16,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Name,
    Health,
    Outcome,
    Next,
    Rate,
    Error,
}

/// The columns from left to right. The name takes what the others leave, up to a third; where there
/// is one, the error takes the rest.
const COLUMNS: [Column; 6] = [
    Column { kind: Kind::Name, width: 8, from: 0 },
    Column { kind: Kind::Health, width: 8, from: 18 },
    Column { kind: Kind::Outcome, width: 17, from: 60 },
    Column { kind: Kind::Next, width: 9, from: 30 },
    Column { kind: Kind::Rate, width: 6, from: 44 },
    Column { kind: Kind::Error, width: 10, from: 76 },
];

/// Draws the feeds that are shown, around the chosen one's place among them.
pub(super) fn draw(
    snapshot: &Snapshot,
    (shown, place): (&[&Feed], usize),
    screen: &Screen,
    now: Timestamp,
    area: Rect,
    buffer: &mut Buffer,
) {
    let columns = columns(area.width);
    titles(screen, (shown.len(), snapshot.feeds.len()), &columns, Pen::new(buffer, area, 0));
    if shown.is_empty() && snapshot.status.is_some() {
        let text = if snapshot.feeds.is_empty() {
            " no feed is configured"
        } else {
            " no feed is like that"
        };
        Pen::new(buffer, area, 1).write(text, dim());
    }
    let rows = usize::from(area.height.saturating_sub(1));
    let first = place.saturating_sub(rows / 2).min(shown.len().saturating_sub(rows));
    for (n, feed) in shown.iter().enumerate().skip(first).take(rows) {
        let line = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        row(feed, now, &columns, Pen::new(buffer, line, n - first));
        if n == place {
            let marked = Style::new().add_modifier(Modifier::REVERSED);
            let y = u16::try_from(n - first).unwrap_or_default();
            buffer.set_style(Rect { y: line.y + y, height: 1, ..line }, marked);
        }
    }
}

/// The columns for which there is room, with their widths.
fn columns(screen: u16) -> Vec<(Kind, u16)> {
    let fitting = || COLUMNS.iter().filter(|column| screen >= column.from);
    let others: u16 =
        fitting().filter(|column| column.kind != Kind::Name).map(|column| column.width + 1).sum();
    let rest = screen.saturating_sub(others + 2);
    let has_error = fitting().any(|column| column.kind == Kind::Error);
    let name = if has_error { rest.min(screen / 4) } else { rest };
    let width = |column: &Column| match column.kind {
        Kind::Name => name,
        Kind::Error => column.width + rest - name,
        _ => column.width,
    };
    fitting().map(|column| (column.kind, width(column))).collect()
}

fn titles(screen: &Screen, feeds: (usize, usize), columns: &[(Kind, u16)], mut pen: Pen<'_>) {
    pen.write(" ", plain());
    for (kind, width) in columns {
        let (shown, all) = feeds;
        let title = match kind {
            Kind::Name if shown == all => format!("feed ({all})"),
            Kind::Name => format!("feed ({shown} of {all})"),
            Kind::Health => "health".to_owned(),
            Kind::Outcome => "last outcome".to_owned(),
            Kind::Next => "next".to_owned(),
            Kind::Rate => "a day".to_owned(),
            Kind::Error => "last error".to_owned(),
        };
        let sorted = *kind == sorted_by(screen.sort);
        let arrow = if screen.reverse { "▴" } else { "▾" };
        let title = if sorted { title + arrow } else { title };
        let style = if sorted { bold() } else { dim() };
        pen.column(&title, *width, style).write(" ", plain());
    }
}

/// The column that shows what feeds are sorted by.
fn sorted_by(sort: Sort) -> Kind {
    match sort {
        Sort::Health => Kind::Health,
        Sort::Name => Kind::Name,
        Sort::Next => Kind::Next,
        Sort::Rate => Kind::Rate,
        Sort::News => Kind::Outcome,
    }
}

fn row(feed: &Feed, now: Timestamp, columns: &[(Kind, u16)], mut pen: Pen<'_>) {
    pen.write(" ", plain());
    for (kind, width) in columns {
        let (text, style) = cell(*kind, feed, now);
        pen.column(&text, *width, style).write(" ", plain());
    }
}

fn cell(kind: Kind, feed: &Feed, now: Timestamp) -> (String, Style) {
    match kind {
        Kind::Name => (feed.id.clone(), plain()),
        Kind::Health => (feed.health().to_owned(), tint(feed.health())),
        Kind::Outcome if feed.failures > 1 => (format!("failed {} times", feed.failures), plain()),
        Kind::Outcome => (feed.last_outcome.clone(), plain()),
        Kind::Next => (next(feed, now), plain()),
        Kind::Rate => (feed.entries_a_day.map_or_else(|| "–".to_owned(), rate), plain()),
        Kind::Error => (feed.last_error.as_deref().map(error).unwrap_or_default(), plain()),
    }
}

fn next(feed: &Feed, now: Timestamp) -> String {
    match feed.next_due {
        _ if feed.disabled => "never".to_owned(),
        Some(due) if due <= now => "now".to_owned(),
        Some(due) => figures::distance(due, now),
        None if feed.health() == "gone" => "never".to_owned(),
        None => "soon".to_owned(),
    }
}

/// An error without the address that it begins with: the feed's, as a rule.
fn error(text: &str) -> String {
    let rest = text.split_once(": ").filter(|(head, _)| head.starts_with("http"));
    rest.map_or(text, |(_, rest)| rest).to_owned()
}

fn rate(entries: f64) -> String {
    if entries < 10.0 { format!("{entries:.1}") } else { format!("{entries:.0}") }
}
