//! Words with which lines begin that are not the article: headings of teaser lists, calls to
//! share, subscribe and comment, labels, notices. In the languages of many news sites; one
//! feature among many, so that a line of the article that begins alike is not lost.

/// What a line announces by its first words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phrase {
    None,
    Related,
    Share,
    Subscribe,
    Advert,
    Comment,
    Byline,
    Notice,
    Paywall,
    Source,
}

const LEXICON: [(Phrase, &str); 9] = [
    (
        Phrase::Related,
        "read more|read also|also read|read next|read:|related|see also|see more|more from|more on|more stories|you may also|you might also|you may like|recommended|don't miss|don’t miss|most read|most popular|most viewed|trending|latest news|latest|up next|watch:|watch now|in pictures|explore more|continue reading|further reading|popular|must read|editor's pick|editors' picks|next story|previous|next|more news|other news|top stories|what to read|also on|mehr zum thema|lesen sie|auch interessant|das könnte sie|weitere|mehr dazu|mehr zu|lesen|meistgelesen|à lire aussi|lire aussi|a lire|à lire|sur le même|lea también|lee también|leer más|te puede|le puede|más noticias|ver más|más información|relacionad|leia também|leia mais|veja também|saiba mais|leggi anche|leggi|lees ook|lees meer|läs även|läs mer|läs också|les også|les mer|læs også|læs mere|lue myös|lue lisää|czytaj|zobacz|přečtěte|čtěte|olvasta már|citește și|citeste si|читайте|смотрите|по теме|ещё по теме|διαβάστε|devamını|ilgili|baca juga|関連|相关|延伸阅读|관련|اقرأ|إقرأ",
    ),
    (
        Phrase::Share,
        "share|tweet|facebook|twitter|whatsapp|email|print|copy link|follow us|follow|like us|join us|find us|teilen|drucken|folgen|partager|suivez|compartir|comparte|síguenos|siga|compartilh|condividi|seguici|delen|dela|del |поделиться|подпис|παρακολουθ|分享",
    ),
    (
        Phrase::Subscribe,
        "subscribe|sign up|newsletter|get the|get our|join our|join the|enter your|your email|to receive|register|download our|download the|sign in|log in|support|donate|become a|our newsletter|jetzt abonnieren|abonnieren|newsletter|anmelden|abonnez|inscrivez|s'inscrire|recevez|suscr|regístr|recibe|assine|inscreva|receba|iscriviti|abbonati|meld je|prenumer|tilmeld|zapisz|odebírejte",
    ),
    (
        Phrase::Advert,
        "advertis|ad |ads |sponsored|promoted|scroll to continue|story continues|article continues|continue below|anzeige|werbung|publicité|publicidad|publicidade|pubblicità|advertentie|annons|annonce|reklam|реклама|anúncio|広告|广告",
    ),
    (
        Phrase::Comment,
        "comment|leave a|leave comment|post a comment|join the conversation|join the discussion|view comment|show comment|what do you think|have your say|let us know|reply|discuss|kommentar|diskut|commentaire|réagir|comentar|comentário|commenti|reacties|коммент|コメント|评论",
    ),
    (
        Phrase::Byline,
        "by |written by|posted by|posted on|published|updated|last updated|last modified|author|about the author|reporting by|edited by|editing by|contributor|von |autor|veröffentlicht|aktualisiert|stand:|par |publié|mis à jour|por |publicado|actualizado|atualizado|di |pubblicato|door |gepubliceerd|автор|опубликовано",
    ),
    (
        Phrase::Notice,
        "©|copyright|all rights reserved|terms|privacy|cookie|this site uses|we use cookies|by clicking|by continuing|skip to|back to top|menu|search|close|home|contact|about us|about|impressum|datenschutz|alle rechte|tous droits|todos los derechos|tutti i diritti|this article was|this story was|this content|republish|click here|disclaimer|note:|editor's note|correction",
    ),
    (
        Phrase::Paywall,
        "to continue reading|to read the full|already a subscriber|already a member|subscribers only|this is a premium|you have reached|you've reached|unlock|weiterlesen mit|cet article est réservé|il vous reste|para seguir leyendo|contenido exclusivo|dit artikel is|artikeln är",
    ),
    (
        Phrase::Source,
        "photo|image|picture|getty|source|credit|foto|bild|quelle|crédit|fuente|fotografía|fonte|bron|via |tags|tag:|topics|filed under|in this article|categories|category|themen|schlagwörter|mots-clés|etiquetas|temas|tópicos|with files from|watch|video|listen|podcast|gallery",
    ),
];

/// Longest beginning that is compared, in characters.
const BEGIN: usize = 32;

/// What the first words of a line announce.
pub(super) fn of(text: &str) -> Phrase {
    let line = text.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '©');
    let end = line.char_indices().nth(BEGIN).map_or(line.len(), |(at, _)| at);
    let begin = line.get(..end).unwrap_or_default();
    let begin = if begin.is_ascii() { begin.to_ascii_lowercase() } else { lower(begin) };
    let Some(first) = begin.chars().next() else { return Phrase::None };
    let entries = table().get(&u32::from(first)).map(Vec::as_slice).unwrap_or_default();
    entries.iter().find(|(p, _)| begin.starts_with(p)).map_or(Phrase::None, |(_, kind)| *kind)
}

fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

type Table = super::tokens::ByHash<u32, Vec<(&'static str, Phrase)>>;

/// The lexicon by first letter, built once.
fn table() -> &'static Table {
    static TABLE: std::sync::LazyLock<Table> = std::sync::LazyLock::new(|| {
        let mut table = Table::default();
        for (kind, phrases) in LEXICON {
            for phrase in phrases.split('|') {
                if let Some(first) = phrase.chars().next() {
                    table.entry(u32::from(first)).or_default().push((phrase, kind));
                }
            }
        }
        table
    });
    &TABLE
}
