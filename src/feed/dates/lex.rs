//! Cuts a date's text into numbers, words and signs.

/// A piece of a date's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Digits as written.
    Number(&'a str),
    /// Letters; a zone's name may hold `/` and `_`.
    Word(&'a str),
    /// Anything else that is not white space; letters that separate in East Asia are signs too.
    Sign(char),
}

impl Piece<'_> {
    /// The number, where the piece is one of at most four digits.
    pub(super) fn small(&self) -> Option<i16> {
        match self {
            Self::Number(digits) if digits.len() <= 4 => digits.parse().ok(),
            _ => None,
        }
    }

    /// True for this sign.
    pub(super) fn is(&self, sign: char) -> bool {
        matches!(self, Piece::Sign(s) if *s == sign)
    }
}

/// The pieces of a text; remarks in parentheses and white space are left out, compact dates and
/// times are spread.
pub(super) fn cut(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::with_capacity(16);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (piece, tail) = rest.split_at(length(rest, first));
        rest = tail;
        if first.is_ascii_digit() {
            spread(piece, &mut pieces);
        } else if let Some(sign) = sign_of(first) {
            pieces.push(Piece::Sign(sign));
        } else if let Some(half) = half_of_day(piece) {
            pieces.push(Piece::Word(half));
        } else if first.is_alphabetic() {
            pieces.push(Piece::Word(piece));
        } else if !first.is_whitespace() && first != '(' {
            pieces.push(Piece::Sign(first));
        }
    }
    pieces
}

/// Length of the piece that begins with `first`.
fn length(rest: &str, first: char) -> usize {
    let end = match first {
        c if c.is_ascii_digit() => rest.find(|c: char| !c.is_ascii_digit()),
        '(' => rest.find(')').map(|at| at + 1),
        c if sign_of(c).is_some() || !c.is_alphabetic() => Some(c.len_utf8()),
        _ => match rest.get(..4).and_then(half_of_day) {
            Some(_) => Some(4),
            None => rest.find(|c: char| sign_of(c).is_some() || !in_word(c)),
        },
    };
    end.unwrap_or(rest.len())
}

fn in_word(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '/' | '_' | '\u{300}'..='\u{36f}')
}

fn half_of_day(text: &str) -> Option<&'static str> {
    match text {
        "a.m." | "A.M." => Some("am"),
        "p.m." | "P.M." => Some("pm"),
        _ => None,
    }
}

/// `20260302` and `101112` behind a `T` in their parts; other numbers as they are.
fn spread<'a>(digits: &'a str, pieces: &mut Vec<Piece<'a>>) {
    let time = matches!(pieces.last(), Some(Piece::Word("T" | "t")));
    let cuts: &[(usize, char)] = match digits.len() {
        8 => &[(4, '-'), (6, '-')],
        12 => &[(4, '-'), (6, '-'), (8, ' '), (10, ':')],
        14 => &[(4, '-'), (6, '-'), (8, ' '), (10, ':'), (12, ':')],
        4 if time => &[(2, ':')],
        6 if time => &[(2, ':'), (4, ':')],
        _ => &[],
    };
    let mut from = 0;
    for (to, sign) in cuts {
        pieces
            .extend([Piece::Number(digits.get(from..*to).unwrap_or_default()), Piece::Sign(*sign)]);
        from = *to;
    }
    pieces.push(Piece::Number(digits.get(from..).unwrap_or_default()));
}

/// What a sign or an East Asian separator letter stands for.
fn sign_of(c: char) -> Option<char> {
    Some(match c {
        '年' | '月' | '日' | '년' | '월' | '일' | '\u{2010}' | '\u{2011}' | '\u{2013}'
        | '\u{2212}' => '-',
        '時' | '时' | '시' | '分' | '분' => ':',
        '秒' | '초' => ' ',
        _ => return None,
    })
}
