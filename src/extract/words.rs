//! What class names and ids say about an element, as a set of [`Word`]s.
//!
//! The names come from many sites and languages of markup authors; a single word proves nothing,
//! so they are only features to weigh, never rules.

use super::tokens::ByHash;
use std::collections::HashMap;

/// Kinds of words in class names and ids; each is one bit of [`Words`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Word {
    Article,
    Body,
    Content,
    Text,
    Lead,
    Title,
    Author,
    Date,
    Meta,
    Caption,
    Credit,
    Image,
    Related,
    Share,
    Comment,
    Ad,
    Newsletter,
    Cookie,
    Nav,
    Footer,
    Sidebar,
    Widget,
    Tag,
    Paywall,
    Quote,
    Embed,
    Teaser,
    List,
    Video,
    Hidden,
    Login,
    Note,
}

/// How many kinds there are.
pub(super) const WORD_COUNT: usize = 32;

/// A set of [`Word`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Words(pub(super) u32);

impl Words {
    /// True where the set holds the word.
    pub(super) fn has(self, word: Word) -> bool {
        self.0 & (1 << word as u32) != 0
    }

    /// Both sets together.
    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The words of a kind, separated by spaces. A word of five letters or more also counts at the
/// beginning or the end of a longer one (`articlebody`, `sharebar`).
const LEXICON: [(Word, &str); WORD_COUNT] = [
    (
        Word::Article,
        "article artikel articolo articulo story post entry news single blog noticia nota",
    ),
    (
        Word::Body,
        "body articlebody storybody fulltext bodytext bodycopy copy maincontent richtext prose wysiwyg rte",
    ),
    (
        Word::Content,
        "content contents inhalt contenido conteudo contenu main page hentry primary detail details",
    ),
    (Word::Text, "text txt texte texto paragraph paragraphs para p graf txtbody wpb"),
    (
        Word::Lead,
        "lead lede intro standfirst excerpt summary abstract deck dek chapo chapeau subtitle subheadline subhead subheading vorspann sapo description desc preamble ingress kicker bajada entradilla",
    ),
    (Word::Title, "title titre titulo headline heading hed header hl head h1 überschrift"),
    (
        Word::Author,
        "author authors byline autor auteur autore writer contributor contributors by reporter bio profile avatar vcard",
    ),
    (
        Word::Date,
        "date dateline time timestamp datetime published publish updated pubdate datum fecha data posted",
    ),
    (Word::Meta, "meta info infos metadata details topbar eyebrow kicker label labels section"),
    (
        Word::Caption,
        "caption captions legend legende bildunterschrift wp-caption-text imagecaption photocaption pie bu",
    ),
    (
        Word::Credit,
        "credit credits copyright source copyrights rights photographer fotograf courtesy",
    ),
    (
        Word::Image,
        "image images img photo photos picture figure gallery slideshow slider carousel media foto bild thumbnail thumb lightbox",
    ),
    (
        Word::Related,
        "related relacionadas relacionados more moreon readmore also recommended recommend recommendations recirc recirculation similar suggested suggestions most popular trending latest next previous prev seealso linklist outbrain taboola further mehr weitere upnext pinned crosslink inline-link internal linked promo promoted",
    ),
    (
        Word::Share,
        "share sharing shares social socials facebook twitter whatsapp linkedin pinterest addthis sharedaddy addtoany sharebar follow tools toolbar actions buttons print email",
    ),
    (
        Word::Comment,
        "comment comments disqus discussion respond reply replies kommentare kommentar forum commentlist comentarios livefyre reactions feedback rating ratings vote poll survey",
    ),
    (
        Word::Ad,
        "ad ads adv advert advertisement advertising adsense adslot dfp banner sponsor sponsored sponsorship commercial anzeige werbung publicidad publicite affiliate gpt adunit advertorial",
    ),
    (
        Word::Newsletter,
        "newsletter newsletters subscribe subscription signup sign mailing abo abonnement optin mailchimp cta donate donation membership support campaign",
    ),
    (Word::Cookie, "cookie cookies consent gdpr privacy onetrust cmp cookiebanner"),
    (
        Word::Nav,
        "nav navi navigation menu menus breadcrumb breadcrumbs pagination pager paging toc tabs tab dropdown sitemap topnav navbar skip links link submenu",
    ),
    (Word::Footer, "footer foot bottom legal disclaimer copyright colophon imprint"),
    (
        Word::Sidebar,
        "sidebar side aside rail right secondary sidebars rightcol column col complementary",
    ),
    (
        Word::Widget,
        "widget widgets module modules box infobox factbox panel card cards teaser tile tiles item block callout",
    ),
    (
        Word::Tag,
        "tag tags keywords topic topics category categories cat cats taxonomy hashtags themes schlagworte rubric rubrik",
    ),
    (
        Word::Paywall,
        "paywall premium subscriber subscribers locked regwall metered piano gate gated plus paid barrier",
    ),
    (Word::Quote, "quote quotes pullquote blockquote quotation zitat pull"),
    (
        Word::Embed,
        "embed embeds tweet instagram youtube embedded oembed facebookpost iframe interactive",
    ),
    (
        Word::Teaser,
        "teaser teasers preview snippet excerpts feed stream river archive grid listing loop collection",
    ),
    (Word::List, "list liste items ul results index"),
    (Word::Video, "video videos player audio podcast podcasts listen jwplayer playlist"),
    (
        Word::Hidden,
        "hidden hide visually sr-only screen-reader screenreader sronly reader offscreen noprint invisible",
    ),
    (
        Word::Login,
        "login signin register account modal popup overlay dialog search searchform form alert notification notice toast",
    ),
    (
        Word::Note,
        "note notes footnote footnotes references correction corrections reference citation editor endnote bibliography tagline disclosure",
    ),
];

/// Reads class names; remembers what it has read, since a page repeats few names often.
pub(super) struct Lexicon {
    words: &'static HashMap<&'static str, Words>,
    seen: ByHash<u64, Words>,
}

impl Lexicon {
    /// An empty memory over the one lexicon.
    pub(super) fn new() -> Self {
        Self { words: table(), seen: ByHash::default() }
    }

    /// What the names say.
    pub(super) fn read(&mut self, names: &str) -> Words {
        let key = xxhash_rust::xxh3::xxh3_64(names.as_bytes());
        let words = self.words;
        *self.seen.entry(key).or_insert_with(|| {
            split(names).iter().fold(Words::default(), |all, w| all.with(look_up(words, w)))
        })
    }
}

/// The lexicon as a table, built once.
fn table() -> &'static HashMap<&'static str, Words> {
    static TABLE: std::sync::LazyLock<HashMap<&'static str, Words>> =
        std::sync::LazyLock::new(|| {
            let mut table: HashMap<&'static str, Words> = HashMap::new();
            for (word, names) in LEXICON {
                for name in names.split(' ') {
                    table.entry(name).or_default().0 |= 1 << word as u32;
                }
            }
            table
        });
    &TABLE
}

fn look_up(table: &HashMap<&'static str, Words>, word: &str) -> Words {
    if let Some(words) = table.get(word) {
        return *words;
    }
    let mut found = Words::default();
    for at in word.char_indices().map(|(at, _)| at).filter(|at| *at > 0) {
        let (head, tail) = word.split_at(at);
        for part in [head, tail].into_iter().filter(|part| part.len() >= 5) {
            found = found.with(table.get(part).copied().unwrap_or_default());
        }
    }
    found
}

/// Longest list of names that is read, in bytes.
const NAMES_MAX: usize = 256;

/// The words of names: divided at everything but letters and at `camelCase`, in lower case.
fn split(names: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut was_lower = false;
    for c in crate::model::text::head(names, NAMES_MAX).chars().chain([' ']) {
        let starts = c.is_uppercase() && was_lower;
        if (starts || !c.is_alphabetic()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &str, expect: &[Word]) {
        let words = Lexicon::new().read(names);
        let expect = expect.iter().fold(0, |bits, w| bits | 1 << *w as u32);
        assert_eq!(words.0, expect, "{names}");
    }

    #[test]
    fn names_are_read() {
        check("c-articleBody x12", &[Word::Article, Word::Body]);
        check("sharebar", &[Word::Share]);
        check("zzz", &[]);
        check("article__share-tools", &[Word::Article, Word::Share]);
    }
}
