//! The head: what the daemon is and does, in three rows, or in one.

use super::super::snapshot::{Snapshot, Status, Work};
use super::{Pen, bold, dim, plain, tint};
use crate::model::{Timestamp, figures};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::widgets::{Sparkline, Widget};

/// Columns of the graph: an hour each.
const HOURS: u16 = 24;

pub(super) fn draw(snapshot: &Snapshot, now: Timestamp, area: Rect, buffer: &mut Buffer) {
    first(snapshot, now, &mut Pen::new(buffer, area, 0));
    let Some(status) = &snapshot.status else { return };
    second(snapshot, status, &mut Pen::new(buffer, area, 1));
    third(status.work.as_ref(), Pen::new(buffer, area, 2));
}

/// Who it is, and how it is.
fn first(snapshot: &Snapshot, now: Timestamp, pen: &mut Pen<'_>) {
    pen.write(" wiredesk ", bold());
    if let Some(waiting) = &snapshot.waiting {
        let since = now.as_second().saturating_sub(waiting.since.as_second()).unsigned_abs();
        let text = format!("waiting for the daemon for {}: ", figures::span(since));
        pen.write(&text, Style::new().fg(Color::Red)).write(&waiting.reason, plain());
        return;
    }
    let Some(status) = &snapshot.status else {
        pen.write("asking the daemon …", dim());
        return;
    };
    pen.write(&status.version, dim()).write(" ", plain());
    pen.write(&status.health.state, tint(&status.health.state));
    if let Some(reason) = &status.health.reason {
        pen.write(": ", plain()).write(reason, plain());
        return;
    }
    if let Some(started) = status.started {
        let up = now.as_second().saturating_sub(started.as_second()).unsigned_abs();
        named(pen, "up", &figures::span(up));
    }
    named(pen, "articles", &status.articles.to_string());
    named(pen, "inbox", &status.inbox.to_string());
    if let Some(bytes) = status.memory_bytes {
        named(pen, "memory", &figures::size(bytes));
    }
}

/// What it does.
fn second(snapshot: &Snapshot, status: &Status, pen: &mut Pen<'_>) {
    pen.write(" ", plain());
    let all: u32 = status.feeds.values().sum();
    pen.write("feeds ", dim()).write(&all.to_string(), plain());
    for (word, count) in &status.feeds {
        pen.write(", ", dim()).write(&format!("{count} "), plain()).write(word, tint(word));
    }
    let Some(work) = &status.work else {
        pen.write("  no counts: metrics = false in [http]", dim());
        return;
    };
    let polls = snapshot.polls_a_second().map_or_else(|| "–".to_owned(), number);
    named(pen, "polls/s", &polls);
    named(pen, "late", &late(work.late_half_seconds, work));
    named(pen, "99 %", &late(work.late_most_seconds, work));
}

/// Articles an hour.
fn third(work: Option<&Work>, mut pen: Pen<'_>) {
    let Some(work) = work else { return };
    pen.write(" articles an hour ", dim());
    let graph = pen.row.intersection(Rect { width: HOURS, ..pen.row });
    if !graph.is_empty() {
        let skipped = work.articles_by_hour.len().saturating_sub(usize::from(graph.width));
        let hours = work.articles_by_hour.iter().skip(skipped).copied();
        let line = Sparkline::default().data(hours).style(Style::new().fg(Color::Blue));
        line.render(graph, pen.buffer);
    }
    pen.advance(graph.width);
    let (now, day) = (work.articles_by_hour.last(), work.articles_by_hour.iter().sum::<u64>());
    let text = format!(" {} in this one, {day} in 24 hours", now.copied().unwrap_or_default());
    pen.write(&text, plain());
}

fn named(pen: &mut Pen<'_>, name: &str, value: &str) {
    pen.write("  ", plain()).write(name, dim()).write(" ", plain()).write(value, plain());
}

/// How late polls begin at most; a bound of the daemon's histogram.
fn late(seconds: Option<f64>, work: &Work) -> String {
    match seconds {
        _ if work.polls == 0 => "–".to_owned(),
        Some(seconds) => format!("≤{} s", number(seconds)),
        None => "hours".to_owned(),
    }
}

/// A number with as many digits as it deserves.
fn number(value: f64) -> String {
    if value < 10.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}
