//! A refusal of the HTTP API, as it answered.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderName};
use axum::response::Response;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::refusal::{Refusal, RoomProblem};

/// The longest problem document that is read; ours are a fraction of it.
const LONGEST: usize = 64 * 1024;
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// What of a problem document the room itself looks at.
#[derive(Deserialize)]
struct Known {
    #[serde(rename = "type")]
    kind: String,
    detail: String,
}

/// Why the API refused what it answered with `response`: its problem document, with what else it told in headers.
pub(crate) async fn refusal_of(response: Response) -> Refusal {
    let (head, body) = response.into_parts();
    let read = axum::body::to_bytes(body, LONGEST).await.ok();
    let refusal = read.and_then(|bytes| document(head.status.as_u16(), &head.headers, &bytes));
    refusal.unwrap_or_else(|| {
        tracing::error!(status = %head.status, "the API refused without a problem document");
        Refusal::new(RoomProblem::Internal, "the service failed; what happened is in its log")
    })
}

fn document(status: u16, headers: &HeaderMap, bytes: &[u8]) -> Option<Refusal> {
    let Known { kind, detail } = serde_json::from_slice(bytes).ok()?;
    let slug = kind.rsplit(':').next().unwrap_or_default().to_owned();
    let nonce = headers.get(DPOP_NONCE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Some(Refusal::of_api(status, slug, detail, nonce, with_retry_after(headers, bytes)?))
}

/// The document, with the seconds of `Retry-After` as a member: a message has no headers.
fn with_retry_after(headers: &HeaderMap, bytes: &[u8]) -> Option<Box<RawValue>> {
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let Some(seconds) = seconds else { return serde_json::from_slice(bytes).ok() };
    let mut members: Map<String, Value> = serde_json::from_slice(bytes).ok()?;
    members.entry("retry_after_seconds").or_insert_with(|| seconds.into());
    serde_json::value::to_raw_value(&members).ok()
}
