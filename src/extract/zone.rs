//! Where an element stands, as bits that it hands down to everything in it: named by its tag, its
//! role, its style. The walk of `page` joins them; everybody else only asks.

use super::tag::Tag;

/// Where an element stands: bits that it hands down to everything in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Zone(u32);

impl Zone {
    pub(super) const FIGURE: Self = Self(1);
    pub(super) const LIST: Self = Self(1 << 1);
    pub(super) const TABLE: Self = Self(1 << 2);
    pub(super) const ASIDE: Self = Self(1 << 3);
    pub(super) const NAV: Self = Self(1 << 4);
    pub(super) const HEADER: Self = Self(1 << 5);
    pub(super) const FOOTER: Self = Self(1 << 6);
    pub(super) const FORM: Self = Self(1 << 7);
    pub(super) const QUOTE: Self = Self(1 << 8);
    pub(super) const ARTICLE: Self = Self(1 << 9);
    pub(super) const MAIN: Self = Self(1 << 10);
    pub(super) const HIDDEN: Self = Self(1 << 11);
    pub(super) const MUTED: Self = Self(1 << 12);
    pub(super) const LINK: Self = Self(1 << 13);
    pub(super) const BODY_PROP: Self = Self(1 << 14);
    pub(super) const PRE: Self = Self(1 << 15);
    pub(super) const CAPTION: Self = Self(1 << 16);
    pub(super) const BOLD: Self = Self(1 << 17);
    pub(super) const CONSENT: Self = Self(1 << 18);

    /// True where all bits of `other` are set.
    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets together.
    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set without the bits of the other.
    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// What an element's name says.
pub(super) fn zone_of(tag: Tag) -> Zone {
    match tag {
        Tag::Figure => Zone::FIGURE,
        Tag::Figcaption => Zone::CAPTION,
        Tag::Ul | Tag::Ol | Tag::Dl => Zone::LIST,
        Tag::Table => Zone::TABLE,
        Tag::Aside => Zone::ASIDE,
        Tag::Nav => Zone::NAV,
        Tag::Header => Zone::HEADER,
        Tag::Footer => Zone::FOOTER,
        Tag::Form => Zone::FORM,
        Tag::Blockquote => Zone::QUOTE,
        Tag::Article => Zone::ARTICLE,
        Tag::Main => Zone::MAIN,
        Tag::Muted => Zone::MUTED,
        Tag::A => Zone::LINK,
        Tag::Pre => Zone::PRE,
        Tag::Strong => Zone::BOLD,
        _ => Zone::default(),
    }
}

/// What an attribute says.
pub(super) fn zone_by_attribute(name: &str, value: &str) -> Zone {
    match name {
        "hidden" => Zone::HIDDEN,
        "aria-hidden" if value == "true" => Zone::HIDDEN,
        "style" if hides(value) => Zone::HIDDEN,
        "itemprop" if value.split_ascii_whitespace().any(|p| p == "articleBody") => Zone::BODY_PROP,
        "role" => match value {
            "navigation" | "menu" | "menubar" | "search" => Zone::NAV,
            "main" => Zone::MAIN,
            "article" => Zone::ARTICLE,
            "complementary" => Zone::ASIDE,
            "contentinfo" => Zone::FOOTER,
            "banner" => Zone::HEADER,
            _ => Zone::default(),
        },
        _ => Zone::default(),
    }
}

fn hides(style: &str) -> bool {
    let folded: String =
        style.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    folded.contains("display:none") || folded.contains("visibility:hidden")
}
