//! Text → words as they are looked up: in lower case, stemmed by language, without accents.
//!
//! Scripts that put no spaces between words are cut into overlapping pairs of characters, the usual
//! way to search them without a dictionary (Lucene's `CJKBigramFilter` does the same): a query of
//! more characters becomes a phrase of pairs.

use tantivy::tokenizer::{
    AsciiFoldingFilter, BoxTokenStream, Language, LowerCaser, RemoveLongFilter, Stemmer,
    TextAnalyzer, Token, TokenStream, Tokenizer,
};

/// Longer words are no words: base64, hashes, addresses.
const WORD_MAX: usize = 64;

/// Languages with a stemmer, by the first part of their BCP 47 tags.
const STEMMERS: [(&str, Language); 18] = [
    ("ar", Language::Arabic),
    ("da", Language::Danish),
    ("de", Language::German),
    ("el", Language::Greek),
    ("en", Language::English),
    ("es", Language::Spanish),
    ("fi", Language::Finnish),
    ("fr", Language::French),
    ("hu", Language::Hungarian),
    ("it", Language::Italian),
    ("nl", Language::Dutch),
    ("no", Language::Norwegian),
    ("pt", Language::Portuguese),
    ("ro", Language::Romanian),
    ("ru", Language::Russian),
    ("sv", Language::Swedish),
    ("ta", Language::Tamil),
    ("tr", Language::Turkish),
];

/// How texts in a language become words. Languages that are treated alike have one name, which is
/// empty where there is no stemmer.
pub(super) fn treatment(language: Option<&str>) -> &'static str {
    let main = language.unwrap_or_default().split('-').next().unwrap_or_default();
    let main = main.to_ascii_lowercase();
    // Bokmål and Nynorsk share a stemmer.
    let main = if matches!(main.as_str(), "nb" | "nn") { "no" } else { &main };
    STEMMERS.iter().find(|(name, _)| *name == main).map_or("", |(name, _)| name)
}

/// All treatments.
pub(super) fn treatments() -> impl Iterator<Item = &'static str> {
    STEMMERS.iter().map(|(name, _)| *name).chain([""])
}

/// The analyzer of a treatment.
pub(super) fn analyzer(treatment: &str) -> TextAnalyzer {
    let words =
        TextAnalyzer::builder(Words).filter(RemoveLongFilter::limit(WORD_MAX)).filter(LowerCaser);
    let stemmer = STEMMERS.iter().find(|(name, _)| *name == treatment);
    match stemmer {
        Some((_, language)) => {
            words.filter(Stemmer::new(*language)).filter(AsciiFoldingFilter).build()
        }
        None => words.filter(AsciiFoldingFilter).build(),
    }
}

/// `text` as [`Treated`] takes it.
pub(super) fn tagged(treatment: &str, text: &str) -> String {
    [treatment, "\n", text].concat()
}

/// Cuts texts whose first line names their treatment, for the index: words that were cut before
/// would reach it as JSON, which costs more than all the rest.
#[derive(Clone, Default)]
pub(super) struct Treated(Vec<(&'static str, TextAnalyzer)>);

impl Tokenizer for Treated {
    type TokenStream<'a> = BoxTokenStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> BoxTokenStream<'a> {
        let (language, text) = text.split_once('\n').unwrap_or(("", text));
        let treatment = treatment(Some(language));
        if self.0.iter().all(|(name, _)| *name != treatment) {
            self.0.push((treatment, analyzer(treatment)));
        }
        match self.0.iter_mut().find(|(name, _)| *name == treatment) {
            Some((_, analyzer)) => analyzer.token_stream(text),
            None => BoxTokenStream::new(Cut::new(text)),
        }
    }
}

/// Cuts a text into words.
#[derive(Debug, Clone, Copy)]
struct Words;

/// The words of a text, one after the other.
struct Cut<'a> {
    text: &'a str,
    /// The place behind what was cut.
    at: usize,
    /// Where the run without spaces ends that is being cut into pairs.
    pairs_end: usize,
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = Cut<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Cut<'a> {
        Cut::new(text)
    }
}

impl<'a> Cut<'a> {
    fn new(text: &'a str) -> Self {
        // Counts up to 0 with the first word.
        let token = Token { position: usize::MAX, ..Token::default() };
        Self { text, at: 0, pairs_end: 0, token }
    }

    fn rest(&self, from: usize) -> &'a str {
        self.text.get(from..).unwrap_or_default()
    }

    /// The place behind the character at `at`.
    fn behind(&self, at: usize) -> usize {
        at + self.rest(at).chars().next().map_or(0, char::len_utf8)
    }

    /// From where to where the next word stands; `None` at the end.
    fn next_word(&mut self) -> Option<(usize, usize)> {
        if self.at >= self.pairs_end {
            let (skipped, first) =
                self.rest(self.at).char_indices().find(|(_, c)| c.is_alphanumeric())?;
            let (from, dense) = (self.at + skipped, is_dense(first));
            let run = self.rest(from);
            let len = run.char_indices().skip(1).find(|(_, c)| !belongs(*c, dense));
            let end = from + len.map_or(run.len(), |(len, _)| len);
            let is_long = dense && self.behind(self.behind(from)) < end;
            if !is_long {
                self.at = end;
                return Some((from, end));
            }
            (self.at, self.pairs_end) = (from, end);
        }
        let (from, second) = (self.at, self.behind(self.at));
        let to = self.behind(second);
        // The last character begins no pair.
        self.at = if to >= self.pairs_end { self.pairs_end } else { second };
        Some((from, to))
    }
}

impl TokenStream for Cut<'_> {
    fn advance(&mut self) -> bool {
        let Some((from, to)) = self.next_word() else { return false };
        self.token.offset_from = from;
        self.token.offset_to = to;
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text.clear();
        self.token.text.push_str(self.text.get(from..to).unwrap_or_default());
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// True where a character goes on with a run of its kind; marks belong to what they stand on.
fn belongs(c: char, dense: bool) -> bool {
    let is_mark = matches!(u32::from(c), 0x300..=0x36f | 0x900..=0xdff | 0xe31 | 0xe34..=0xe4e);
    (c.is_alphanumeric() || is_mark) && is_dense(c) == dense
}

/// True for scripts without spaces between words: Han, kana, Thai, Lao, Khmer, Burmese.
fn is_dense(c: char) -> bool {
    matches!(u32::from(c),
        0xe00..=0xeff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x31f0..=0x31ff
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0xff66..=0xff9f
        | 0x20000..=0x3ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(language: &str, text: &str, expect: &[&str]) {
        let mut analyzer = analyzer(treatment(Some(language)));
        let mut words = Vec::new();
        analyzer.token_stream(text).process(&mut |token| words.push(token.text.clone()));
        assert_eq!(words, expect, "{language} {text}");
    }

    #[test]
    fn the_first_line_names_the_treatment() {
        let mut treated = Treated::default();
        for (language, expect) in [("en", "elect"), ("", "elections"), ("en", "elect")] {
            let text = tagged(language, "Elections");
            let mut words = Vec::new();
            treated.token_stream(&text).process(&mut |token| words.push(token.text.clone()));
            assert_eq!(words, [expect]);
        }
    }

    #[test]
    fn words_by_language() {
        check("en-GB", "The ministers' Elections!", &["the", "minist", "elect"]);
        check("de", "Die Häuser", &["die", "haus"]);
        check("fr", "l'été, États", &["l", "ete", "etat"]);
        check("xx", "Elections", &["elections"]);
        check("ja", "東京都は 日本", &["東京", "京都", "都は", "日本"]);
        check("zh", "在 abc北京x", &["在", "abc", "北京", "x"]);
        check("th", "ภาษาไทย", &["ภา", "าษ", "ษา", "าไ", "ไท", "ทย"]);
        check("en", &"x".repeat(65), &[]);
        check("en", "", &[]);
    }
}
