//! [`Entry`]: one item of a feed as `feed` read it, before its page was fetched.

use super::{Link, Timestamp};
use serde::{Deserialize, Serialize};

/// One item of a feed. Texts are cleaned and capped; `summary` and `content` are the publisher's
/// HTML, not yet sanitised: only `extract` turns them into something to store.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Entry {
    /// What identifies the entry within its feed: the GUID where that is usable, else the link,
    /// else a hash of title and content. Never empty, at most 512 bytes.
    pub key: String,
    /// The GUID as published, cleaned; `None` where the feed gives none.
    pub guid: Option<String>,
    /// Where the article stands.
    pub link: Option<Link>,
    /// Plain text on one line; may be empty.
    pub title: String,
    /// When the publisher says it appeared; never checked against a clock here.
    pub published: Option<Timestamp>,
    /// When the publisher says it last changed.
    pub updated: Option<Timestamp>,
    /// Who wrote it.
    pub authors: Vec<Person>,
    /// Teaser, HTML as published.
    pub summary: Option<String>,
    /// Full text, HTML as published.
    pub content: Option<String>,
    /// Categories and keywords, plain text.
    pub categories: Vec<String>,
    /// Attached media.
    pub enclosures: Vec<Enclosure>,
    /// Where readers comment.
    pub comments: Option<Link>,
    /// Language as declared (BCP 47).
    pub language: Option<String>,
    /// Picture that stands for the entry.
    pub image: Option<Link>,
    /// Copyright line, plain text.
    pub rights: Option<String>,
}

/// Somebody named as an author.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Person {
    /// Name, plain text; may be empty where only an address is given.
    pub name: String,
    /// E-mail address as published.
    pub email: Option<String>,
    /// Home page as published.
    pub uri: Option<String>,
}

/// An attached media file (RSS `enclosure`, Atom `rel="enclosure"`, Media RSS `content`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enclosure {
    /// Where the file is.
    pub url: Link,
    /// Media type as published.
    pub media_type: Option<String>,
    /// Length in bytes as published.
    pub length: Option<u64>,
}
