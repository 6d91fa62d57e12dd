//! Mutants of given documents: bytes flipped, pieces removed, doubled, moved between documents, and
//! words of the languages of feeds put in.

/// Longest mutant in bytes: faults show in short documents, and short ones run fast.
const LENGTH_MAX: usize = 16 * 1024;

const WORDS: [&str; 72] = [
    "<item>",
    "</item>",
    "<entry>",
    "</entry>",
    "<title>",
    "</title>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?",
    "?>",
    "&#0;",
    "&#x1F;",
    "&#146;",
    "&amp;",
    "&nbsp;",
    "&",
    "<",
    ">",
    "\"",
    "'",
    "/>",
    "xmlns:a=\"http://www.w3.org/2005/Atom\"",
    "xml:base=\"http://[\"",
    "<!DOCTYPE r [<!ENTITY a \"b\">]>",
    "type=\"xhtml\"",
    "mode=\"base64\"",
    "<itunes:duration>99999999999999999999</itunes:duration>",
    "<media:content duration=\"99999999999999999999:1:1\"/>",
    "<author>\u{201c}a@b.cc</author>",
    "<guid>",
    "isPermaLink=\"false\"",
    "{",
    "}",
    "[",
    "]",
    "null",
    ",",
    "\\u",
    "\u{feff}",
    "\u{202e}",
    "\u{0}",
    "99999999999999999999",
    "-",
    "T24:00:00Z",
    "GMT",
    "<link href='//'/>",
    "<p>",
    "</p>",
    "<div class=\"article-body related\">",
    "</div>",
    "<article>",
    "<table><tr><td>",
    "<script type=\"application/ld+json\">{\"@type\":\"NewsArticle\",\"articleBody\":\"",
    "</script>",
    "<style>",
    "<svg><a href=\"javascript:x\">",
    "<math><mi><style>",
    "<noscript><p title=\"</noscript><img src=x onerror=x>\">",
    "<template>",
    "<select><option>",
    "<textarea>",
    "<meta property=\"article:published_time\" content=\"",
    "<figure><figcaption>",
    "<time datetime=\"",
    "<h1>",
    "<br><br>",
    "<a href=\"data:text/html,x\">",
    "%00%2F%ff",
    "?url=http://a.b/?url=",
    "//www.m.amp.",
];

/// An endless row of mutants, the same for the same seed.
pub(crate) struct Mutator {
    state: u64,
    pool: Vec<Vec<u8>>,
}

impl Mutator {
    pub(crate) fn new(seed: u64, pool: Vec<Vec<u8>>) -> Self {
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, pool }
    }

    /// The next mutant; now and then it joins the ancestors.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut input = self.pick();
        for _ in 0..=self.below(8) {
            self.mutate(&mut input);
        }
        input.truncate(LENGTH_MAX);
        if self.below(50) == 0 {
            let full = self.pool.len() >= 500;
            if full {
                let at = self.below(self.pool.len());
                self.pool.swap_remove(at);
            }
            self.pool.push(input.clone());
        }
        input
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let end = (at + self.below(64)).min(input.len());
        match self.below(6) {
            0 => {
                let bit = self.below(8);
                input.get_mut(at).into_iter().for_each(|byte| *byte ^= 1 << bit);
            }
            1 => drop(input.drain(at..end)),
            2 => {
                let piece = input.get(at..end).unwrap_or_default().repeat(1 + self.below(4));
                input.splice(at..at, piece);
            }
            3 => {
                let other = self.pick();
                let from = self.below(other.len() + 1);
                let to = (from + self.below(400)).min(other.len());
                input.splice(at..end, other.get(from..to).unwrap_or_default().iter().copied());
            }
            4 => input.truncate(at.max(1)),
            _ => {
                let word = WORDS.get(self.below(WORDS.len())).copied().unwrap_or_default();
                input.splice(at..at, word.bytes());
            }
        }
    }

    fn pick(&mut self) -> Vec<u8> {
        let at = self.below(self.pool.len());
        self.pool.get(at).cloned().unwrap_or_default()
    }

    /// A number below `end` (xorshift, 64 bits).
    fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}
