//! Carrying a message out, by the HTTP API in process.

use std::convert::Infallible;

use acta_application::access::Admitted;
use acta_domain::SessionId;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use serde_json::value::RawValue;
use tower::ServiceExt as _;

use super::PathOf;
use super::members::Members;
use crate::gate::refusal_of;
use crate::refusal::{Refusal, RoomProblem};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The longest answer that is read; ours are a fraction of it.
const LONGEST: usize = 64 * 1024;

/// Carries out a message of whoever is `admitted` to `session`: the request that it stands for, with its `data` as the body.
pub(crate) async fn carry_out(
    api: &Router,
    session: SessionId,
    admitted: &Admitted,
    path: PathOf,
    data: &RawValue,
) -> Result<Box<RawValue>, Refusal> {
    let mut request = request(session, path, data)?;
    request.extensions_mut().insert(admitted.clone());
    let answered = api.clone().oneshot(request).await;
    let response = answered.unwrap_or_else(|never: Infallible| match never {});
    if !response.status().is_success() {
        return Err(refusal_of(response).await);
    }
    done(response).await.ok_or_else(|| {
        tracing::error!("the API answered with what is no outcome");
        Refusal::new(RoomProblem::Internal, "the service failed; what happened is in its log")
    })
}

fn request(session: SessionId, path: PathOf, data: &RawValue) -> Result<Request, Refusal> {
    let mut members = Members::of(data)?;
    let path = match path {
        PathOf::Session(path) => path.to_owned(),
        PathOf::Request(verb) => format!("requests/{}/{verb}", members.take_id("request_id")?),
        PathOf::Person(verb) => format!("attendees/{}/{verb}", members.take_id("user_id")?),
    };
    let mut request = Request::post(format!("/api/v1/sessions/{session}/floor/{path}"))
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(key) = members.take_text("idempotency_key")? {
        request = request.header(IDEMPOTENCY_KEY, header(&key)?);
    }
    let body = serde_json::to_vec(&members).expect("JSON that was read can be written");
    Ok(request.body(Body::from(body)).expect("the path is plain"))
}

fn header(key: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::from_str(key).map_err(|_| {
        let detail = "an idempotency key is 1 to 255 visible ASCII characters";
        Refusal::at_field(RoomProblem::InvalidBody, "/idempotency_key", detail)
    })
}

async fn done(response: Response) -> Option<Box<RawValue>> {
    let bytes = to_bytes(response.into_body(), LONGEST).await.ok()?;
    serde_json::from_slice(&bytes).ok()
}
