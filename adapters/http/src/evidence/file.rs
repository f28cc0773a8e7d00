//! Proof files as answers.

use acta_application::evidence::ProofBytes;
use acta_domain::SessionId;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// The media type of proof files.
const PROOF: &str = "application/vnd.acta.proof+cbor";

/// `file` of `session` as a download called after its `kind`.
pub(super) fn answer(file: ProofBytes, kind: &str, session: SessionId) -> Response {
    let name = format!("attachment; filename=\"{kind}-{session}-{}.acta\"", file.size);
    ([(CONTENT_TYPE, PROOF.to_owned()), (CONTENT_DISPOSITION, name)], file.bytes).into_response()
}
