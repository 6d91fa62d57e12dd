//! Pages that are no articles: challenges, consent walls, logins, error pages.
//!
//! They come with status 200 and would otherwise be stored as the article. Recognised by what
//! they say and by how little they say; a long text is never refused for a word.

use super::page::Page;
use crate::model::text::head;
use std::fmt;

/// Why a page gave no article, in words for a person through `Display`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The page is larger than the configured size, in bytes.
    TooBig(usize),
    /// A captcha or a check of the browser; later it may be passed.
    Challenge,
    /// A demand to accept cookies before anything is shown.
    Consent,
    /// A form to log in or to register.
    Login,
    /// The site's message that there is nothing or something broke.
    ErrorPage,
    /// No text that could be an article.
    NoText,
}

impl Refused {
    /// True where asking again later can help.
    pub fn is_passing(self) -> bool {
        matches!(self, Self::Challenge | Self::Consent | Self::ErrorPage)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooBig(bytes) => {
                write!(f, "the page has {bytes} bytes, more than `max_size` allows")
            }
            Self::Challenge => f.write_str(
                "the site shows a captcha or a check of the browser instead of the article",
            ),
            Self::Consent => f.write_str("the site shows a consent wall instead of the article"),
            Self::Login => f.write_str("the site asks to log in instead of showing the article"),
            Self::ErrorPage => f.write_str("the site shows an error page instead of the article"),
            Self::NoText => f.write_str("the page holds no text that could be an article"),
        }
    }
}

impl std::error::Error for Refused {}

/// A page with more characters than this outside its menus is taken for what it seems to be.
const SHORT: u32 = 900;

/// A body with fewer characters is next to nothing: what the page says counts then.
const NOTHING: usize = 200;

/// The longest notice that stands in place of an article, in characters.
const NOTICE: usize = 600;

/// What such pages say, in their title or their text.
const SIGNS: [(Refused, &[&str]); 4] = [
    (
        Refused::Challenge,
        &[
            "just a moment",
            "checking your browser",
            "checking if the site connection is secure",
            "verify you are human",
            "verifying you are human",
            "are you a robot",
            "are you human",
            "attention required",
            "enable javascript and cookies",
            "captcha",
            "unusual traffic",
            "ddos protection",
            "security check",
            "please wait while we verify",
            "access to this page has been denied",
            "press & hold",
            "bot detection",
            "browser check",
        ],
    ),
    (
        Refused::Consent,
        &[
            "before you continue",
            "we value your privacy",
            "we use cookies",
            "accept all cookies",
            "cookie consent",
            "consent to",
            "your privacy choices",
            "manage your privacy",
            "zustimmung",
            "wir und unsere partner",
            "nous et nos partenaires",
            "your data, your",
        ],
    ),
    (
        Refused::ErrorPage,
        &[
            "404",
            "page not found",
            "not found",
            "403 forbidden",
            "access denied",
            "forbidden",
            "500 internal",
            "internal server error",
            "bad gateway",
            "service unavailable",
            "gateway timeout",
            "something went wrong",
            "page doesn't exist",
            "page does not exist",
            "no longer available",
            "seite nicht gefunden",
            "page introuvable",
            "página no encontrada",
            "error 5",
        ],
    ),
    (
        Refused::Login,
        &[
            "log in to continue",
            "sign in to continue",
            "login required",
            "please log in",
            "please sign in",
            "log in or sign up",
            "create an account or log in",
            "you must be logged in",
        ],
    ),
];

/// Why a page is no article; `body` is the text that was found in it. A notice beside a short
/// article is no reason: the body itself has to speak like one, or to be next to nothing.
pub(super) fn refusal(page: &Page<'_>, body: &str) -> Option<Refused> {
    let all: u32 = page.blocks.iter().map(|b| b.chars - b.linked.min(b.chars)).sum();
    let body_chars = body.chars().count();
    if all >= SHORT && body_chars >= NOTHING {
        return None;
    }
    let title = page.title.unwrap_or_default().trim().to_lowercase();
    let spoken = if body_chars < NOTHING { page.text.as_str() } else { body };
    let spoken = head(spoken, 4000).to_lowercase();
    let may_be_notice = all < SHORT && body_chars < NOTICE;
    SIGNS.iter().find_map(|(why, signs)| {
        let in_title = signs.iter().any(|s| title.contains(s));
        let in_text = may_be_notice && signs.iter().any(|s| s.len() > 4 && spoken.contains(s));
        (in_title || in_text).then_some(*why)
    })
}
