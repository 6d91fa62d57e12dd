//! Which form of an article a client wants: content negotiation by RFC 9110, section 12.5.1.

use super::Problem;
use axum::http::{HeaderMap, header};

/// A form that an article can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The whole record.
    Json,
    /// The body as plain text.
    Text,
    /// Headline and body as Markdown.
    Markdown,
    /// A page of its own.
    Html,
}

/// The forms, the one to take in doubt first.
const FORMS: [(Form, &str); 4] = [
    (Form::Json, "application/json"),
    (Form::Markdown, "text/markdown"),
    (Form::Text, "text/plain"),
    (Form::Html, "text/html"),
];

/// The form that the request likes best; JSON where it does not say.
///
/// # Errors
/// It likes none of them.
pub(super) fn negotiate(headers: &HeaderMap) -> Result<Form, Problem> {
    let lists = headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok());
    let list = lists.collect::<Vec<_>>().join(",");
    best(&list).ok_or_else(|| {
        let names = FORMS.map(|(_, name)| name).join(", ");
        Problem::unacceptable(format!("an article comes as {names}"))
    })
}

fn best(accept: &str) -> Option<Form> {
    if accept.trim().is_empty() {
        return Some(Form::Json);
    }
    // The first of equals wins, so that `*/*` gives JSON.
    let mut best = None;
    for (form, name) in FORMS {
        let quality = quality(accept, name);
        if quality > best.map_or(0, |(_, quality)| quality) {
            best = Some((form, quality));
        }
    }
    best.map(|(form, _)| form)
}

/// How much a type is wanted, in thousandths: the most specific range that holds it counts.
fn quality(accept: &str, media: &str) -> u32 {
    let family = media.split('/').next().unwrap_or_default();
    let ranges = accept.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next()?.to_ascii_lowercase();
        let rank = match name.as_str() {
            "*/*" => 1,
            name if name == media => 3,
            name => 2 * u32::from(name.strip_suffix("/*") == Some(family)),
        };
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        Some((rank, weight.map_or(1000, thousandths)))
    });
    ranges.filter(|(rank, _)| *rank > 0).max_by_key(|(rank, _)| *rank).map_or(0, |(_, q)| q)
}

/// A weight such as `0.8`; what is none counts as 0.
fn thousandths(weight: &str) -> u32 {
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    match whole {
        "1" => 1000,
        "0" => format!("{part:0<3.3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(accept: &str, expect: Option<Form>) {
        assert_eq!(best(accept), expect, "{accept}");
    }

    #[test]
    fn the_best_liked_form_is_taken() {
        check("", Some(Form::Json));
        check("*/*", Some(Form::Json));
        check("text/markdown", Some(Form::Markdown));
        check("text/html,application/xhtml+xml,*/*;q=0.8", Some(Form::Html));
        check("text/*", Some(Form::Markdown));
        check("text/*;q=0.5, text/plain", Some(Form::Text));
        check("application/json;q=0.2, text/html;q=0.20001", Some(Form::Json));
        check("*/*, application/json;q=0", Some(Form::Markdown));
        check("image/png", None);
        check("application/json;q=0", None);
        check("TEXT/HTML ; q=0.9", Some(Form::Html));
    }
}
