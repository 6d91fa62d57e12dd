//! Safe HTML → Markdown (`CommonMark`, with tables left as lines).

use ego_tree::iter::Edge;
use scraper::{Html, Node};

/// The Markdown of an article's safe HTML.
pub fn markdown(html: &str) -> String {
    let tree = Html::parse_fragment(html);
    let mut writer = Writer::default();
    for edge in tree.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) => writer.open(element),
                Node::Text(text) => writer.text(text),
                _ => {}
            },
            Edge::Close(node) => {
                if let Node::Element(element) = node.value() {
                    writer.close(element);
                }
            }
        }
    }
    writer.out.trim().to_owned()
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Open lists: the number of the next item, 0 for bullets.
    lists: Vec<u32>,
    quotes: usize,
    pre: bool,
}

impl Writer {
    /// Begins a new paragraph, quote marks included.
    fn paragraph(&mut self) {
        let trimmed = self.out.trim_end().len();
        self.out.truncate(trimmed);
        if self.out.ends_with(['-', '.']) && self.lists.last().is_some() && self.fresh_item() {
            self.out.push(' ');
            return;
        }
        self.out.push_str("\n\n");
        self.out.push_str(&"> ".repeat(self.quotes));
    }

    /// True directly behind the mark of a list item.
    fn fresh_item(&self) -> bool {
        let line = self.out.rsplit('\n').next().unwrap_or_default().trim();
        line == "-" || line.strip_suffix('.').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
    }

    fn open(&mut self, element: &scraper::node::Element) {
        match element.name() {
            "p" | "figure" | "table" | "dt" | "dd" | "figcaption" => self.paragraph(),
            "tr" => self.out.push('\n'),
            "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.paragraph();
                let level = element.name().bytes().last().map_or(2, |b| usize::from(b - b'0'));
                self.out.push_str(&"#".repeat(level));
                self.out.push(' ');
            }
            "ul" => self.lists.push(0),
            "ol" => self.lists.push(1),
            "li" => self.item(),
            "blockquote" => self.quotes += 1,
            "pre" => {
                self.paragraph();
                self.out.push_str("```\n");
                self.pre = true;
            }
            "em" => self.out.push('*'),
            "strong" => self.out.push_str("**"),
            "code" if !self.pre => self.out.push('`'),
            "a" => self.out.push('['),
            "br" => self.out.push_str("  \n"),
            "img" => self.image(element),
            _ => {}
        }
    }

    fn close(&mut self, element: &scraper::node::Element) {
        match element.name() {
            "ul" | "ol" => drop(self.lists.pop()),
            "blockquote" => self.quotes = self.quotes.saturating_sub(1),
            "pre" => {
                self.out.push_str("\n```");
                self.pre = false;
            }
            "em" => self.out.push('*'),
            "strong" => self.out.push_str("**"),
            "code" if !self.pre => self.out.push('`'),
            "td" | "th" => self.out.push_str(" | "),
            "a" => {
                let target = element.attr("href").unwrap_or_default();
                self.out.push_str("](");
                self.out.push_str(&target.replace(')', "%29"));
                self.out.push(')');
            }
            _ => {}
        }
    }

    fn item(&mut self) {
        let depth = self.lists.len().saturating_sub(1);
        let gap = if depth == 0 && self.lists.last().is_some_and(|n| *n < 2) && !self.fresh_list() {
            "\n\n"
        } else {
            "\n"
        };
        let trimmed = self.out.trim_end().len();
        self.out.truncate(trimmed);
        self.out.push_str(gap);
        self.out.push_str(&"  ".repeat(depth));
        match self.lists.last_mut() {
            Some(next) if *next > 0 => {
                self.out.push_str(&next.to_string());
                self.out.push_str(". ");
                *next += 1;
            }
            _ => self.out.push_str("- "),
        }
    }

    /// True where the last line is an item already.
    fn fresh_list(&self) -> bool {
        self.out
            .trim_end()
            .rsplit('\n')
            .next()
            .is_some_and(|line| line.trim_start().starts_with("- "))
    }

    fn image(&mut self, element: &scraper::node::Element) {
        let (alt, src) =
            (element.attr("alt").unwrap_or_default(), element.attr("src").unwrap_or_default());
        let alt = alt.replace([']', '['], "");
        let src = src.replace(')', "%29");
        for part in ["![", &alt, "](", &src, ")"] {
            self.out.push_str(part);
        }
    }

    fn text(&mut self, text: &str) {
        if self.pre {
            self.out.push_str(text);
            return;
        }
        for c in text.chars() {
            if matches!(c, '*' | '_' | '`' | '[' | ']' | '\\' | '<') {
                self.out.push('\\');
            }
            self.out.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expect: &str) {
        assert_eq!(markdown(html), expect);
    }

    #[test]
    fn markdown_is_written() {
        check("<p>a <strong>b</strong></p><p>c_d</p>", "a **b**\n\nc\\_d");
        check("<h2>T</h2><ul><li>a</li><li><p>b</p></li></ul>", "## T\n\n- a\n- b");
        check("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b");
        check("<blockquote><p>a</p></blockquote><p>b</p>", "> a\n\nb");
        check("<p><a href=\"https://example.org/x\">l</a></p>", "[l](https://example.org/x)");
    }
}
