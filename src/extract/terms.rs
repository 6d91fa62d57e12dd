//! Words that say, wherever they stand in a text, what a text is that is not the article: notices
//! of privacy, appeals to subscribe, legal lines, calls to follow, portraits of authors, rules for
//! comments. Counted, never decisive: articles are written about all of these.

use super::tokens::{self, ByHash, Tokens};
use std::sync::LazyLock;

/// Kinds of such words.
pub(super) const KINDS: usize = 7;

/// How many words of each kind a text has.
pub(super) type Hits = [f32; KINDS];

const LEXICON: [&str; KINDS] = [
    // Privacy.
    "cookie cookies consent privacy gdpr ccpa personalised personalized opt browser browsing preferences trackers tracking analytics adblocker javascript targeted datenschutz einwilligung zustimmung zustimmen privatsphäre datenschutzerklärung personenbezogene werbezwecke widerrufen confidentialité consentement traceurs données privacidad consentimiento privacidade consentimento galletas riservatezza consenso trattamento toestemming privacybeleid voorkeuren samtycke samtykke integritet süti gizlilik çerez персональных конфиденциальности",
    // Appeals.
    "subscribe subscriber subscribers subscribing subscription subscriptions newsletter newsletters inbox donate donation donations contribute contribution contributing signup register registered registration membership members unlimited trial login account unlock premium abo abonnieren abonnement abonnements abonnenten newslettern anmelden registrieren spenden kostenlos probeabo inscrire inscription abonnez abonné abonnés infolettre suscríbete suscribirse suscriptor suscriptores boletín correo regístrate iniciar assine assinante assinantes cadastre iscriviti abbonati abbonamento inschrijven nieuwsbrief aanmelden prenumerera nyhetsbrev tilmeld nyhedsbrev zapisz hírlevél подписывайтесь подпишитесь рассылку",
    // Legal lines, advertising.
    "copyright reserved rights trademark trademarks disclaimer liability reproduced republished reproduction permission affiliate affiliates commission commissions sponsored advertiser advertisers advertisement advertising advertise compensation purchase purchases retailers terms impressum anzeige werbung werbepartner affiliatelinks provision urheberrecht vorbehalten nutzungsbedingungen publicité réservés reproduction conditions mentions publicidad reservados prohibida términos publicidade termos pubblicità riservati riproduzione voorbehouden advertentie реклама права защищены",
    // Calls to follow and to share.
    "facebook twitter instagram linkedin youtube whatsapp telegram tiktok pinterest reddit flipboard bluesky threads mastodon follow share app apps download podcast podcasts spotify itunes folgen teilen herunterladen suivez partager téléchargez síguenos seguir compartir descarga siga compartilhe baixe seguici condividi volg deel följ подписаться",
    // Portraits.
    "reporter journalist editor correspondent writer columnist contributor freelance freelancer author covers bylines producer graduate reached redakteur redakteurin journalistin autor autorin volontär korrespondent journaliste rédacteur rédactrice auteur periodista redactor redactora reportera redatora repórter jornalista giornalista redattore redacteur verslaggever dziennikarz журналист корреспондент",
    // Comments.
    "comment comments commenting commenter reply replies moderator moderators moderated moderation forum posted kommentar kommentare kommentieren netiquette leserbrief commentaire commentaires réagir comentario comentarios comentar comentário comentários commenti reacties комментарии комментарий",
    // Calls to go elsewhere.
    "click here tap read watch listen more related recommended popular trending latest stories next previous gallery klicken hier mehr lesen weiterlesen artikel thema cliquez ici lire plus aussi clic aquí leer más clique aqui leia mais também leggi anche klik lees meer läs czytaj baca juga читайте также",
];

static TABLE: LazyLock<ByHash<u32, u8>> = LazyLock::new(|| {
    let kinds = (0_u8..).zip(LEXICON);
    kinds.flat_map(|(kind, words)| words.split(' ').map(move |w| (tokens::one(w), kind))).collect()
});

/// The hits of each block of a page.
pub(super) fn of(tokens: &Tokens, blocks: usize) -> Vec<Hits> {
    let table = &*TABLE;
    (0..blocks)
        .map(|at| {
            let mut hits = Hits::default();
            for word in tokens.block(at) {
                if let Some(slot) = table.get(word).and_then(|k| hits.get_mut(usize::from(*k))) {
                    *slot += 1.0;
                }
            }
            hits
        })
        .collect()
}
