//! `robots.txt` by RFC 9309: which paths a host lets us read, and how slowly.
//!
//! [`Rules`] is the part of one file that concerns us, a pure function of its bytes; [`Robots`]
//! remembers the rules of hosts. Fetching the file is `get`'s work.

mod cache;
mod pattern;
#[cfg(test)]
mod public_cases;

pub(super) use cache::{Known, Robots};

use pattern::{Pattern, normalise};
use std::time::Duration;

/// More rules than this are not read: each request would have to look at all of them.
const RULES_MAX: usize = 10_000;
/// A longer `Crawl-delay` is meant to keep us out, which `Disallow` would say.
const DELAY_MAX: Duration = Duration::from_mins(2);

/// What one host lets us do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rules {
    rules: Vec<(Pattern, bool)>,
    /// Least time between two requests, as the host wishes it; capped.
    pub(super) delay: Option<Duration>,
}

/// The groups of one file while it is read: ours by name and everybody's.
#[derive(Default)]
struct Reader {
    /// `None` until a group names us.
    ours: Option<Rules>,
    everybody: Rules,
    /// The present group speaks of us by name, of everybody.
    for_us: bool,
    for_all: bool,
    /// A rule was read since the last `User-agent`: the next one begins another group.
    in_rules: bool,
}

impl Rules {
    /// The rules of `file` for the product `token`, the part of our `User-Agent` before the slash.
    pub(super) fn read(file: &[u8], token: &str) -> Self {
        let mut reader = Reader::default();
        let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
        for line in file.split(|byte| matches!(byte, b'\n' | b'\r')) {
            reader.line(line, token);
        }
        reader.ours.unwrap_or(reader.everybody)
    }

    /// True where `path` (with query, as in a request) may be read. The longest pattern that fits
    /// decides, `Allow` among equals; what no pattern fits may be read.
    pub(super) fn allow(&self, path: &str) -> bool {
        let path = normalise(path.as_bytes());
        path == b"/robots.txt"
            || self
                .rules
                .iter()
                .filter(|(pattern, _)| pattern.fits(&path))
                .max_by_key(|(pattern, allow)| (pattern.len(), *allow))
                .is_none_or(|(_, allow)| *allow)
    }

    /// Bytes held.
    fn weight(&self) -> usize {
        self.rules.iter().map(|(pattern, _)| pattern.len() + size_of::<(Pattern, bool)>()).sum()
    }
}

impl Reader {
    fn line(&mut self, line: &[u8], token: &str) {
        let line = line.split(|byte| *byte == b'#').next().unwrap_or_default();
        let Some((name, value)) = name_and_value(line) else { return };
        match name.to_ascii_lowercase().as_slice() {
            b"user-agent" | b"useragent" | b"user agent" => self.agent(value, token),
            b"allow" => {
                self.rule(value, true);
                if let Some(folder) = folder_of_index(value) {
                    self.rule(&folder, true);
                }
            }
            // Spelled as they are on the web: nobody who writes this wants to be read.
            b"disallow" | b"dissallow" | b"dissalow" | b"disalow" | b"diasllow" | b"disallaw" => {
                self.rule(value, false);
            }
            b"crawl-delay" => self.delay(value),
            _ => {}
        }
    }

    fn agent(&mut self, value: &[u8], token: &str) {
        if self.in_rules {
            (self.for_us, self.for_all, self.in_rules) = (false, false, false);
        }
        let end = value.iter().position(|byte| !is_token(*byte)).unwrap_or(value.len());
        let product = value.get(..end).unwrap_or_default();
        self.for_us |= product.eq_ignore_ascii_case(token.as_bytes());
        self.for_all |= value == b"*" || value.starts_with(b"* ");
        if self.for_us {
            self.ours.get_or_insert_default();
        }
    }

    fn rule(&mut self, value: &[u8], allow: bool) {
        self.in_rules = true;
        if value.is_empty() {
            return;
        }
        for group in self.groups() {
            if group.rules.len() < RULES_MAX {
                group.rules.push((Pattern::new(value), allow));
            }
        }
    }

    fn delay(&mut self, value: &[u8]) {
        let seconds = std::str::from_utf8(value).ok().and_then(|text| text.parse::<f64>().ok());
        let Some(delay) = seconds.and_then(|s| Duration::try_from_secs_f64(s).ok()) else { return };
        for group in self.groups() {
            group.delay = group.delay.max(Some(delay.min(DELAY_MAX)));
        }
    }

    fn groups(&mut self) -> impl Iterator<Item = &mut Rules> {
        let ours = self.ours.as_mut().filter(|_| self.for_us);
        ours.into_iter().chain(self.for_all.then_some(&mut self.everybody))
    }
}

/// A line's two halves. Where the colon was forgotten, two words are a name and its value.
fn name_and_value(line: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some(colon) = line.iter().position(|byte| *byte == b':') {
        let (name, value) = line.split_at(colon);
        return Some((name.trim_ascii(), value.get(1..).unwrap_or_default().trim_ascii()));
    }
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let halves = (words.next()?, words.next()?);
    words.next().is_none().then_some(halves)
}

/// Who allows a folder's index allows the folder's own address as well.
fn folder_of_index(value: &[u8]) -> Option<Vec<u8>> {
    let slash = value.iter().rposition(|byte| *byte == b'/')?;
    let (folder, file) = value.split_at_checked(slash + 1)?;
    file.starts_with(b"index.htm").then(|| [folder, b"$"].concat())
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(file: &str, allowed: &[&str], forbidden: &[&str]) {
        let rules = Rules::read(file.as_bytes(), "wiredesk");
        for path in allowed {
            assert!(rules.allow(path), "{path} should be allowed by {file:?}");
        }
        for path in forbidden {
            assert!(!rules.allow(path), "{path} should be forbidden by {file:?}");
        }
    }

    #[test]
    fn files_without_rules_allow_everything() {
        check("", &["/", "/a?b"], &[]);
        check("User-agent: *\nDisallow:", &["/", "/a"], &[]);
        check("Disallow: /", &["/a"], &[]);
        check("<html>not found</html>", &["/a"], &[]);
        check("User-agent: other\nDisallow: /", &["/a"], &[]);
    }

    #[test]
    fn the_group_that_names_us_is_ours_alone() {
        let file = "User-agent: *\nDisallow: /\n\nUser-agent: WireDesk/2.0\nDisallow: /private";
        check(file, &["/", "/a"], &["/private", "/private/a"]);
        let file = "user-agent: wiredesk\nuser-agent: b\ndisallow: /x\n\nUSER-AGENT: *\nallow: /";
        check(file, &["/a"], &["/x"]);
        let file = "User-agent: wiredeskbot\nDisallow: /\nUser-agent: wire\nDisallow: /";
        check(file, &["/a"], &[]);
        check("User-agent: wiredesk\n\nUser-agent: *\nDisallow: /", &[], &["/a"]);
    }

    #[test]
    fn groups_of_one_name_are_joined() {
        let file = "User-agent: wiredesk\nDisallow: /a\nUser-agent: x\nDisallow: /b\n\
                    User-agent: wiredesk\nDisallow: /c";
        check(file, &["/b"], &["/a", "/c"]);
    }

    #[test]
    fn other_lines_divide_nothing() {
        let file = "User-agent: wiredesk\nSitemap: https://a.example/s.xml\nDisallow: /a\n\
                    Unknown: x\nDisallow: /b";
        check(file, &["/c"], &["/a", "/b"]);
        let file = "User-agent: wiredesk\nCrawl-delay: 2\nUser-agent: x\nDisallow: /a";
        check(file, &[], &["/a"]);
    }

    #[test]
    fn lines_may_be_sloppy() {
        let file = "\u{feff}User-Agent :wiredesk # us\r\rDISALLOW  :  /a  # not there\rallow:/a/b";
        check(file, &["/a/b/c", "/"], &["/a", "/a/c"]);
        check("User-agent: *\nDisallow: /a\n\n\nDisallow: /b", &[], &["/a", "/b"]);
    }

    #[test]
    fn the_longest_pattern_decides() {
        let rules = |text: &str| format!("User-agent: *\n{text}");
        check(&rules("Disallow: /\nAllow: /p"), &["/page", "/p"], &["/", "/x"]);
        check(&rules("Allow: /folder\nDisallow: /folder"), &["/folder/page"], &[]);
        check(&rules("Allow: /page\nDisallow: /*.htm"), &["/page"], &["/page.htm"]);
        check(&rules("Allow: /$\nDisallow: /"), &["/"], &["/page.htm", "/?a"]);
        check(&rules("Allow: /x/\nDisallow: /x"), &["/x/page", "/y"], &["/x", "/x.html"]);
    }

    #[test]
    fn delays_are_read_and_capped() {
        let delay = |text: &str| {
            Rules::read(format!("User-agent: *\nCrawl-delay: {text}").as_bytes(), "x").delay
        };
        assert_eq!(delay("2.5"), Some(Duration::from_millis(2500)));
        assert_eq!(delay("99999"), Some(DELAY_MAX));
        for bad in ["", "soon", "-1", "NaN", "1e400"] {
            assert_eq!(delay(bad), None, "{bad}");
        }
    }

    #[test]
    fn floods_of_rules_are_cut() {
        let file = format!("User-agent: *\n{}", "Disallow: /*a*b*c\n".repeat(RULES_MAX * 2));
        let rules = Rules::read(file.as_bytes(), "x");
        assert_eq!(rules.rules.len(), RULES_MAX);
        assert!(rules.allow(&format!("/{}", "ab".repeat(1000))));
    }
}
