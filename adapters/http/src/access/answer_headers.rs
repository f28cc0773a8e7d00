//! Headers of the answer that are known before there is an answer.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// What a request's extractors have to tell in its answer, whatever that will be.
#[derive(Clone, Default)]
struct AnswerHeaders(Arc<Mutex<HeaderMap>>);

/// Gives the answer the headers that were told.
pub(crate) async fn answer_headers(mut request: Request, next: Next) -> Response {
    let headers = AnswerHeaders::default();
    request.extensions_mut().insert(headers.clone());
    let mut response = next.run(request).await;
    let told = std::mem::take(&mut *headers.0.lock().unwrap_or_else(PoisonError::into_inner));
    response.headers_mut().extend(told);
    response
}

/// Has the answer to the request of `parts` carry the header `name`.
pub(super) fn tell(parts: &Parts, name: HeaderName, value: HeaderValue) {
    if let Some(AnswerHeaders(headers)) = parts.extensions.get() {
        headers.lock().unwrap_or_else(PoisonError::into_inner).insert(name, value);
    }
}
