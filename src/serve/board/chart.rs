//! Articles an hour as bars: SVG inside the page, with the figures in words for those who do not
//! see it.

use crate::observe::Hour;
use std::fmt::Write;

/// Size of the plot, in the drawing's units.
const PLOT: (u32, u32) = (672, 140);

/// Room for labels: left of the plot, above it, below it.
const ROOM: (u32, u32, u32) = (48, 12, 24);

/// The bars of `hours`, oldest first: copies stand on what is no copy.
pub(super) fn bars(hours: &[Hour]) -> String {
    let ((width, height), (left, above, below)) = (PLOT, ROOM);
    let (floor, top) = (above + height, ceiling(hours.iter().map(|h| h.all).max().unwrap_or(0)));
    let step = width / u32::try_from(hours.len().max(1)).unwrap_or(1);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">",
        left + width,
        floor + below,
        told(hours)
    );
    for (value, y) in [(top, above), (top / 2, above + height / 2), (0, floor)] {
        let text = left - 6;
        let right = left + width;
        put(
            &mut svg,
            format_args!(
                "<line class=\"axis\" x1=\"{left}\" x2=\"{right}\" y1=\"{y}\" y2=\"{y}\"/>\
             <text x=\"{text}\" y=\"{}\" text-anchor=\"end\">{value}</text>",
                y + 4
            ),
        );
    }
    for (n, hour) in (0..).zip(hours) {
        bar(&mut svg, hour, left + n * step, step, top);
    }
    svg + "</svg>"
}

/// One hour: its bar, its figures under the pointer, and every third hour its name.
fn bar(svg: &mut String, hour: &Hour, x: u32, step: u32, top: u32) {
    let (height, (_, above, _)) = (PLOT.1, ROOM);
    let floor = above + height;
    let tall = |count: u32| u64::from(count) * u64::from(height) / u64::from(top);
    let (all, own) = (tall(hour.all), tall(hour.all - hour.copies));
    let (name, wide, x) = (hour.of_day(), step.saturating_sub(4), x + 2);
    put(
        svg,
        format_args!(
            "<g><title>{name}:00: {} articles, {} of them copies</title>",
            hour.all, hour.copies
        ),
    );
    for (class, tall, base) in [("new", own, 0), ("copies", all - own, own)] {
        let y = u64::from(floor) - base - tall;
        put(
            svg,
            format_args!(
                "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{tall}\"/>"
            ),
        );
    }
    svg.push_str("</g>");
    if name % 3 == 0 {
        put(svg, format_args!("<text x=\"{x}\" y=\"{}\">{name:02}:00</text>", floor + 16));
    }
}

fn put(svg: &mut String, part: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    svg.write_fmt(part).unwrap_or_default();
}

/// The end of the axis: the next even number of one or two digits and zeros.
fn ceiling(most: u32) -> u32 {
    let digit = 10_u32.pow(most.max(1).ilog10());
    [2, 4, 6, 8, 10].iter().map(|n| n * digit).find(|end| *end >= most).unwrap_or(most)
}

fn told(hours: &[Hour]) -> String {
    let all: u32 = hours.iter().map(|h| h.all).sum();
    let copies: u32 = hours.iter().map(|h| h.copies).sum();
    let last = hours.last().map_or(0, |h| h.all);
    format!(
        "{all} articles in {} hours, {copies} of them copies; {last} in the present hour",
        hours.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_ends_at_an_even_number() {
        let check = |most, expect| assert_eq!(ceiling(most), expect, "{most}");
        for (most, expect) in [(0, 2), (2, 2), (3, 4), (9, 10), (11, 20), (99, 100), (3001, 4000)] {
            check(most, expect);
        }
    }

    #[test]
    fn bars_are_as_tall_as_their_figures() {
        let hours = [Hour { since: 5, all: 4, copies: 1 }, Hour { since: 6, all: 0, copies: 0 }];
        let svg = bars(&hours);
        assert!(svg.contains("4 articles in 2 hours, 1 of them copies; 0 in the present hour"));
        assert!(
            svg.contains("<rect class=\"new\" x=\"50\" y=\"47\" width=\"332\" height=\"105\"/>"),
            "{svg}"
        );
        assert!(
            svg.contains("<rect class=\"copies\" x=\"50\" y=\"12\" width=\"332\" height=\"35\"/>"),
            "{svg}"
        );
        assert!(svg.contains(">06:00</text>") && !svg.contains(">05:00</text>"));
    }
}
