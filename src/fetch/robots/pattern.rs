//! Path patterns of `robots.txt`: `*` for anything, `$` for the end (RFC 9309, 2.2.2 and 2.2.3).

/// Longer patterns are cut; browsers' addresses end there as well.
const LENGTH_MAX: usize = 2048;

/// A path pattern, in the same spelling as the paths that it is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    text: Box<[u8]>,
    /// The path must end where the pattern ends.
    to_end: bool,
}

impl Pattern {
    pub(super) fn new(text: &[u8]) -> Self {
        let text = text.get(..LENGTH_MAX).unwrap_or(text);
        let (text, to_end) = match text.strip_suffix(b"$") {
            Some(start) => (start, true),
            None => (text, false),
        };
        Self { text: normalise(text).into(), to_end }
    }

    /// Length in bytes, by which patterns are ranked.
    pub(super) fn len(&self) -> usize {
        self.text.len() + usize::from(self.to_end)
    }

    /// True where the beginning of `path`, or all of it, is as the pattern says. Each part between
    /// two `*` is taken at its first place: what comes later can only have more room after it.
    pub(super) fn fits(&self, path: &[u8]) -> bool {
        let mut parts = self.text.split(|byte| *byte == b'*').peekable();
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = path.strip_prefix(first) else { return false };
        if parts.peek().is_none() {
            return !self.to_end || rest.is_empty();
        }
        while let Some(part) = parts.next() {
            if self.to_end && parts.peek().is_none() {
                return rest.ends_with(part);
            }
            let Some(after) = after_first(rest, part) else { return false };
            rest = after;
        }
        true
    }
}

/// What follows the first `part` in `text`.
fn after_first<'t>(text: &'t [u8], part: &[u8]) -> Option<&'t [u8]> {
    if part.is_empty() {
        return Some(text);
    }
    let at = text.windows(part.len()).position(|window| window == part)?;
    text.get(at + part.len()..)
}

/// One spelling for each path: bytes outside ASCII escaped, unreserved characters not, escapes in
/// capitals (RFC 9309, 2.2.2; RFC 3986, 2.3).
pub(super) fn normalise(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail) {
            (b'%', [high, low, after @ ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                rest = after;
                escaped(&mut out, *high, *low);
            }
            (0x80.., _) => {
                out.push(b'%');
                out.extend([digit(first >> 4), digit(first & 0xf)]);
            }
            _ => out.push(first),
        }
    }
    out
}

fn escaped(out: &mut Vec<u8>, high: u8, low: u8) {
    let byte = value(high) << 4 | value(low);
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
        out.push(byte);
    } else {
        out.extend([b'%', high.to_ascii_uppercase(), low.to_ascii_uppercase()]);
    }
}

fn value(digit: u8) -> u8 {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or_default()
}

fn digit(value: u8) -> u8 {
    if value < 10 { b'0' + value } else { b'A' + value - 10 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(pattern: &str, fits: &[&str], fails: &[&str]) {
        let compiled = Pattern::new(pattern.as_bytes());
        for path in fits {
            assert!(compiled.fits(&normalise(path.as_bytes())), "{pattern} should fit {path}");
        }
        for path in fails {
            assert!(!compiled.fits(&normalise(path.as_bytes())), "{pattern} should not fit {path}");
        }
    }

    #[test]
    fn patterns_fit_beginnings() {
        check("/", &["/", "/a"], &[]);
        check("/fish", &["/fish", "/fish.html", "/fishheads/x", "/fish?id=1"], &["/Fish", "/cat"]);
        check("/fish*", &["/fish", "/fish.html"], &["/Fish.asp"]);
        check("/fish/", &["/fish/", "/fish/?id=1", "/fish/salmon"], &["/fish", "/fish.html"]);
    }

    #[test]
    fn stars_stand_for_anything_and_dollars_for_the_end() {
        check("/*.php", &["/index.php", "/a/b.php?x", "/x.php/"], &["/", "/windows.PHP"]);
        check("/*.php$", &["/a.php", "/a.php.php"], &["/a.php?x", "/a.php/", "/a.php5"]);
        check("/fish*.php", &["/fish.php", "/fishheads/cat.php?x"], &["/Fish.PHP"]);
        check("/a*b*c$", &["/abc", "/a-b-c", "/abcbc"], &["/abcd", "/acb"]);
        check("/*a$", &["/a", "/ba", "/aa"], &["/ab"]);
        check("/a$b", &["/a$b"], &["/a"]);
        check("$", &[], &["/"]);
        check("*", &["/", "/x"], &[]);
    }

    #[test]
    fn spellings_of_one_path_are_equal() {
        check("/bar/ツ", &["/bar/%E3%83%84", "/bar/%e3%83%84"], &["/bar/x"]);
        check("/bar/%E3%83%84", &["/bar/ツ"], &[]);
        check("/bar/%62%61%7A", &["/bar/baz"], &[]);
        check("/a%2fb", &["/a%2Fb"], &["/a/b"]);
        check("/100%", &["/100%"], &[]);
    }

    /// The same question by trying every length for each star.
    fn slow(pattern: &[u8], path: &[u8], to_end: bool) -> bool {
        match pattern.split_first() {
            None => !to_end || path.is_empty(),
            Some((b'*', rest)) => (0..=path.len()).any(|n| slow(rest, &path[n..], to_end)),
            Some((byte, rest)) => path.first() == Some(byte) && slow(rest, &path[1..], to_end),
        }
    }

    proptest! {
        #[test]
        fn first_places_suffice(pattern in "[ab*]{0,8}", end: bool, path in "[ab]{0,10}") {
            let written = format!("{pattern}{}", if end { "$" } else { "" });
            let expect = slow(pattern.as_bytes(), path.as_bytes(), end);
            prop_assert_eq!(Pattern::new(written.as_bytes()).fits(path.as_bytes()), expect);
        }
    }
}
