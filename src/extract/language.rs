//! The language of a text: as declared where that is a language, else detected.

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
    let info = whatlang::detect(head)?;
    info.is_reliable().then(|| two_letters(info.lang()).to_owned())
}

/// The declared language, unless the text is surely in another one.
pub(super) fn choose(given: Option<&str>, text: &str) -> Option<String> {
    let Some(tag) = given.and_then(declared) else { return detect(text) };
    // A tag with a region was chosen by a person; only a bare one may be a template's default.
    let sample = crate::model::text::head(text, SAMPLE);
    if tag.len() > 2 || text.len() < DETECT_MIN || speaks(sample, &tag) {
        return Some(tag);
    }
    let found = whatlang::detect(sample);
    let other = found.filter(|i| i.is_reliable() && i.confidence() > 0.99);
    Some(other.map_or(tag, |i| two_letters(i.lang()).to_owned()))
}

/// Small words of the languages that are declared most. No word stands in two of the lists.
const SMALL_WORDS: [(&str, &str); 7] = [
    ("en", "the of and to is that for was with as be at by this are from have has it its"),
    ("de", "der die das und ist nicht den von mit dem auf für eine sich auch im zu wird"),
    ("fr", "le les des est et dans une du pour qui sur pas au plus avec ce cette ont"),
    ("es", "el los las y del que una con su por es al más fue pero han"),
    ("it", "il di che è della per non gli sono nel alla più anche dei ha"),
    ("pt", "os não em do uma da foi ao são dos mais pelo também à pela"),
    ("nl", "het een van de en niet dat op te zijn voor met aan ook door wordt"),
];

/// Of so many words at least one is small where a text is in the language.
const SMALL_EVERY: usize = 5;

/// True where small words of the language are as frequent as only its own texts have them: then
/// nobody need ask the detector, which costs as much as all the rest of a short page.
fn speaks(text: &str, language: &str) -> bool {
    let Some((_, list)) = SMALL_WORDS.iter().find(|(tag, _)| *tag == language) else {
        return false;
    };
    let words = || text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty());
    let small = words().filter(|w| list.split(' ').any(|s| s == *w)).count();
    small * SMALL_EVERY >= words().count()
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
