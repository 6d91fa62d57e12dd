//! Text → words as they are looked up: in lower case, stemmed by language, without accents.
//!
//! Scripts that put no spaces between words are cut into overlapping pairs of characters, the usual
//! way to search them without a dictionary (Lucene's `CJKBigramFilter` does the same): a query of
//! more characters becomes a phrase of pairs.

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, Stemmer, TextAnalyzer, Token,
    TokenStream, Tokenizer,
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

/// Cuts a text into words.
#[derive(Debug, Clone, Copy)]
struct Words;

/// The words of a text, cut in advance: the next is the last.
struct Cut(Vec<Token>, Token);

impl Tokenizer for Words {
    type TokenStream<'a> = Cut;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Cut {
        let mut tokens = cut(text);
        tokens.reverse();
        Cut(tokens, Token::default())
    }
}

impl TokenStream for Cut {
    fn advance(&mut self) -> bool {
        let next = self.0.pop();
        let more = next.is_some();
        self.1 = next.unwrap_or_default();
        more
    }

    fn token(&self) -> &Token {
        &self.1
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.1
    }
}

fn cut(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut push = |from: usize, to: usize| {
        let word = text.get(from..to).unwrap_or_default().to_owned();
        let position = tokens.len();
        let token =
            Token { offset_from: from, offset_to: to, position, text: word, position_length: 1 };
        tokens.push(token);
    };
    let mut rest = text.char_indices().peekable();
    while let Some((from, c)) = rest.next() {
        if !c.is_alphanumeric() {
            continue;
        }
        let dense = is_dense(c);
        // Where the run ends, and where each of its characters does.
        let mut ends = vec![from + c.len_utf8()];
        while let Some((at, c)) = rest.next_if(|(_, c)| belongs(*c, dense)) {
            ends.push(at + c.len_utf8());
        }
        let end = ends.last().copied().unwrap_or(from);
        if !dense || ends.len() < 3 {
            push(from, end);
            continue;
        }
        let starts = std::iter::once(from).chain(ends.iter().copied());
        for (start, end) in starts.zip(ends.iter().skip(1)) {
            push(start, *end);
        }
    }
    tokens
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
    fn words_by_language() {
        check("en-GB", "The ministers' Elections!", &["the", "minist", "elect"]);
        check("de", "Die Häuser", &["die", "haus"]);
        check("fr", "l'été, États", &["l", "ete", "etat"]);
        check("xx", "Elections", &["elections"]);
        check("ja", "東京都は 日本", &["東京", "京都", "都は", "日本"]);
        check("zh", "在 abc北京x", &["在", "abc", "北京", "x"]);
        check("en", &"x".repeat(65), &[]);
        check("en", "", &[]);
    }
}
