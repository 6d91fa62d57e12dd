//! The language of a text: as declared where that is a language, else detected.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Least characters on which detection is tried.
const DETECT_MIN: usize = 80;

/// Bytes of a text that detection looks at: more make it slower, not surer.
const SAMPLE: usize = 800;

/// A BCP 47 tag as declared, in its usual letters (`en-GB`); `None` for what is no tag.
pub(super) fn declared(tag: &str) -> Option<String> {
    let tag = tag.trim().replace('_', "-");
    let mut parts = tag.split('-');
    let primary = parts.next()?.to_ascii_lowercase();
    let valid = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
    if !valid {
        return None;
    }
    let rest = parts
        .filter(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    let rest = rest.map(|p| if p.len() == 2 { p.to_ascii_uppercase() } else { p.to_owned() });
    Some(std::iter::once(primary).chain(rest.take(2)).collect::<Vec<_>>().join("-"))
}

/// The language that a text is written in, where it is long enough to tell.
pub(super) fn detect(text: &str) -> Option<String> {
    let head = crate::model::text::head(text, SAMPLE);
    if head.len() < DETECT_MIN {
        return None;
    }
    if let Some(spoken) = spoken(head) {
        return Some(spoken.to_owned());
    }
    let info = whatlang::detect(head)?;
    info.is_reliable().then(|| two_letters(info.lang()).to_owned())
}

/// The declared language, unless the text is surely in another one.
pub(super) fn choose(given: Option<&str>, text: &str) -> Option<String> {
    let Some(tag) = given.and_then(declared) else { return detect(text) };
    // A tag with a region was chosen by a person; only a bare one may be a template's default.
    if tag.len() > 2 || text.len() < DETECT_MIN {
        return Some(tag);
    }
    let sample = crate::model::text::head(text, SAMPLE);
    if let Some(spoken) = spoken(sample) {
        return Some(spoken.to_owned());
    }
    let found = whatlang::detect(sample);
    let other = found.filter(|i| i.is_reliable() && i.confidence() > 0.99);
    Some(other.map_or(tag, |i| two_letters(i.lang()).to_owned()))
}

/// Small words of the languages that are declared most. No word stands in two of the lists.
const SMALL_WORDS: [(&str, &str); LANGUAGES] = [
    (
        "en",
        "the of and to is that for was with as be at by this are from have has it its his he she they we you not but or will would had who which their were been can more about said after",
    ),
    (
        "de",
        "der die das und ist nicht den von mit dem auf für eine sich auch im zu wird einen einer ein des dass oder aus bei nach wie sind wurde haben hat werden noch kann über zum zur",
    ),
    (
        "fr",
        "le les des est et dans une du pour qui sur pas au plus avec ce cette ont aux sont il elle nous vous mais ou être comme ses leur par",
    ),
    (
        "es",
        "el los las y del que una con su por es al más fue pero han sus esta este como lo ha para entre cuando sobre desde también",
    ),
    ("it", "di che è della per non gli sono nel alla più anche dei ha"),
    ("pt", "os não em do uma da foi ao são dos mais pelo à pela um ou seu sua das na no nas nos"),
    (
        "nl",
        "het een van de en niet dat op te zijn voor met aan ook door wordt maar bij naar uit worden heeft",
    ),
];

const LANGUAGES: usize = 7;

/// The words and the numbers of the languages whose they are: nobody's own where two lists have it.
static TABLE: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| {
    let mut table = HashMap::new();
    let lists = SMALL_WORDS.iter().enumerate();
    for (language, word) in lists.flat_map(|(at, (_, list))| list.split(' ').map(move |w| (at, w)))
    {
        table.entry(word).and_modify(|of| *of = LANGUAGES).or_insert(language);
    }
    table
});

/// Of so many words at least one is small where a text is in the language.
const SMALL_EVERY: usize = 5;

/// So many times as many small words as of any other language has a text in the language.
const CLEARLY: usize = 4;

/// The language whose small words are as frequent as only its own texts have them: then nobody
/// need ask the detector, which costs as much as all the rest of a short page.
fn spoken(text: &str) -> Option<&'static str> {
    let (mut hits, mut all) = ([0; LANGUAGES], 0);
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()) {
        all += 1;
        if let Some(hit) = TABLE.get(word).and_then(|language| hits.get_mut(*language)) {
            *hit += 1;
        }
    }
    let (best, most) = hits.iter().enumerate().max_by_key(|(_, hits)| **hits)?;
    let others =
        hits.iter().enumerate().filter(|(at, _)| *at != best).map(|(_, hits)| *hits).max()?;
    let clear = most * SMALL_EVERY >= all && *most >= others * CLEARLY;
    SMALL_WORDS.get(best).filter(|_| clear && all > 0).map(|(tag, _)| *tag)
}

fn two_letters(lang: whatlang::Lang) -> &'static str {
    match lang.code() {
        "eng" => "en",
        "deu" => "de",
        "fra" => "fr",
        "spa" => "es",
        "por" => "pt",
        "ita" => "it",
        "nld" => "nl",
        "rus" => "ru",
        "ukr" => "uk",
        "pol" => "pl",
        "ces" => "cs",
        "slk" => "sk",
        "slv" => "sl",
        "hun" => "hu",
        "ron" => "ro",
        "bul" => "bg",
        "srp" => "sr",
        "hrv" => "hr",
        "ell" => "el",
        "tur" => "tr",
        "swe" => "sv",
        "dan" => "da",
        "nob" => "nb",
        "fin" => "fi",
        "est" => "et",
        "lav" => "lv",
        "lit" => "lt",
        "jpn" => "ja",
        "cmn" => "zh",
        "kor" => "ko",
        "ara" => "ar",
        "heb" => "he",
        "pes" => "fa",
        "hin" => "hi",
        "ben" => "bn",
        "tam" => "ta",
        "tel" => "te",
        "urd" => "ur",
        "tha" => "th",
        "vie" => "vi",
        "ind" => "id",
        "cat" => "ca",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Option<&str>) {
        assert_eq!(spoken(text), expect, "{text}");
    }

    #[test]
    fn small_words_tell_the_language() {
        check("The report was read to all of them, and it is the one that they want.", Some("en"));
        check(
            "Der Bericht ist für den Rat, und die Stadt wird ihn nicht mit Freude lesen.",
            Some("de"),
        );
        check(
            "Le conseil est dans la salle avec les élus, et il ne sait pas qui va lire.",
            Some("fr"),
        );
        check(
            "El informe fue para los vecinos y el alcalde no habla con las familias.",
            Some("es"),
        );
        check("Council report bridge harbour Monday", None);
        check("Раппорт совета читали вслух", None);
        check("", None);
    }

    #[test]
    fn a_template_may_declare_another_language() {
        let german = "Der Rat hat den Bericht für die Stadt gelesen, und er ist mit dem Bau nicht \
                      zufrieden, wie es auf der Seite des Amtes heißt.";
        assert_eq!(choose(Some("en"), german).as_deref(), Some("de"));
        assert_eq!(choose(Some("en-GB"), german).as_deref(), Some("en-GB"));
        assert_eq!(choose(Some("de"), german).as_deref(), Some("de"));
        assert_eq!(choose(None, german).as_deref(), Some("de"));
    }
}
