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
    if let Some(language) = SmallWords::of(head).language() {
        return Some(language.to_owned());
    }
    let info = whatlang::detect(head)?;
    info.is_reliable().then(|| two_letters(info.lang()).to_owned())
}

/// The declared language, unless the text is surely in another one.
pub(super) fn choose(given: Option<&str>, text: &str) -> Option<String> {
    let Some(tag) = given.and_then(declared) else { return detect(text) };
    // A tag with a region was chosen by a person; only a bare one may be a template's default.
    let sample = crate::model::text::head(text, SAMPLE);
    let words = SmallWords::of(sample);
    if tag.len() > 2 || text.len() < DETECT_MIN || words.speak(&tag) {
        return Some(tag);
    }
    if let Some(other) = words.language().filter(|_| SMALL_WORDS.iter().any(|(own, _)| *own == tag))
    {
        return Some(other.to_owned());
    }
    let found = whatlang::detect(sample);
    let other = found.filter(|i| i.is_reliable() && i.confidence() > 0.99);
    Some(other.map_or(tag, |i| two_letters(i.lang()).to_owned()))
}

/// Small words of the languages that are declared most. No word stands in two of the lists.
const SMALL_WORDS: [(&str, &str); 7] = [
    (
        "en",
        "the of and to is that for was with as be at by this are from have has it its not but \
         they his you which been were who their when would there said",
    ),
    (
        "de",
        "der die das und ist nicht den von mit dem auf für eine sich auch im zu wird bei einer \
         eines einen einem ein dass muss nach wie aus oder sie sind durch über wurde haben bis vom \
         zur zum noch nur aber werden kann",
    ),
    (
        "fr",
        "le les des est et dans une du pour qui sur pas au plus avec ce cette ont aux sont été ces \
         leur elle ils nous vous sans même aussi être",
    ),
    (
        "es",
        "el los las y del que una con su por es al más fue pero han sin sus ya muy también hay \
         desde cuando hasta fueron según",
    ),
    (
        "it",
        "il di che è della per non gli sono nel alla più anche dei ha dal dalla delle degli nella \
         nei questo questa stato hanno dopo essere cui",
    ),
    (
        "pt",
        "os não em do uma da foi ao são dos mais pelo também à pela é seu sua já muito foram sem \
         até isso após",
    ),
    (
        "nl",
        "het een van de en niet dat op te zijn voor met aan ook door wordt bij naar worden werd \
         heeft hebben deze uit nog maar",
    ),
];

/// Of so many words at least one is small where a text is in the language.
const SMALL_EVERY: usize = 5;

/// A language's small words are so many times more frequent than those of any other. Catalan has
/// many of the Spanish ones, and more than a few of the French and Italian ones.
const SMALL_LEAD: usize = 4;

/// Where each small word stands among [`SMALL_WORDS`].
static LANGUAGE_OF: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| {
    let lists = SMALL_WORDS.iter().enumerate();
    lists.flat_map(|(at, (_, list))| list.split(' ').map(move |word| (word, at))).collect()
});

/// How many small words of each language a text has. Where they are as frequent as only a
/// language's own texts have them, nobody need ask the detector, which costs as much as all the
/// rest of a short page.
struct SmallWords {
    all: usize,
    small: [usize; SMALL_WORDS.len()],
}

impl SmallWords {
    fn of(text: &str) -> Self {
        let mut count = Self { all: 0, small: [0; SMALL_WORDS.len()] };
        for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
            count.all += 1;
            if let Some(small) = LANGUAGE_OF.get(word).and_then(|at| count.small.get_mut(*at)) {
                *small += 1;
            }
        }
        count
    }

    /// True where they are as frequent as in texts of the language.
    fn speak(&self, language: &str) -> bool {
        let own = SMALL_WORDS.iter().zip(self.small).find(|((tag, _), _)| *tag == language);
        own.is_some_and(|(_, small)| small * SMALL_EVERY >= self.all)
    }

    /// The one language that they speak.
    fn language(&self) -> Option<&'static str> {
        let (at, most) = self.small.iter().enumerate().max_by_key(|(_, small)| **small)?;
        let next = self.small.iter().enumerate().filter(|(other, _)| *other != at);
        let leads = next.map(|(_, small)| small * SMALL_LEAD).max() <= Some(*most);
        let (language, _) = SMALL_WORDS.get(at)?;
        (leads && self.speak(language)).then_some(language)
    }
}

/// What the detector calls a language, and its shortest code, which is what BCP 47 asks for.
const CODES: &str = "eng=en deu=de fra=fr spa=es por=pt ita=it nld=nl rus=ru ukr=uk pol=pl ces=cs slk=sk slv=sl \
     hun=hu ron=ro bul=bg srp=sr hrv=hr ell=el tur=tr swe=sv dan=da nob=nb fin=fi est=et lav=lv \
     lit=lt jpn=ja cmn=zh kor=ko ara=ar heb=he pes=fa hin=hi ben=bn tam=ta tel=te urd=ur tha=th \
     vie=vi ind=id cat=ca epo=eo kat=ka yid=yi amh=am jav=jv bel=be mar=mr kan=kn mkd=mk guj=gu \
     uzb=uz pan=pa aze=az mal=ml ori=or mya=my nep=ne sin=si khm=km tuk=tk aka=ak zul=zu sna=sn \
     afr=af lat=la tgl=tl hye=hy cym=cy";

fn two_letters(lang: whatlang::Lang) -> &'static str {
    let short = |pair: &'static str| pair.strip_prefix(lang.code())?.strip_prefix('=');
    CODES.split(' ').find_map(short).unwrap_or(lang.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Option<&str>) {
        assert_eq!(detect(text).as_deref(), expect, "{text}");
        // The short way and the long one agree.
        let short = SmallWords::of(text).language();
        assert!(short.is_none() || short == expect, "{short:?}: {text}");
    }

    #[test]
    fn languages_of_texts() {
        check(
            "The council said that the bridge of the old town was to be closed for a year as it is \
             not safe, and that buses from the north have to go by the river.",
            Some("en"),
        );
        check(
            "Der Stadtrat teilte mit, dass die Brücke für ein Jahr gesperrt wird, weil sie nicht \
             sicher ist und das Geld für den Neubau im Haushalt auch noch fehlt.",
            Some("de"),
        );
        check(
            "La crida de l'alcalde a les entitats del barri ha arribat als veïns, que demanen una \
             resposta per escrit abans que el ple voti el pressupost del districte.",
            Some("ca"),
        );
        check(
            "Die raad het gesê dat die brug vir 'n jaar gesluit word omdat dit nie veilig is nie, \
             en dat busse van die noorde af met die rivier langs moet ry.",
            Some("af"),
        );
        check(
            "Kommunen meddelade att bron ska stängas under ett år eftersom den inte är säker och \
             att bussarna från norr får köra längs med älven.",
            Some("sv"),
        );
        check(
            "Rada miasta poinformowała, że most zostanie zamknięty na rok, ponieważ nie jest \
             bezpieczny, a autobusy z północy pojadą wzdłuż rzeki.",
            Some("pl"),
        );
        check("Too short.", None);
    }

    #[test]
    fn languages_against_declared_ones() {
        let text = "Auch das Slippen der Boote an unbefestigtem Ufer ist Teil der Ausbildung, und \
                    so stehen Fahrstunden auch nach bestandener Prüfung auf dem Plan der Kameraden.";
        assert_eq!(choose(Some("en"), text).as_deref(), Some("de"));
        assert_eq!(choose(Some("en-GB"), text).as_deref(), Some("en-GB"));
        assert_eq!(choose(None, text).as_deref(), Some("de"));
    }

    #[test]
    fn no_small_word_stands_in_two_lists() {
        let words = SMALL_WORDS.iter().map(|(_, list)| list.split(' ').count()).sum::<usize>();
        assert_eq!(LANGUAGE_OF.len(), words);
    }
}
