//! Settings of `extract` and their defaults.

use crate::model::ByteSize;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;

/// Characters: teasers have fewer as a rule, whole articles more.
const SHORT_BELOW: usize = 600;

/// How articles are taken out of pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// When an article's page is fetched: `when-short` (the feed's own text is short), `always`,
    /// `never`.
    pub full_text: FullText,
    /// A feed's own text with fewer characters is short.
    pub short_below: usize,
    /// Largest page that is read.
    pub max_size: ByteSize,
    /// Open elements at one time; start tags beyond are left out, their text is kept.
    pub max_depth: usize,
    /// Elements of one page; what follows is left out.
    pub max_elements: usize,
    /// Rules by CSS selector for a site on which nothing else helps.
    pub rules: Rules,
}

impl Default for Settings {
    /// 8 MiB holds the longest live blog; browsers stop at a depth of 512, pages people read stay
    /// below 100; the largest news pages have some 20,000 elements.
    fn default() -> Self {
        Self {
            full_text: FullText::WhenShort,
            short_below: SHORT_BELOW,
            max_size: ByteSize::mib(8),
            max_depth: 256,
            max_elements: 100_000,
            rules: Rules::default(),
        }
    }
}

/// When an article's page is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FullText {
    /// For every entry that has a link.
    Always,
    /// Where the feed's own text is short.
    #[default]
    WhenShort,
    /// The feed's own text has to do.
    Never,
}

/// Selectors that overrule what extraction finds; an empty selector rules nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Elements whose text is the body, in the page's order.
    pub content: Css,
    /// Elements that never belong to the body.
    pub remove: Css,
    /// Element whose text is the headline.
    pub title: Css,
    /// Element whose `datetime`, `content` or text is the date of publication.
    pub date: Css,
    /// Elements whose texts are the authors.
    pub author: Css,
}

/// A CSS selector list that is known to be well-formed; may be empty.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(transparent)]
pub struct Css(String);

impl Css {
    /// The selector, when the text is one.
    ///
    /// # Errors
    /// The text is no selector list; the message says so.
    pub fn new(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if !text.is_empty() && scraper::Selector::parse(text).is_err() {
            return Err(format!("`{text}` is no CSS selector"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The parsed selector; `None` for an empty one.
    pub(super) fn selector(&self) -> Option<scraper::Selector> {
        (!self.0.is_empty()).then(|| scraper::Selector::parse(&self.0).ok()).flatten()
    }
}

impl<'de> Deserialize<'de> for Css {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Css {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Css")
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "examples": ["div.story > p"] })
    }
}
