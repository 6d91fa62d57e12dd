//! Names of months and halves of the day in the languages of feeds.

/// Beginnings of month names in lower case, in English, German, French, Spanish, Italian,
/// Portuguese, Dutch, Scandinavian, Polish, Czech, Hungarian, Romanian, Finnish, Turkish, Russian,
/// Ukrainian and Greek. A name belongs to the month whose beginning it bears first.
const MONTHS: [(u8, &[&str]); 12] = [
    (1, &["jan", "jän", "ene", "gen", "sty", "led", "ian", "tammi", "oca", "янв", "січ", "ιαν"]),
    (2, &["feb", "fév", "fev", "lut", "úno", "uno", "helmi", "şub", "sub", "фев", "лют", "φεβ"]),
    (
        3,
        &[
            "mar", "mär", "mae", "mrz", "mrt", "maa", "bře", "bre", "már", "мар", "бер", "μάρ",
            "μαρ",
        ],
    ),
    (4, &["apr", "avr", "abr", "kwi", "dub", "ápr", "huhti", "nis", "апр", "кві", "απρ"]),
    (
        5,
        &[
            "may", "mai", "mag", "mei", "maj", "kvě", "kve", "máj", "touko", "мая", "май", "тра",
            "μάι", "μαι",
        ],
    ),
    (
        6,
        &[
            "jun", "juin", "giu", "cze", "červen", "iun", "jún", "kesä", "haz", "июн", "чер",
            "ιούν", "ιουν",
        ],
    ),
    (
        7,
        &[
            "jul", "juil", "lug", "lip", "červenc", "iul", "júl", "heinä", "tem", "июл", "лип",
            "ιούλ", "ιουλ",
        ],
    ),
    (
        8,
        &[
            "aug", "aoû", "aou", "ago", "sie", "srp", "elo", "ağu", "agu", "авг", "сер", "αυγ",
            "αύγ",
        ],
    ),
    (9, &["sep", "set", "wrz", "zář", "zar", "sze", "syys", "eyl", "сен", "вер", "σεπ"]),
    (
        10,
        &[
            "oct", "okt", "ott", "out", "paź", "paz", "říj", "rij", "loka", "eki", "окт", "жов",
            "οκτ",
        ],
    ),
    (11, &["nov", "lis", "noi", "marras", "kas", "ноя", "лист", "νοέ", "νοε"]),
    (12, &["dec", "dez", "déc", "dic", "gru", "pro", "joulu", "ara", "дек", "гру", "δεκ"]),
];

/// The month, 1 to 12, whose name the word is or shortens.
pub(super) fn month(word: &str) -> Option<i8> {
    let word = word.to_lowercase();
    let mut best: Option<(usize, u8)> = None;
    for (month, beginnings) in MONTHS {
        for beginning in beginnings.iter().filter(|b| word.starts_with(**b)) {
            if best.is_none_or(|(length, _)| beginning.len() > length) {
                best = Some((beginning.len(), month));
            }
        }
    }
    best.and_then(|(_, month)| i8::try_from(month).ok())
}

/// Half of the day that a word names: `Some(true)` for the afternoon.
pub(super) fn afternoon(word: &str) -> Option<bool> {
    match word.to_lowercase().as_str() {
        "am" | "上午" | "오전" | "午前" => Some(false),
        "pm" | "下午" | "오후" | "午後" => Some(true),
        _ => None,
    }
}
