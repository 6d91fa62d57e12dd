//! Draws what is known of a daemon: a function from a [`Snapshot`] and a person's choices to the
//! cells of a screen of any size. What has no room is left out, the table last of all.

mod head;
mod panes;
mod table;

use super::screen::Screen;
use super::snapshot::Snapshot;
use crate::model::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

/// Screens with fewer rows have a head of one.
const TALL: u16 = 12;

/// Rows between head and foot from which there is room for both panes, and for one of them.
const ROOMY: (u16, u16) = (14, 8);

/// Draws everything.
pub(super) fn draw(
    snapshot: &Snapshot,
    screen: &Screen,
    now: Timestamp,
    area: Rect,
    buffer: &mut Buffer,
) {
    let rooms = Rooms::of(area, screen);
    head::draw(snapshot, now, rooms.head, buffer);
    let shown = screen.shown(snapshot);
    let place = screen.place(&shown);
    if screen.help {
        panes::help(rooms.table, buffer);
    } else {
        table::draw(snapshot, (&shown, place), screen, now, rooms.table, buffer);
    }
    panes::feed(snapshot, shown.get(place).copied(), rooms.feed, buffer);
    panes::articles(snapshot, now, rooms.articles, buffer);
    panes::foot(screen, rooms.foot, buffer);
}

/// Where each part stands; a part without room has no rows.
#[derive(Debug, PartialEq, Eq)]
struct Rooms {
    head: Rect,
    table: Rect,
    feed: Rect,
    articles: Rect,
    foot: Rect,
}

impl Rooms {
    fn of(area: Rect, screen: &Screen) -> Self {
        let head = if area.height >= TALL { 3 } else { 1 };
        let foot = u16::from(area.height >= 4);
        let between = area.height.saturating_sub(head + foot);
        let (mut feed, mut articles) = (0, 0);
        if screen.help {
            // The keys need the room.
        } else if between >= ROOMY.0 {
            feed = if screen.feed { (between / 3).min(8) } else { 0 };
            articles = if screen.articles { between / 4 } else { 0 };
        } else if between >= ROOMY.1 {
            feed = if screen.feed { 4 } else { 0 };
            articles = if screen.articles && !screen.feed { 4 } else { 0 };
        }
        let mut top = area.y;
        let mut room = |height: u16| {
            let height = height.min(area.bottom().saturating_sub(top));
            top += height;
            Rect { y: top - height, height, ..area }
        };
        let (head, table) = (room(head), room(between - feed - articles));
        Self { head, table, feed: room(feed), articles: room(articles), foot: room(foot) }
    }
}

/// Writes one row from left to right, and stops at its end.
struct Pen<'b> {
    buffer: &'b mut Buffer,
    row: Rect,
}

impl<'b> Pen<'b> {
    /// A pen at the beginning of row `n` of an area; one without room where it has fewer.
    fn new(buffer: &'b mut Buffer, area: Rect, n: usize) -> Self {
        let n = u16::try_from(n).unwrap_or(u16::MAX);
        let row = Rect { y: area.y.saturating_add(n), height: 1, ..area };
        let row = if n < area.height { row.intersection(buffer.area) } else { Rect::ZERO };
        Self { buffer, row }
    }

    /// Columns that are left.
    fn left(&self) -> u16 {
        self.row.width
    }

    fn write(&mut self, text: &str, style: impl Into<Style>) -> &mut Self {
        if self.row.is_empty() {
            return self;
        }
        let (end, _) = self.buffer.set_stringn(
            self.row.x,
            self.row.y,
            text,
            usize::from(self.row.width),
            style,
        );
        self.advance(end.saturating_sub(self.row.x))
    }

    /// Writes into a column of this width and goes to its end; what is cut off is shown by a mark.
    fn column(&mut self, text: &str, width: u16, style: impl Into<Style>) -> &mut Self {
        let width = width.min(self.row.width);
        let cell = Rect { width, ..self.row };
        let style = style.into();
        let mut pen = Pen { buffer: self.buffer, row: cell };
        pen.write(text, style);
        if pen.left() == 0 && width > 0 && !fits(text, width) {
            self.buffer.set_string(cell.right() - 1, cell.y, "…", style);
        }
        self.advance(width)
    }

    fn advance(&mut self, columns: u16) -> &mut Self {
        let columns = columns.min(self.row.width);
        self.row.x += columns;
        self.row.width -= columns;
        self
    }
}

fn fits(text: &str, width: u16) -> bool {
    ratatui::text::Span::raw(text).width() <= usize::from(width)
}

fn plain() -> Style {
    Style::new()
}

fn dim() -> Style {
    Style::new().add_modifier(Modifier::DIM)
}

fn bold() -> Style {
    Style::new().add_modifier(Modifier::BOLD)
}

/// The colour of a state; the word always stands beside it.
fn tint(health: &str) -> Style {
    match health {
        "ok" | "running" => Style::new().fg(Color::Green),
        "failing" | "read-only" | "stopping" => Style::new().fg(Color::Yellow),
        "dead" | "gone" | "stopped" => Style::new().fg(Color::Red),
        _ => dim(),
    }
}

#[cfg(test)]
mod tests;
