//! Candidate and what is known → verdict; URL keys, text keys, anchors, stories.
//!
//! No threshold on one similarity tells copies from texts of one template, so the checks come in
//! order of cost and certainty: [`decide_exact`] by identity and equal text, then [`decide_near`]
//! on the texts that share anchors, with guards on names and numbers. The stage is pure: the
//! pipeline looks up in the store what [`Known`] and [`Near`] hold and writes down what follows.
//! Everything the index needs can be computed again from an article's record
//! ([`Features::of_article`]).

mod anchors;
mod compare;
mod decide;
mod difference;
mod digest;
mod features;
mod filter;
mod furniture;
mod index;
mod journal;
mod mojibake;
mod postings;
mod repeats;
mod rules;
mod settings;
mod sites;
pub mod story;
mod url_key;
mod words;

pub use decide::{Known, Match, Near, Verdict, decide_exact, decide_near, identity};
pub use difference::{Fate, Step, difference};
pub use digest::Suspect;
pub use features::{Candidate, Features, TextKey, text_key};
pub use furniture::{Furniture, Lines, story_tag};
pub use index::{Index, Put};
pub use repeats::{Elsewhere, Repeats};
pub use settings::{Alike, Duplicates, Settings};
pub use url_key::{UrlKey, trusted_canonical, url_key};
