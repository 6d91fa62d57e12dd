//! What class names and ids say about an element, as a set of [`Word`]s.
//!
//! The names come from many sites and languages of markup authors; a single word proves nothing,
//! so they are only features to weigh, never rules.

use super::tokens::ByHash;
use std::sync::LazyLock;

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
#[derive(Default)]
pub(super) struct Lexicon {
    seen: ByHash<u64, Words>,
    /// The word at hand; kept for its room.
    word: Hashed,
}

impl Lexicon {
    /// What the names say.
    pub(super) fn read(&mut self, names: &str) -> Words {
        let key = xxhash_rust::xxh3::xxh3_64(names.as_bytes());
        if let Some(words) = self.seen.get(&key) {
            return *words;
        }
        let words = self.split(names);
        self.seen.insert(key, words);
        words
    }

    /// The words of names: divided at everything but letters and at `camelCase`, in lower case.
    fn split(&mut self, names: &str) -> Words {
        let mut found = Words::default();
        let mut was_lower = false;
        for c in crate::model::text::head(names, NAMES_MAX).chars().chain([' ']) {
            if c.is_ascii_lowercase() {
                self.word.push_byte(c as u8);
                was_lower = true;
                continue;
            }
            let is_letter = c.is_alphabetic();
            if !is_letter || c.is_uppercase() && was_lower {
                found = found.with(self.word.look_up());
                self.word.clear();
            }
            if is_letter {
                c.to_lowercase().for_each(|c| self.word.push(c));
            }
            was_lower = c.is_lowercase();
        }
        found
    }
}

/// Longest list of names that is read, in bytes.
const NAMES_MAX: usize = 256;

/// A part of a word counts from so many bytes on.
const PART_MIN: usize = 5;

/// Longest word of the lexicon, in bytes.
const PART_MAX: usize = 24;

/// The base of the hashes: those of all parts of a word follow from those of its beginnings.
const BASE: u64 = 0x0000_0100_0000_01b3;

/// The powers of the base.
static POWERS: LazyLock<[u64; PART_MAX + 1]> = LazyLock::new(|| {
    let mut next = 1_u64;
    std::array::from_fn(|_| {
        let power = next;
        next = power.wrapping_mul(BASE);
        power
    })
});

/// The lexicon by the hashes of its words.
static TABLE: LazyLock<ByHash<u64, Words>> = LazyLock::new(|| {
    let mut table: ByHash<u64, Words> = ByHash::default();
    for (word, names) in LEXICON {
        for name in names.split(' ') {
            let mut hashed = Hashed::default();
            name.chars().for_each(|c| hashed.push(c));
            table.entry(hashed.whole()).or_default().0 |= 1 << word as u32;
        }
    }
    table
});

/// A word as the hashes of all its beginnings, from that of one byte on.
#[derive(Default)]
struct Hashed(Vec<u64>);

impl Hashed {
    fn clear(&mut self) {
        self.0.clear();
    }

    fn push(&mut self, c: char) {
        let mut bytes = [0; 4];
        c.encode_utf8(&mut bytes).bytes().for_each(|byte| self.push_byte(byte));
    }

    fn push_byte(&mut self, byte: u8) {
        self.0.push(self.whole().wrapping_mul(BASE).wrapping_add(u64::from(byte) + 1));
    }

    /// The hash of the whole word.
    fn whole(&self) -> u64 {
        self.0.last().copied().unwrap_or(0)
    }

    /// What the word says as a whole, else what its beginnings and ends say.
    fn look_up(&self) -> Words {
        let length = self.0.len();
        if length == 0 {
            return Words::default();
        }
        let (table, whole) = (&*TABLE, self.whole());
        if let Some(words) = table.get(&whole).filter(|_| length <= PART_MAX) {
            return *words;
        }
        let mut found = Words::default();
        for part in PART_MIN..=PART_MAX.min(length.saturating_sub(1)) {
            let head = self.0.get(part - 1);
            let power = POWERS.get(part).copied().unwrap_or(0);
            let tail =
                self.0.get(length - part - 1).map(|h| whole.wrapping_sub(h.wrapping_mul(power)));
            for words in [head.copied(), tail].into_iter().flatten().filter_map(|h| table.get(&h)) {
                found = found.with(*words);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &str, expect: &[Word]) {
        let words = Lexicon::default().read(names);
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
