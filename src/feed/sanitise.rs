//! Makes a publisher's HTML safe to show. Dear (half of all parsing time), so only for what is kept.

use super::read::escape;
use super::xml::scan::{Scanner, Token, attrs};
use super::xml::text::plain;
use ammonia::Builder;
use std::sync::LazyLock;

/// Longest text that is sanitised, in bytes; longer ones keep their words only.
const HTML_MAX: usize = 1 << 20;

/// Most references that the HTML parser is given: each becomes a text of its own, and it takes
/// seconds to join a hundred thousand.
const REFERENCES_MAX: usize = 10_000;

/// Deepest nesting and most attributes of one tag that the HTML parser is given: it needs quadratic
/// time in both, and browsers stop at 512 levels too.
const DEPTH_MAX: usize = 256;
const ATTRIBUTES_MAX: usize = 200;

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder.link_rel(Some("noopener noreferrer")).url_schemes(["http", "https", "mailto"].into());
    builder
});

/// The safe part of an HTML fragment: no scripts, styles, forms, frames, event handlers or odd
/// schemes. A fragment built to exhaust the parser keeps its text only.
pub fn sanitise(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return html.replace('>', "&gt;");
    }
    if html.len() > HTML_MAX || exhausts(html) {
        return escape(&plain(html));
    }
    CLEANER.clean(html).to_string()
}

/// True for markup nested so deep, with so many attributes in a tag or so many references, that
/// parsing it takes long.
fn exhausts(html: &str) -> bool {
    if html.bytes().filter(|b| *b == b'&').count() > REFERENCES_MAX {
        return true;
    }
    let mut depth = 0_usize;
    Scanner::new(html).any(|token| match token {
        Token::Start { attrs: list, empty, .. } => {
            depth += usize::from(!empty);
            depth > DEPTH_MAX || attrs(list).take(ATTRIBUTES_MAX + 1).count() > ATTRIBUTES_MAX
        }
        Token::End(_) => {
            depth = depth.saturating_sub(1);
            false
        }
        Token::Text(_) | Token::Cdata(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_safe_markup_stays() {
        let check = |html: &str, expect: &str| assert_eq!(sanitise(html), expect, "{html}");
        check("a <b>b</b>", "a <b>b</b>");
        check("x<script>alert(1)</script>y", "xy");
        check(
            "<a href=\"javascript:alert(1)\" onclick=\"x()\">t</a>",
            "<a rel=\"noopener noreferrer\">t</a>",
        );
        check("1 &lt; 2", "1 &lt; 2");
    }

    #[test]
    fn hostile_markup_keeps_its_words() {
        let deep = format!("{}word", "<div>".repeat(100_000));
        assert_eq!(sanitise(&deep).trim(), "word");
    }
}
