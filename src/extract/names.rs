//! Names of authors as a page writes them, cleaned: divided, each without what stands around it
//! (prefixes, roles, credentials, dates, addresses), the site's own name beside persons left out.

use super::title::{plain, squash};

/// Most names of one article.
const AUTHORS_MAX: usize = 20;

/// Longest text that is read as a list of names, in bytes.
const TEXT_MAX: usize = 600;

/// Words before a name that end in a colon or say it in full; compared in lower case.
const LABELS: &str = "this post was written by|this article was written by|article written by|guest post by|text von|reviewed by|medically reviewed by|researched by|about|über|written by|posted by|published by|reported by|reporting by|story by|article by|words by|author:|authors:|author|\
autor:|autoren|autorin:|autoren:|autor*in:|autor/in:|autore:|autori:|auteur:|auteurs:|autores:|author(s):|text & fotos:|text und fotos:|\
text & foto:|text:|texte:|texto:|tekst:|teksti:|testo di|texte par|texto por|by:|von:|par:|por:|szerző:|írta:|автор:|авторы:|автор|\
yazar:|yazan:|作者：|作者:|記者：|记者：|記者:|记者:|文/|文：|撰文：|écrit par|publié par|rédigé par|propos recueillis par|escrito por|publicado por|\
ein artikel von|ein beitrag von|ein kommentar von|eine analyse von|ein gastbeitrag von|ein interview von|eine kolumne von|\
geschrieben von|eingestellt von|verfasst von|veröffentlicht von|a cura di|scritto da|pubblicato da|geschreven door|skrevet af|skrevet av|skriven av|opublikował|napisał|autor tekstu:";

/// Single words before a name.
const WORDS: [&str; 15] = [
    "by", "von", "par", "por", "door", "di", "da", "af", "av", "od", "przez", "от", "ved", "mit",
    "de",
];

/// Marks and words between two names.
const BETWEEN: [&str; 31] = [
    " im Gespräch mit ",
    " in conversation with ",
    ",",
    ";",
    "|",
    "/",
    "&",
    "•",
    "·",
    "⋅",
    "∙",
    " // ",
    "、",
    "，",
    "\n",
    " - ",
    " – ",
    " — ",
    " and ",
    " und ",
    " et ",
    " y ",
    " e ",
    " og ",
    " och ",
    " en ",
    " i ",
    " и ",
    " та ",
    " ve ",
    " és ",
];

/// Words that stand after a name, not in it: of dates and of links.
const AFTER: &str = "published updated last posted veröffentlicht aktualisiert publié publicado pubblicato mis erstellt \
at on am um le the in for from is mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonntag \
mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday follow folgen says sagt said";

/// Words of learning and of roles after a name.
const ROLES: &str = "senior junior staff writer editor reporter correspondent columnist journalist contributor producer analyst \
redakteur redakteurin redaktor redaktorin autor autorin journaliste rédacteur rédactrice redactor redactora periodista \
founder co-founder ceo expert director manager chief blogger freelance wirtschaftsredakteur \
ms rd rdn ld phd ph.d md m.d cpa mph mba rn jd cfp ldn cscs";

/// Words of roles that are no part of a person's name, for what follows one.
const OFFICES: &str = "officer head lead attorney coordinator specialist marketing reviewer president chair chairman chairwoman \
professor lecturer fellow researcher student strategist consultant engineer developer designer advisor adviser assistant \
chefredakteur chefredakteurin ressortleiter ressortleiterin leiter leiterin geschäftsführer geschäftsführerin korrespondent korrespondentin";

/// Words of roles before a name, in lower case; also as the second half of a longer word.
const BEFORE: [&str; 14] = [
    "experte",
    "expertin",
    "redakteur",
    "redakteurin",
    "reporter",
    "reporterin",
    "korrespondent",
    "korrespondentin",
    "rechtsanwalt",
    "rechtsanwältin",
    "autor",
    "autorin",
    "gastautor",
    "gastautorin",
];

/// What is no name, in lower case.
const NO_NAMES: &str = "admin|administrator|editor|staff|guest|follow|folgen|posted|published|updated|welcome|sponsored|rd|rdn|ms|md|m.d|phd|ph.d|\
no author|none|quelle|quellen|source|sources|fuente|no comments|null|unknown|undefined|user|anonymous|author|autor|auteur|authors|by|von|jr|sr|about|email|e-mail|twitter|facebook|share|contributor|\
contributors|kontakt|contact|photo|foto|fotos|text|website|profile|profil|view profile|bio|view all posts|super user|webmaster|ld|cpa|rn|mba|mph|\
senior editor|senior writer|staff writer|staff reporter|contributing writer|read more|more|home|news|edit|tweet|save|print|stand|datum|uncategorized|comments|kommentare|comment|reporter|writer";

/// Beginnings of texts that are calls or links, in lower case.
const CALLS: &str = "view all|view more|see all|see more|show all|all posts|all articles|more from|more by|more posts|more about|about the|read more|\
posts by|articles by|alles von|alle artikel|alle beiträge|zeige alle|mehr von|weitere artikel|über den|über die|tous les|voir tous|ver todos|ver más|\
follow |subscribe|unsubscribe|learn more|our methodology|click|sign in|log in|leave a|hinterlasse|schreibe einen|kommentar |laisser un|alle posts|name *|name (|author’s|author's|autor des|share |photo by|photo:|foto:|fotos:|photograph|image |bild:|courtesy|copyright|©|illustration|übersetzung|translat|edited by|editing by";

/// Agencies: they write, but are no persons.
const AGENCIES: &str = "afp|dpa|ap|apa|reuters|ansa|efe|sda|sda-ats|ats|keystone-sda|sid|afx|pti|ians|ani|pa|pa media|tass|тасс|риа новости|xinhua|\
kyodo|jiji|yonhap|belga|anp|ntb|tt|ritzau|stt|lusa|pap|čtk|mti|associated press|the associated press|agence france-presse|canadian press|\
the canadian press|press association|redaktion|die redaktion|redazione|redacción|redacao|redação|rédaction|la rédaction|redactie|news desk|newsroom|web desk|agencies";

/// Words in the name of an organisation.
const ORGANISATIONS: [&str; 32] = [
    "times",
    "news",
    "report",
    "press",
    "magazine",
    "herald",
    "journal",
    "tribune",
    "media",
    "network",
    "agency",
    "newspaper",
    "online",
    "redaktion",
    "redacción",
    "rédaction",
    "redazione",
    "redactie",
    "desk",
    "team",
    "service",
    "services",
    "university",
    "institute",
    "zeitung",
    "staff",
    "editors",
    "editorial",
    "agencia",
    "agencies",
    "board",
    "nachrichten",
];

/// Clean names, each once; the site's own name only alone or beside an agency.
pub(super) fn clean(raw: &[String], site: Option<&str>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for text in raw {
        let mut own = of_text(&plain_names(text));
        own.dedup_by_key(|n| squash(n));
        for name in own {
            if !out.iter().any(|n| squash(n) == squash(&name)) {
                out.push(name);
            }
        }
    }
    if out.iter().any(|n| !is_agency(n) && !is_site(n, site)) {
        out.retain(|n| !is_site(n, site));
    }
    out.truncate(AUTHORS_MAX);
    out
}

/// One line; a line break between two names stays a mark between them.
fn plain_names(text: &str) -> String {
    let text = crate::model::text::head(text, TEXT_MAX);
    let lines: Vec<String> = text.lines().map(plain).filter(|l| !l.is_empty()).collect();
    lines.join("\n")
}

/// True where a name is the site's own.
pub(super) fn is_site(name: &str, site: Option<&str>) -> bool {
    let Some(site) = site else { return false };
    let (name, site) = (squash(name), squash(site));
    let short = name.len().min(site.len());
    name == site
        || (site.len() > 7 && name.ends_with(&site))
        || (short > 3
            && (name.starts_with(&site) || site.starts_with(&name))
            && short * 2 >= name.len().max(site.len()))
}

/// True for a news agency or an editorial office.
pub(super) fn is_agency(name: &str) -> bool {
    let lower = name.to_lowercase();
    AGENCIES.split('|').any(|a| a == lower)
}

fn is_organisation(name: &str) -> bool {
    is_agency(name)
        || name.split_whitespace().any(|w| ORGANISATIONS.contains(&w.to_lowercase().as_str()))
}

/// True for what reads like the full name of a person.
pub(super) fn is_person(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let capital =
        |w: &&&str| w.chars().find(|c| c.is_alphabetic()).is_some_and(|c| !c.is_lowercase());
    (2..=5).contains(&words.len())
        && words.iter().filter(capital).count() >= 2
        && words.last().is_some_and(|w| capital(&w))
        && !is_organisation(name)
}

/// True for a name in Chinese or Japanese letters or Hangul.
pub(super) fn is_eastern(name: &str) -> bool {
    (2..=5).contains(&name.chars().count()) && name.chars().all(is_eastern_letter)
}

pub(super) fn is_eastern_letter(c: char) -> bool {
    ('\u{3040}'..='\u{d7a3}').contains(&c)
}

/// The names of one text.
fn of_text(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    // A mark before the first name: the place of the name is empty.
    if CALLS.split('|').any(|c| lower.starts_with(c)) || text.starts_with(',') {
        return Vec::new();
    }
    let whole = dates_joined(without_prefix(after_by(text)));
    let marks = BETWEEN.iter().filter(|mark| whole.contains(**mark));
    let mut parts = vec![whole.clone()];
    for mark in marks {
        parts = parts
            .iter()
            .flat_map(|p| p.split(*mark).map(str::to_owned).collect::<Vec<_>>())
            .collect();
    }
    let mut names: Vec<String> = Vec::new();
    for part in &parts {
        let first = names.first().is_some_and(|n| is_person(n));
        let is_role = |w: &str| is_word_of(ROLES, w) || is_word_of(OFFICES, w);
        if first && part.split_whitespace().any(is_role) {
            continue;
        }
        // `in Politics`, `Comments: 3`
        if !names.is_empty() && (part.contains(": ") || part.trim_start().starts_with("in ")) {
            break;
        }
        let name = trim_name(part);
        // What follows a person's house is its departments and towns.
        if first && is_organisation(&name) && !is_agency(&name) {
            break;
        }
        if is_name(&name) {
            names.push(name);
        }
    }
    names
}

/// The text without commas before figures: those part a day from its date, not two names.
fn dates_joined(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, part) in text.split(", ").enumerate() {
        if index > 0 {
            let figure = part.starts_with(|c: char| c.is_ascii_digit());
            out.push_str(if figure { " " } else { ", " });
        }
        out.push_str(part);
    }
    out
}

fn is_word_of(list: &str, word: &str) -> bool {
    let lower = word.to_lowercase();
    let word = lower.trim_matches([':', '.', ',', '(', ')']);
    list.split(' ').any(|w| w.trim() == word)
}

/// What follows `by` in a text that begins with a date (`Posted on 3 May by Ann Example`).
fn after_by(text: &str) -> &str {
    let begins = text.split([' ', ':']).next().unwrap_or_default().to_lowercase();
    let dated = AFTER.split(' ').take(16).any(|w| w == begins);
    let found = [" by ", " von ", " par ", " por "].iter().find_map(|mark| text.split_once(mark));
    found.filter(|_| dated).map_or(text, |(_, names)| names)
}

/// The text without the words before its names.
fn without_prefix(text: &str) -> &str {
    let text = text.trim_matches([' ', '\n', '\u{a0}', '-', '–', '—', '|', ',', ':']);
    let lower = text.to_lowercase();
    let label = LABELS.split('|').filter(|l| {
        let open = l.ends_with([':', '：', '/']);
        lower.strip_prefix(*l).is_some_and(|rest| {
            open || rest.is_empty() || rest.starts_with([' ', ':', '\u{a0}', '\n'])
        })
    });
    if let Some(rest) = label.max_by_key(|l| l.len()).and_then(|l| text.get(l.len()..)) {
        return without_prefix(rest);
    }
    let Some((first, rest)) = text.split_once([' ', '\u{a0}', '\n']) else { return text };
    let is_word = WORDS.contains(&first.to_lowercase().as_str());
    let rest = rest.trim();
    let capital = rest.chars().next().is_some_and(|c| !c.is_lowercase());
    let sure = first.to_lowercase() == "by"
        || capital && (first.chars().all(char::is_lowercase) || rest.contains(' '))
        || first.chars().all(char::is_lowercase) && !rest.contains(' ');
    if is_word && sure { rest } else { text }
}

/// The name without what stands around it.
fn trim_name(text: &str) -> String {
    let text = without_prefix(text);
    // Figures end a name, but not in it: `ann1984` is one.
    let figure = |(at, c): &(usize, char)| {
        let before = text.get(..*at).unwrap_or_default();
        let inside = before.contains(char::is_alphabetic)
            && before.ends_with(char::is_alphanumeric)
            && !before.contains(' ');
        c.is_ascii_digit() && !inside || matches!(c, '(' | '[' | '（')
    };
    let cut = text.char_indices().find(figure).map_or(text.len(), |(at, _)| at);
    let head = text.get(..cut).unwrap_or_default();
    let is_address =
        |w: &&str| w.contains(['@', '\\']) || w.contains("://") || w.starts_with("www.");
    let kept: Vec<&str> = head.split_whitespace().take_while(|w| !is_address(w)).collect();
    let joined = kept.join(" ");
    let mut name = joined.as_str();
    // A date after the name: the month stands before its first figure.
    if cut < text.len()
        && let Some((before, last)) = name.rsplit_once(' ')
        && super::dates::is_month(last.trim_matches(['.', ',']))
    {
        name = before.trim();
    }
    while let Some((first, rest)) = name.split_once(' ') {
        let lower = first.to_lowercase();
        let role = lower.ends_with(':') || BEFORE.iter().any(|b| lower.ends_with(b));
        if !role || !is_person(rest) {
            break;
        }
        name = rest.trim();
    }
    while let Some((before, last)) = name.rsplit_once(' ') {
        // `Do` and `Le` are names where no date follows.
        let short = last.chars().count() <= 3 && last.starts_with(char::is_uppercase);
        let after = is_word_of(AFTER, last) && (!short || cut < text.len());
        let role = is_word_of(ROLES, last) && is_person(before.trim());
        if !after && !role {
            break;
        }
        name = before.trim();
    }
    name.trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ')')
        .trim_end_matches("'s")
        .to_owned()
}

fn is_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    (2..=60).contains(&name.chars().count())
        && name.chars().any(char::is_alphabetic)
        && name.split_whitespace().count() <= 7
        && !super::dates::is_month(name)
        && !name.contains('を')
        && !NO_NAMES.split('|').any(|n| n == lower)
        && !AFTER.split(' ').any(|n| n.trim() == lower && (n.len() > 2 || name == lower))
        && !CALLS.split('|').any(|c| lower.starts_with(c))
}
