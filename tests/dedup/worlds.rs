//! What differs between streams: who writes, in which languages, and in which words.

use super::stream::Document;
use super::tongues::{THIRD_TONGUES, TONGUES, Tongue};

/// Everything of a stream that acceptance on another one would have otherwise.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) tongues: &'static [Tongue],
    pub(crate) outlets: [&'static str; 20],
    /// What addresses gain on their way to a reader.
    pub(crate) trackers: &'static [&'static str],
    /// Lines that outlets print under everything; `{}` is the outlet.
    pub(crate) footers: &'static [&'static str],
    /// What stands where the rest is sold.
    pub(crate) notices: &'static [&'static str],
    /// Items that are one template filled in: `{n}` are numbers, `{w}` names.
    pub(crate) templates: &'static [&'static str],
    /// How long texts are, how noisy copies, and how many there are.
    pub(crate) shape: Shape,
    /// Stories in a digest.
    pub(crate) digested: u64,
    /// Digests print each story's headline.
    pub(crate) headlines: bool,
    /// One copy in three has another headline too.
    pub(crate) retitles: bool,
    /// What is reached where the goal is not.
    pub(crate) short_of: &'static [(&'static str, f64)],
}

/// Lengths, noise and proportions of a stream.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Stories that have copies.
    pub(crate) stories: usize,
    /// Documents of each class of [`super::stream::DISTINCT`].
    pub(crate) lookalikes: usize,
    /// Most copies of a story.
    pub(crate) copies_max: u64,
    /// Kinds of copies, the more frequent ones several times.
    pub(crate) copies: &'static [&'static str],
    /// One copy in so many came before the original.
    pub(crate) early: u64,
    /// Paragraphs of a story: at least, and up to so many more.
    pub(crate) paragraphs: (u64, u64),
    /// Sentences of a paragraph, likewise.
    pub(crate) sentences: (u64, u64),
    /// Words of a sentence, about.
    pub(crate) words: u64,
    /// One word in so many is another in an edited copy, and in one with an outlet's lines too.
    pub(crate) edits: (u64, u64),
    /// A stub has one part in so many of the text, a short stub one in so many.
    pub(crate) stubs: (usize, usize),
    /// Characters of a stub: at least and at most.
    pub(crate) stub_length: (usize, usize),
    /// Lines of its outlet in a copy that differs by them alone.
    pub(crate) footer_lines: u64,
    /// Most characters that a digest has of a story.
    pub(crate) summary_length: usize,
    /// One digest in two opens with words of its own instead of closing with them.
    pub(crate) introduced: bool,
}

/// The shape of the streams before the fifth.
pub(crate) const USUAL: Shape = Shape {
    stories: 260,
    lookalikes: 100,
    copies_max: 5,
    copies: &[
        "tracked",
        "mobile",
        "wrapped",
        "syndicated",
        "retitled",
        "typography",
        "misread",
        "footers",
        "cut",
        "edited",
        "reordered",
        "localised",
        "stub",
        "stub-short",
        "mixed",
        "revision",
    ],
    early: 7,
    paragraphs: (5, 6),
    sentences: (2, 3),
    words: 16,
    edits: (16, 22),
    stubs: (4, 7),
    stub_length: (110, 420),
    footer_lines: 4,
    summary_length: usize::MAX,
    introduced: false,
};

impl World {
    /// What a digest has of a story.
    pub(crate) fn summary(&self, mut story: Document) -> Vec<String> {
        let head = story.paragraphs.remove(0).chars().take(self.shape.summary_length).collect();
        if self.headlines { vec![story.title, head] } else { vec![head] }
    }
}

/// The stream that the settings were last looked at with.
pub(crate) const SECOND: World = World {
    tongues: &TONGUES,
    outlets: [
        "fjordposten",
        "lagunetid",
        "novy-vestnik",
        "alsahil-news",
        "kaigan-shimbun",
        "wattsville-echo",
        "elfaro-sur",
        "canal-dunord",
        "moor-und-heide",
        "tide-and-times",
        "hillside-wire",
        "quaynews",
        "delta-dispatch",
        "plateau-info",
        "brookline-argus",
        "stadtanzeiger-ost",
        "harbour-sentinel",
        "valle-diario",
        "northgate-courier",
        "isle-reporter",
    ],
    trackers: &[
        "utm_id=77&utm_source_platform=bulk",
        "mtm_campaign=autumn&mtm_kwd=x",
        "_hsenc=p2ANqtz&_hsmi=88",
        "wt_zmc=ext.int.nl.1",
        "ncid=newsltushpmg0001",
        "mkt_tok=eyJpIjoi",
        "gad_source=1&gbraid=0AAAA",
        "ttclid=E.C.P.1",
        "oly_enc_id=1234A",
        "vero_id=reader7&vero_conv=9",
        "at_custom1=link&at_custom2=mail",
        "ref=newsletter-weekend",
        "source=rss",
        "srsltid=AfmBOo&sr_share=facebook",
    ],
    footers: &[
        "{} is funded by its readers, please consider a gift to keep our newsroom independent.",
        "Have you seen something? Write to the desk of {} or call us at any hour.",
        "This text may be quoted with attribution to {} but not reprinted in full.",
        "Listen to the daily podcast of {} wherever you get your podcasts.",
        "Der Newsletter von {} erscheint werktags um sechs Uhr, hier anmelden.",
        "Suivez {} sur toutes les plateformes et activez les notifications.",
        "Síguenos en {} y recibe cada mañana las noticias de tu barrio.",
        "Image rights: {} and its partner agencies, all uses reserved.",
        "Comments on this text are moderated by {} and open for two days.",
        "Follow the topics of this text in the app of {} for instant updates.",
    ],
    notices: &[
        "The rest of this text is for members. Become a member from one coin a week.",
        "Weiterlesen mit dem Digitalabo, jederzeit kündbar.",
        "Réservé aux abonnés. Déjà abonné ? Identifiez-vous.",
        "Sign in or create a free account to keep reading.",
    ],
    templates: &[
        "Pollen forecast for {w}. Grass pollen will reach {n} grains per cubic metre on the coast of {w} and {n} inland. Birch stays at {n}. People with asthma in {w} should keep windows closed after {n} in the afternoon and carry their medicine. The next forecast follows tomorrow.",
        "Ferry times at {w} pier. The first boat to {w} leaves at {n} and the last at {n}. A single ticket costs {n} crowns. Boat {n} does not run while {w} is being repaired. Passengers with bicycles board first, and the kiosk opens when the boat lies at the pier.",
        "{w} ermittelt nach einem Unfall auf der Straße bei {w}. Gegen {n} Uhr stieß ein Lastwagen mit {n} Tonnen Kies mit einem Auto aus {w} zusammen. Zwei Personen kamen ins Krankenhaus, der Schaden beträgt {n} Euro. Die Straße blieb {n} Stunden gesperrt, Zeugen melden sich bei der Wache.",
        "Resultado del sorteo de {w}. Los números premiados son {n}, {n}, {n}, {n} y {n}, con el complementario {n}. El bote de {w} asciende a {n} euros. El próximo sorteo se celebra el jueves, y los boletos se venden hasta una hora antes en todos los puntos autorizados.",
        "The council of {w} received application {n} for a rear extension at {n} {w} Lane. The applicant {w} proposes a roof height of {n} centimetres and {n} new windows. Neighbours may comment within three weeks at the town hall or online, after which the planning committee will decide.",
        "{w} closed the quarter with revenue of {n} million, against {n} million a year before. Net profit came to {n} million, and the board under {w} proposes a dividend of {n} cents. The company employs {n} people at its plants in {w} and expects the market to remain as it is.",
    ],
    shape: USUAL,
    digested: 6,
    headlines: false,
    retitles: false,
    // The goal is 0.99: a digest in a script without capitals is told from a full text by numbers.
    short_of: &[],
};

/// A stream that was made when the rules stood, and read when they were mended.
pub(crate) const THIRD: World = World {
    tongues: &THIRD_TONGUES,
    outlets: [
        "meridian-gazette",
        "pampa-hoy",
        "vistula-kurier",
        "gangapatra",
        "hangang-ilbo",
        "pelagos-nea",
        "ridgeway-press",
        "ostsee-bote",
        "cote-sauvage",
        "llanura-libre",
        "dnipro-visti",
        "marsh-times",
        "copper-creek-news",
        "oberland-heute",
        "le-quotidien-gris",
        "sierra-informa",
        "estuary-record",
        "lowland-star",
        "granite-post",
        "cape-bulletin",
    ],
    trackers: &[
        "utm_medium=push&utm_term=b",
        "fbclid=IwY2xjawK9",
        "mc_cid=99ab&mc_eid=01",
        "cmpid=bulletin.7",
        "dclid=CjkK",
        "_branch_match_id=12",
        "piwik_campaign=spring",
        "ns_campaign=x&ns_mchannel=social",
        "wbraid=Cj8K",
        "yclid=44110",
        "msclkid=0a1b2c",
        "xtor=RSS-16",
        "igsh=MzRlO",
        "at_medium=RSS&at_campaign=rss",
    ],
    footers: &[
        "Subscribers of {} get the evening briefing at six o'clock.",
        "Corrections are listed on the corrections page of {}, which is updated weekly.",
        "{} participates in affiliate programmes and may earn from purchases.",
        "More from {}: weather, puzzles, obituaries and classified adverts.",
        "Mehr zum Thema lesen Sie in der Wochenendausgabe von {}.",
        "Retrouvez toute l'actualité de votre commune sur {}.",
        "Reciba las alertas de {} en su teléfono sin coste alguno.",
        "Our journalists work to the code of conduct of {} and the press council.",
        "Copyright {} and contributors. Reproduction needs written permission.",
        "Advertise with {}: our sales team answers within one working day.",
    ],
    notices: &[
        "Continue reading with a free trial of four weeks.",
        "Den ganzen Artikel lesen Sie mit einem Abo.",
        "Il vous reste 83 % de cet article à lire.",
        "Continuar leyendo: contenido exclusivo para suscriptores.",
        "This story continues below for registered readers.",
    ],
    templates: &[
        "Weather for {w}: highs of {n} degrees and lows of {n}. Winds from the north reach {n} kilometres an hour near {w}, with a {n} per cent chance of showers. Sunrise in {w} is at {n} and sunset at {n}. Tomorrow will be similar, and a warning stays in force for the hills until the evening.",
        "{w} beat {w} {n} to {n} on Saturday. {w} scored {n} points and took {n} rebounds, while {w} added {n} off the bench. The hosts led by {n} at half time and never fell behind. {w} travel to {w} next, and the visitors have a week off before they play at home again.",
        "Earnings of {w}: per-share profit of {n} cents in the quarter, analysts polled had expected {n}. Revenue rose {n} percent to {n} million. Shares of {w} have gained {n} percent since the beginning of the year and last traded at {n}. The company will hold a call with investors in the morning.",
        "{w} {w}, aged {n}, of {w}, passed away peacefully at home. Born in {w}, the deceased worked {n} years for {w} and leaves behind {n} grandchildren. Visitation will be held at the chapel in {w} from {n} to {n}. In place of flowers the family asks for gifts to the hospice.",
        "Wechselkurse vom Nachmittag: Ein Euro kostete zuletzt {n} Kronen, {n} Franken und {n} Yen. Die Notenbank von {w} hatte den Referenzkurs auf {n} festgesetzt. In {w} wurde eine Feinunze Gold mit {n} gehandelt, nach {n} am Vortag. Händler aus {w} sprachen von einem ruhigen Geschäft.",
        "Info trafic : un accident est survenu à hauteur de {w} vers {n} heures. La circulation en direction de {w} est coupée sur {n} kilomètres. Comptez {n} minutes de plus. Une déviation passe par {w} et {w}. Les secours sont sur place, et la préfecture appelle à la prudence.",
    ],
    shape: USUAL,
    digested: 8,
    headlines: true,
    retitles: true,
    short_of: &[],
};
