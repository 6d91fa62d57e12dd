//! Time zones as feeds name them: offsets, abbreviations, and the regions met in feeds.
//!
//! Regions are POSIX rules rather than the system's zone files: this stage touches no file, and a
//! feed must read alike on every machine.

use crate::model::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// A zone of a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Zone {
    /// Minutes east of Greenwich.
    Minutes(i32),
    /// A region's rule in POSIX notation.
    Rule(&'static str),
}

/// Abbreviations in minutes east. Where two countries share one, the one with more feeds wins.
const ABBREVIATIONS: [(&str, i32); 62] = [
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("wet", 0),
    ("west", 60),
    ("bst", 60),
    ("ist", 330),
    ("cet", 60),
    ("met", 60),
    ("mez", 60),
    ("cest", 120),
    ("mest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("msd", 240),
    ("trt", 180),
    ("idt", 180),
    ("sast", 120),
    ("cat", 120),
    ("eat", 180),
    ("wat", 60),
    ("gst", 240),
    ("pkt", 300),
    ("npt", 345),
    ("ict", 420),
    ("wib", 420),
    ("hkt", 480),
    ("sgt", 480),
    ("pht", 480),
    ("awst", 480),
    ("jst", 540),
    ("kst", 540),
    ("acst", 570),
    ("acdt", 630),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
    ("akst", -540),
    ("akdt", -480),
    ("hst", -600),
    ("ast", -240),
    ("adt", -180),
    ("nst", -210),
    ("ndt", -150),
    ("brt", -180),
    ("art", -180),
    ("clt", -240),
    ("cot", -300),
    ("pet", -300),
    ("vet", -240),
];

const NEW_YORK: &str = "EST5EDT,M3.2.0,M11.1.0";
const CHICAGO: &str = "CST6CDT,M3.2.0,M11.1.0";
const DENVER: &str = "MST7MDT,M3.2.0,M11.1.0";
const LOS_ANGELES: &str = "PST8PDT,M3.2.0,M11.1.0";
const WESTERN: &str = "WET0WEST,M3.5.0/1,M10.5.0";
const CENTRAL: &str = "CET-1CEST,M3.5.0,M10.5.0/3";
const EASTERN: &str = "EET-2EEST,M3.5.0/3,M10.5.0/4";

/// Regions and North American short names; an unlisted place of Europe keeps Central European time.
const REGIONS: [(&str, &str); 47] = [
    ("et", NEW_YORK),
    ("ct", CHICAGO),
    ("mt", DENVER),
    ("pt", LOS_ANGELES),
    ("at", "AST4ADT,M3.2.0,M11.1.0"),
    ("america/new_york", NEW_YORK),
    ("america/toronto", NEW_YORK),
    ("america/detroit", NEW_YORK),
    ("us/eastern", NEW_YORK),
    ("america/chicago", CHICAGO),
    ("us/central", CHICAGO),
    ("america/denver", DENVER),
    ("us/mountain", DENVER),
    ("america/phoenix", "MST7"),
    ("america/los_angeles", LOS_ANGELES),
    ("us/pacific", LOS_ANGELES),
    ("america/vancouver", LOS_ANGELES),
    ("america/halifax", "AST4ADT,M3.2.0,M11.1.0"),
    ("america/sao_paulo", "<-03>3"),
    ("america/argentina/buenos_aires", "<-03>3"),
    ("america/bogota", "<-05>5"),
    ("america/mexico_city", "CST6"),
    ("europe/london", WESTERN),
    ("europe/dublin", WESTERN),
    ("europe/lisbon", WESTERN),
    ("europe/athens", EASTERN),
    ("europe/helsinki", EASTERN),
    ("europe/kiev", EASTERN),
    ("europe/kyiv", EASTERN),
    ("europe/bucharest", EASTERN),
    ("europe/sofia", EASTERN),
    ("europe/riga", EASTERN),
    ("europe/tallinn", EASTERN),
    ("europe/vilnius", EASTERN),
    ("europe/moscow", "MSK-3"),
    ("europe/minsk", "MSK-3"),
    ("europe/istanbul", "<+03>-3"),
    ("asia/tokyo", "JST-9"),
    ("asia/seoul", "KST-9"),
    ("asia/shanghai", "CST-8"),
    ("asia/hong_kong", "HKT-8"),
    ("asia/singapore", "<+08>-8"),
    ("asia/kolkata", "IST-5:30"),
    ("asia/calcutta", "IST-5:30"),
    ("asia/dubai", "<+04>-4"),
    ("australia/sydney", "AEST-10AEDT,M10.1.0,M4.1.0/3"),
    ("pacific/auckland", "NZST-12NZDT,M9.5.0,M4.1.0/3"),
];

impl Zone {
    /// Greenwich.
    pub(super) const UTC: Self = Self::Minutes(0);

    /// The zone that a word names.
    pub(super) fn named(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        let short = ABBREVIATIONS.iter().find(|(name, _)| *name == word);
        let region = || REGIONS.iter().find(|(name, _)| *name == word).map(|(_, rule)| *rule);
        let europe = || word.starts_with("europe/").then_some(CENTRAL);
        match short {
            Some((_, minutes)) => Some(Self::Minutes(*minutes)),
            None if word.starts_with("etc/") => Some(Self::UTC),
            None => region().or_else(europe).map(Self::Rule),
        }
    }

    /// The moment of a local time in this zone.
    pub(super) fn moment(&self, local: DateTime) -> Option<Timestamp> {
        let zone = match self {
            Self::Minutes(minutes) => Offset::from_seconds(minutes * 60).ok()?.to_time_zone(),
            Self::Rule(rule) => TimeZone::posix(rule).ok()?,
        };
        zone.to_ambiguous_timestamp(local).compatible().ok()
    }
}
