//! The language of a text: as declared where that is a language, else detected.

/// Least characters on which detection is tried.
const DETECT_MIN: usize = 80;

/// Bytes of a text that detection looks at: more make it slower, not surer.
const SAMPLE: usize = 1200;

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
    if tag.len() > 2 || text.len() < DETECT_MIN {
        return Some(tag);
    }
    let found = whatlang::detect(crate::model::text::head(text, SAMPLE));
    let other = found.filter(|i| i.is_reliable() && i.confidence() > 0.99);
    Some(other.map_or(tag, |i| two_letters(i.lang()).to_owned()))
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
