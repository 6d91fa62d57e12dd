//! Invented languages in real scripts: words with the frequencies of a language, names, numbers.

/// Words of a language.
const LEXICON: u64 = 6000;

/// A number that looks random and follows from two (`SplitMix64`).
pub(crate) fn random(seed: u64, salt: u64) -> u64 {
    let mut z =
        seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(salt.wrapping_mul(0xd134_2543));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Below `end`, following from `seed` and `salt`.
pub(crate) fn below(seed: u64, salt: u64, end: u64) -> u64 {
    random(seed, salt) % end
}

/// One of a list, following from `seed` and `salt`.
pub(crate) fn pick<T: Copy>(seed: u64, salt: u64, list: &[T]) -> T {
    list[usize::try_from(below(seed, salt, list.len() as u64)).unwrap()]
}

/// How a language is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tongue {
    /// BCP 47 tag of a language with this script.
    pub(crate) tag: &'static str,
    syllables: &'static [&'static str],
    /// Between words.
    pub(crate) gap: &'static str,
    /// Behind a sentence.
    pub(crate) stop: &'static str,
    /// One word in so many is capitalised; 0: the script has no capitals.
    capitals: u64,
    zero: char,
}

/// The languages, the more frequent ones several times.
pub(crate) const TONGUES: [Tongue; 11] =
    [LATIN, LATIN, LATIN, ACCENTED, ACCENTED, GERMAN, CYRILLIC, ARABIC, HAN, KANA, THAI];

/// Those of the third stream.
pub(crate) const THIRD_TONGUES: [Tongue; 11] =
    [BALTIC, BALTIC, IBERIAN, IBERIAN, GERMAN, GREEK, DEVANAGARI, HANGUL, ARABIC, HAN, THAI];

/// Those of the fourth stream.
pub(crate) const FOURTH_TONGUES: [Tongue; 11] =
    [TURKIC, TURKIC, NORDIC, NORDIC, LATIN, IBERIAN, HEBREW, CYRILLIC, KANA, HANGUL, THAI];

/// Those of the fifth stream.
pub(crate) const FIFTH_TONGUES: [Tongue; 12] = [
    VIETNAMESE, VIETNAMESE, ARMENIAN, ARMENIAN, ACCENTED, BALTIC, NORDIC, BENGALI, HEBREW,
    GEORGIAN, KHMER, KANA,
];

const VIETNAMESE: Tongue = Tongue {
    tag: "vi",
    syllables: &[
        "thành",
        "phố",
        "người",
        "đã",
        "được",
        "trường",
        "nước",
        "công",
        "ty",
        "một",
        "ngày",
        "đường",
        "quốc",
        "hội",
        "tỉnh",
        "mưa",
        "lũ",
        "giá",
        "bán",
        "xe",
        "tàu",
        "học",
        "sinh",
        "những",
        "với",
        "khu",
        "vực",
        "biển",
    ],
    gap: " ",
    stop: ". ",
    capitals: 8,
    zero: '0',
};

const ARMENIAN: Tongue = Tongue {
    tag: "hy",
    syllables: &[
        "քա",
        "ղաք",
        "կա",
        "ռա",
        "վա",
        "րու",
        "թյուն",
        "նա",
        "խա",
        "գահ",
        "ջուր",
        "մար",
        "դիկ",
        "եր",
        "կիր",
        "դպ",
        "րոց",
        "շու",
        "կա",
        "նոր",
        "օր",
        "ճա",
        "նա",
        "պարհ",
    ],
    gap: " ",
    stop: "։ ",
    capitals: 11,
    zero: '0',
};

const BENGALI: Tongue = Tongue {
    tag: "bn",
    syllables: &[
        "শ",
        "হর",
        "সর",
        "কার",
        "মন",
        "ত্রী",
        "ন",
        "দী",
        "জল",
        "বা",
        "জার",
        "মা",
        "নুষ",
        "দে",
        "শ",
        "খ",
        "বর",
        "স্কুল",
        "রা",
        "স্তা",
        "বৃ",
        "ষ্টি",
        "আ",
        "দা",
        "লত",
    ],
    gap: " ",
    stop: "। ",
    capitals: 0,
    zero: '০',
};

const GEORGIAN: Tongue = Tongue {
    tag: "ka",
    syllables: &[
        "ქა",
        "ლა",
        "ქი",
        "მთავ",
        "რო",
        "ბა",
        "პრე",
        "ზი",
        "დენ",
        "ტი",
        "წყა",
        "ლი",
        "სკო",
        "ლა",
        "გზა",
        "ბა",
        "ზა",
        "რი",
        "ახა",
        "დღე",
        "ხალ",
        "ხი",
        "ომი",
    ],
    gap: " ",
    stop: ". ",
    capitals: 0,
    zero: '0',
};

const KHMER: Tongue = Tongue {
    tag: "km",
    syllables: &[
        "ទី",
        "ក្រុង",
        "រដ្ឋា",
        "ភិបាល",
        "ប្រជា",
        "ជន",
        "ទឹក",
        "ភ្លៀង",
        "ផ្លូវ",
        "សាលា",
        "ផ្សារ",
        "តម្លៃ",
        "ថ្ងៃ",
        "ថ្មី",
        "សមុទ្រ",
        "តុលា",
        "ការ",
        "ឡាន",
        "ផ្ទះ",
        "ព័ត៌",
        "មាន",
    ],
    gap: "",
    stop: "។ ",
    capitals: 0,
    zero: '០',
};

const TURKIC: Tongue = Tongue {
    tag: "tr",
    syllables: &[
        "ka", "ğı", "lar", "şe", "mü", "dür", "yıl", "bel", "de", "ha", "ber", "çı", "ris", "o",
        "lan", "ya", "pı", "sun", "gö", "re", "ti", "nin", "ba",
    ],
    gap: " ",
    stop: ". ",
    capitals: 11,
    zero: '0',
};

const NORDIC: Tongue = Tongue {
    tag: "nb",
    syllables: &[
        "fjo", "rd", "sk", "ole", "å", "pen", "væ", "ret", "en", "by", "gg", "kom", "mu", "ne",
        "på", "tro", "ger", "ing", "sel", "ska", "pet", "ør", "vi", "le",
    ],
    gap: " ",
    stop: ". ",
    capitals: 12,
    zero: '0',
};

const HEBREW: Tongue = Tongue {
    tag: "he",
    syllables: &[
        "של", "ות", "מי", "בר", "עי", "ריה", "חד", "שו", "ים", "קר", "לת", "פו", "נה", "דו", "הכ",
        "גל", "רא", "שי", "טוב",
    ],
    gap: " ",
    stop: ". ",
    capitals: 0,
    zero: '0',
};

const BALTIC: Tongue = Tongue {
    tag: "pl",
    syllables: &[
        "sta", "wie", "prze", "ło", "kra", "ję", "dzy", "nia", "po", "ro", "szcz", "ka", "mi",
        "wy", "lu", "bo", "żą", "cie", "no", "go", "ów", "ta", "re", "ne", "ly",
    ],
    gap: " ",
    stop: ". ",
    capitals: 10,
    zero: '0',
};

const IBERIAN: Tongue = Tongue {
    tag: "es",
    syllables: &[
        "ca", "mi", "ño", "que", "la", "cion", "ro", "de", "pre", "si", "dad", "ta", "men", "te",
        "po", "lí", "ti", "go", "bier", "en", "su", "al", "fuen", "bra",
    ],
    gap: " ",
    stop: ". ",
    capitals: 13,
    zero: '0',
};

const GREEK: Tongue = Tongue {
    tag: "el",
    syllables: &[
        "κα", "τη", "πό", "λη", "δη", "μο", "σι", "νέ", "α", "κυ", "βέρ", "νη", "ση", "θά", "λασ",
        "χώ", "ρα", "του", "προ", "ε", "δρος", "ου",
    ],
    gap: " ",
    stop: ". ",
    capitals: 12,
    zero: '0',
};

const DEVANAGARI: Tongue = Tongue {
    tag: "hi",
    syllables: &[
        "स",
        "र",
        "का",
        "मं",
        "त्री",
        "दि",
        "ल्ली",
        "पा",
        "नी",
        "के",
        "में",
        "ब",
        "जा",
        "र",
        "शि",
        "क्षा",
        "गाँ",
        "व",
        "न्या",
        "य",
        "ख",
        "बर",
    ],
    gap: " ",
    stop: "। ",
    capitals: 0,
    zero: '०',
};

const HANGUL: Tongue = Tongue {
    tag: "ko",
    syllables: &[
        "서", "울", "정", "부", "는", "경", "제", "를", "시", "장", "에", "대", "통", "령", "이",
        "한", "국", "회", "사", "고", "날", "씨", "학", "교",
    ],
    gap: " ",
    stop: ". ",
    capitals: 0,
    zero: '0',
};

const LATIN: Tongue = Tongue {
    tag: "en",
    syllables: &[
        "ba", "den", "for", "ga", "hel", "in", "jo", "ker", "lo", "mar", "nis", "o", "per", "qui",
        "ra", "son", "ter", "un", "ver", "wi", "yel", "za", "st", "ing", "tion",
    ],
    gap: " ",
    stop: ". ",
    capitals: 12,
    zero: '0',
};

const ACCENTED: Tongue = Tongue {
    tag: "fr",
    syllables: &[
        "é", "tu", "de", "là", "çon", "mê", "res", "pu", "bli", "que", "où", "né", "an", "gè",
        "vo", "lî", "ment", "ère", "dû", "sa", "jour", "nal", "ô", "cu",
    ],
    gap: " ",
    stop: ". ",
    capitals: 14,
    zero: '0',
};

const GERMAN: Tongue = Tongue {
    tag: "de",
    syllables: &[
        "schaf", "ü", "ber", "wal", "tung", "ge", "stör", "lich", "heit", "und", "ver", "kehr",
        "äm", "ter", "hau", "se", "groß", "be", "richt", "zug", "wo", "mit",
    ],
    gap: " ",
    stop: ". ",
    capitals: 3,
    zero: '0',
};

const CYRILLIC: Tongue = Tongue {
    tag: "ru",
    syllables: &[
        "го", "род", "ска", "я", "во", "да", "пре", "зи", "мен", "то", "ро", "сий", "ный", "ста",
        "ви", "ла", "ми", "нис", "тр", "об", "щий", "ко",
    ],
    gap: " ",
    stop: ". ",
    capitals: 12,
    zero: '0',
};

const ARABIC: Tongue = Tongue {
    tag: "ar",
    syllables: &[
        "ال", "مد", "ين", "ة", "كت", "اب", "رئ", "يس", "حك", "وم", "نا", "شر", "عل", "ى", "من",
        "في", "بر", "لم", "سو", "ق", "طا", "هر",
    ],
    gap: " ",
    stop: ". ",
    capitals: 0,
    zero: '٠',
};

const HAN: Tongue = Tongue {
    tag: "zh",
    syllables: &[
        "市", "政", "府", "新", "闻", "经", "济", "发", "展", "水", "电", "公", "司", "学", "生",
        "老", "师", "医", "院", "火", "车", "站", "天", "气", "海", "山", "路", "桥", "法", "庭",
    ],
    gap: "",
    stop: "。",
    capitals: 0,
    zero: '0',
};

const KANA: Tongue = Tongue {
    tag: "ja",
    syllables: &[
        "か", "ら", "の", "は", "政", "府", "ニ", "ュ", "ー", "ス", "町", "新", "しい", "です",
        "会", "社", "を", "が", "東", "西", "電", "車", "スト", "する", "人", "に",
    ],
    gap: "",
    stop: "。",
    capitals: 0,
    zero: '０',
};

const THAI: Tongue = Tongue {
    tag: "th",
    syllables: &[
        "การ",
        "ข่าว",
        "เมือง",
        "น้ำ",
        "ไฟ",
        "รถ",
        "โรง",
        "เรียน",
        "คน",
        "วัน",
        "ตลาด",
        "ราคา",
        "ฝน",
        "ทาง",
        "บ้าน",
        "ใหม่",
        "มาก",
        "ศาล",
        "ทะเล",
        "ปี",
    ],
    gap: "",
    stop: " ",
    capitals: 0,
    zero: '๐',
};

impl Tongue {
    /// A word of the language, frequent ones more often.
    pub(crate) fn word(self, seed: u64, salt: u64) -> String {
        let part = (random(seed, salt) >> 11) as f64 / (1_u64 << 53) as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
        let rank = (LEXICON as f64).powf(part) as u64;
        self.spell(rank, 1 + u64::from(rank > 20) + u64::from(rank > 300))
    }

    /// A name: three syllables, capitalised where the script has capitals.
    pub(crate) fn name(self, seed: u64) -> String {
        capital(&self.spell(random(seed, 77), 3))
    }

    fn spell(self, seed: u64, syllables: u64) -> String {
        (0..syllables).map(|n| pick(seed, n, self.syllables)).collect()
    }

    /// A number in the digits of the script.
    pub(crate) fn number(self, value: u64) -> String {
        let digit = |c: char| {
            let step = c.to_digit(10).unwrap();
            char::from_u32(u32::from(self.zero) + step).unwrap()
        };
        value.to_string().chars().map(digit).collect()
    }

    /// A sentence of about so many words about these names and numbers.
    pub(crate) fn sentence(
        self,
        seed: u64,
        words: u64,
        names: &[String],
        figures: &[u64],
    ) -> String {
        let length = words / 2 + below(seed, 1, words);
        let word = |n: u64| {
            let word = match below(seed, 100 + n, 16) {
                0 | 1 if n > 0 => names
                    [usize::try_from(below(seed, 200 + n, names.len() as u64)).unwrap()]
                .clone(),
                2 => self.number(pick(seed, 300 + n, figures)),
                _ => self.word(seed, 400 + n),
            };
            let up = n == 0 || self.capitals > 0 && below(seed, 500 + n, self.capitals * 4) == 0;
            if up { capital(&word) } else { word }
        };
        let words: Vec<_> = (0..length.max(4)).map(word).collect();
        words.join(self.gap) + self.stop
    }
}

/// The word with a capital, where its script has them.
pub(crate) fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default() + chars.as_str()
}
