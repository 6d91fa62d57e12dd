//! Strong entity tags (RFC 9110, section 8.8.3): an answer that the client has is not sent again.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The answer with this body, or 304 where the client's `If-None-Match` names it.
pub(super) fn respond(request: &HeaderMap, media: &'static str, body: Vec<u8>) -> Response {
    let hash = blake3::hash(&body).to_hex();
    let tag = format!("\"{}\"", hash.get(..32).unwrap_or_default());
    if is_known(request, &tag) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    (headers, Bytes::from(body)).into_response()
}

/// Compares weakly, as `If-None-Match` asks for (RFC 9110, section 13.1.2).
fn is_known(request: &HeaderMap, tag: &str) -> bool {
    let lists = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    lists
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}
