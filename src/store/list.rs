//! Lists of articles, newest first, page by page. A page continues behind an article, not at a
//! count: articles that come in meanwhile move nothing.

use super::card::Card;
use super::error::ReadError;
use super::read::{self, Store};
use super::{keys, record};
use crate::model::{Article, ArticleId, FeedId, Timestamp};
use std::fmt;
use std::str::FromStr;

/// Cards looked at for one page: a filter that hardly anything passes gets short pages instead of
/// making its reader wait.
const CARDS_MAX: usize = 20_000;

/// Which articles are wanted; the default wants all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Carried by this feed.
    pub feed: Option<FeedId>,
    /// Bears this tag, in upper or lower case.
    pub tag: Option<String>,
    /// In this language; `en` also finds `en-GB`.
    pub language: Option<String>,
    /// From this site.
    pub site: Option<String>,
    /// Published at or after this moment.
    pub published_after: Option<Timestamp>,
    /// Published before this moment.
    pub published_before: Option<Timestamp>,
    /// Leaves out copies of other articles.
    pub originals_only: bool,
}

/// Where a page ends and the next begins. Its text form is opaque to other programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(u64);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a{:x}", self.0)
    }
}

impl FromStr for Cursor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix('a').filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
        number.map(Self).ok_or_else(|| "not a cursor of a list of articles".to_owned())
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// The articles, newest first; may be fewer than asked for even where more follow.
    pub articles: Vec<Article>,
    /// Where the next page begins; `None` at the end of the list.
    pub next: Option<Cursor>,
}

impl Store {
    /// The articles that a filter wants, in the order in which they first came in, newest first:
    /// those behind `cursor`, at most `limit`.
    ///
    /// # Errors
    /// The engine cannot read, or a record is damaged.
    pub fn articles(
        &self,
        filter: &Filter,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, ReadError> {
        let mut page = Page::default();
        let end = cursor.map_or_else(|| keys::end(&[keys::CARD]), |c| keys::card(c.0));
        let view = self.view();
        for (looked, pair) in view.scan(&[keys::CARD], &end, true, 128).enumerate() {
            let (key, value) = pair?;
            let number = keys::number(&key).unwrap_or_default();
            let card: Card = record::decode(&view.join(&key, value)?)?;
            if filter.wants(&card)
                && let Some(article) = self.listed(number)?
            {
                page.articles.push(article);
            }
            if page.articles.len() >= limit || looked + 1 >= CARDS_MAX {
                page.next = Some(Cursor(number));
                break;
            }
        }
        Ok(page)
    }

    /// Articles that are kept no longer, oldest first, at most `limit`: those fetched before the
    /// moment that `kept_from` names for their tags (in lower case). Nothing that first came in at
    /// or after `newest` is looked at.
    ///
    /// # Errors
    /// The engine cannot read, or a record is damaged.
    pub fn aged(
        &self,
        kept_from: impl Fn(&[String]) -> Option<Timestamp>,
        newest: Timestamp,
        limit: usize,
    ) -> Result<Vec<ArticleId>, ReadError> {
        let view = self.view();
        let mut aged = Vec::new();
        for pair in view.all(keys::CARD) {
            let (key, value) = pair?;
            let card: Card = record::decode(&view.join(&key, value)?)?;
            let Some(kept_from) = kept_from(&card.tags) else { continue };
            let number = keys::number(&key).unwrap_or_default();
            let Some(article) = self.listed(number)? else { continue };
            if article.fetched < kept_from {
                aged.push(article.id);
            }
            if article.first_seen >= newest || aged.len() >= limit {
                break;
            }
        }
        Ok(aged)
    }

    /// The article of a card; `None` where it was deleted since the card was read.
    fn listed(&self, number: u64) -> Result<Option<Article>, ReadError> {
        read::steady(|| match self.view().get(&keys::card(number))? {
            Some(_) => read::by_number(self.view(), number).map(Some),
            None => Ok(None),
        })
    }
}

impl Filter {
    fn wants(&self, card: &Card) -> bool {
        let is = |wanted: &Option<String>, has: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(has))
        };
        self.feed.as_ref().is_none_or(|feed| card.feeds.iter().any(|f| f == feed.as_str()))
            && self.tag.as_ref().is_none_or(|tag| card.tags.contains(&tag.to_lowercase()))
            && self.wants_language(card.language.as_deref())
            && is(&self.site, &card.site)
            && self.wants_date(card.published)
            && !(self.originals_only && card.copy)
    }

    fn wants_language(&self, has: Option<&str>) -> bool {
        let Some(wanted) = &self.language else { return true };
        has.is_some_and(|has| {
            let main = has.split('-').next().unwrap_or_default();
            has.eq_ignore_ascii_case(wanted) || main.eq_ignore_ascii_case(wanted)
        })
    }

    fn wants_date(&self, has: Option<i64>) -> bool {
        let after = self.published_after.map(Timestamp::as_millisecond);
        let before = self.published_before.map(Timestamp::as_millisecond);
        after.is_none_or(|after| has.is_some_and(|has| has >= after))
            && before.is_none_or(|before| has.is_some_and(|has| has < before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_text() {
        assert_eq!(Cursor(4711).to_string().parse(), Ok(Cursor(4711)));
        for bad in ["", "a", "b1", "a+1", "az"] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad}");
        }
    }
}
