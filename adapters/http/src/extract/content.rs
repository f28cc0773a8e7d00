//! What a command's body is read as.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

use super::json::{self, Body};
use crate::problem::Problem;
use crate::router::MAX_BODY;

/// A body in some media type.
pub(crate) trait Content: Sized + Send {
    /// How many bytes it has at most.
    const MOST: usize = MAX_BODY;

    /// Reads it.
    fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<Self, Problem>;
}

impl<B: Body> Content for B {
    fn read(headers: &HeaderMap, bytes: &[u8]) -> Result<Self, Problem> {
        json::parse(headers, bytes)
    }
}

/// The media type of the body, without its parameters and in lower case; empty if none is named.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
