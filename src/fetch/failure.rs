//! Turns reqwest's errors into classes of failure and words for a person.

use super::guard::{Blocked, NoAddress};
use super::outcome::{Failure, FailureKind, Outcome, Reason};
use std::error::Error;
use std::io;

/// The outcome where no answer's header came.
pub(super) fn of_request(error: &reqwest::Error) -> Outcome {
    for cause in causes(error) {
        if let Some(Blocked(address)) = cause.downcast_ref() {
            return Outcome::Refused(Reason::PrivateAddress(address.clone()));
        }
    }
    let kind = if error.is_timeout() {
        FailureKind::Timeout
    } else {
        let otherwise =
            if error.is_connect() { FailureKind::Connect } else { FailureKind::Protocol };
        classify(error, otherwise)
    };
    Outcome::Failed(Box::new(Failure::new(kind, words(error))))
}

/// The failure where a body broke off.
pub(super) fn of_body(error: &reqwest::Error) -> Failure {
    Failure::new(classify(error, FailureKind::Truncated), words(error))
}

fn classify(error: &reqwest::Error, otherwise: FailureKind) -> FailureKind {
    causes(error).find_map(class).unwrap_or(otherwise)
}

fn class(cause: &(dyn Error + 'static)) -> Option<FailureKind> {
    if cause.is::<NoAddress>() {
        return Some(FailureKind::Dns);
    }
    if cause.is::<rustls::Error>() {
        return Some(FailureKind::Tls);
    }
    let error = cause.downcast_ref::<hyper::Error>()?;
    if error.is_parse_too_large() {
        Some(FailureKind::TooBig)
    } else if error.is_parse() {
        Some(FailureKind::Protocol)
    } else if error.is_incomplete_message() {
        Some(FailureKind::Truncated)
    } else {
        None
    }
}

/// The error and what caused it, outermost first; looks into I/O errors, whose own causes skip the
/// error they wrap.
fn causes<'e>(error: &'e reqwest::Error) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    let first: &'e (dyn Error + 'static) = error;
    std::iter::successors(Some(first), |error| inner(*error))
}

fn inner<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

/// The innermost cause, which says what happened, without reqwest's own framing.
pub(super) fn words(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| error.to_string(), ToString::to_string)
}
