//! The fourth stream. Its documents were first read when it had said for long how far the rules hold;
//! what was learnt then is judged by the fifth.

use super::tongues::FOURTH_TONGUES;
use super::worlds::{USUAL, World};

/// A stream that was read late.
pub(crate) const FOURTH: World = World {
    tongues: &FOURTH_TONGUES,
    outlets: [
        "saltmarsh-ledger",
        "kuzey-postasi",
        "nordlys-avis",
        "hakerem-daily",
        "linnaean-review",
        "borealis-uutiset",
        "causeway-chronicle",
        "anatolia-gunluk",
        "lighthouse-daily",
        "vestland-blad",
        "terrace-tribune",
        "mistral-matin",
        "cobble-street-news",
        "donau-echo",
        "bayou-bugle",
        "steppe-herald",
        "orchard-examiner",
        "costa-verde-hoje",
        "foundry-post",
        "meadow-monitor",
    ],
    trackers: &[
        "utm_campaign=evening&utm_content=lead",
        "gclid=EAIaIQob",
        "mtm_source=app&mtm_medium=share",
        "_ga=2.1.33.44",
        "twclid=2-4xk",
        "ns_source=feed&ns_linkname=top",
        "mc_eid=7f7f7f",
        "ftag=MSF0951a18",
        "smid=tw-share",
        "guccounter=1",
        "at_campaign=social_flow",
        "cmp=share_btn_fb",
    ],
    footers: &[
        "Was this report useful? Rate it in the {} app and help us to improve.",
        "{} belongs to a cooperative of nine hundred members across the region.",
        "Letters to the editor of {} should not exceed two hundred words.",
        "Photographs from our archive can be ordered at the {} picture shop.",
        "Haberin tüm hakları {} gazetesine aittir, izinsiz kullanılamaz.",
        "Les {} på papir hver lørdag, bestill abonnement i dag.",
        "Die Redaktion von {} erreichen Sie telefonisch von neun bis siebzehn Uhr.",
        "Assine {} e receba a edição impressa em casa aos domingos.",
        "Automated translation by {}; the original wording prevails.",
        "Read our privacy promise and manage your choices for {} here.",
    ],
    notices: &[
        "You have one free article left this month. Subscribe now to read on.",
        "Denne saken er for abonnenter. Logg inn for å lese videre.",
        "Devamını okumak için üye olun.",
        "Lesen Sie den vollständigen Bericht in unserer App.",
        "Already a subscriber? Log in. Full access for two coins a month.",
    ],
    templates: &[
        "Tide tables for {w}: high water at {n} with {n} centimetres, low water at {n} with {n} centimetres. The harbour master of {w} warns small craft of {n} knots off {w}. The sluice opens {n} minutes before high water, and boats wait at the buoys on the southern side.",
        "Property sales in {w}: {n} {w} Road went for {n} thousand, {n} {w} Close for {n} thousand and {n} {w} Court for {n} thousand. The median in {w} stands at {n} thousand. Figures are taken from the land register and may change when late contracts are entered.",
        "{w} maçı {w} {n} {n} kazandı. Goller {n} ve {n} dakikada {w} ve {w} oyunculardan geldi. Tribünde {n} seyirci vardı. Takım ligde {n} puana ulaştı ve gelecek hafta deplasmanda oynayacak, teknik direktör oyuncularına teşekkür etti.",
        "Earthquake of magnitude {n} near {w}. The tremor struck {n} kilometres from {w} at a depth of {n} kilometres, the institute in {w} reported at {n}. No damage was known at first, and no warning of waves was given. Residents may report what they felt on the institute's form.",
        "Cinema in {w} this week: the {w} shows {w} at {n} and {n}, tickets cost {n}. At the {w} hall the feature begins at {n}. Children under {n} come in for half the price, and the bar stays open after the last film has ended.",
        "{w} Holding issued bonds of {n} million at a coupon of {n} basis points, due in {n} months. Banks in {w} placed {n} per cent abroad. The rating agency {w} keeps its outlook, and the proceeds are to be used for general purposes of the group.",
    ],
    shape: USUAL,
    digested: 5,
    headlines: true,
    retitles: true,
    // The goal is 0.99.
    short_of: &[("digest", 0.98)],
};
