//! The key that whoever asks for tokens holds (RFC 9449 §5).

use acta_application::access::{ProofError, ProofRequest};
use acta_domain::KeyThumbprint;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::access::unproven;
use crate::problem::Problem;
use crate::state::{App, HttpState};

const PROOF: &str = "dpop";
const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// The key that a proof of possession was made with, if one was sent.
#[derive(Debug, Default)]
pub(super) struct HeldKey {
    /// The key.
    pub(super) key: Option<KeyThumbprint>,
    next_nonce: Option<String>,
}

impl HeldKey {
    /// The key of the request's proof, if it has one.
    pub(super) async fn of(parts: &Parts, app: &HttpState) -> Result<Self, ProofError> {
        let values = parts.headers.get_all(PROOF).iter().map(HeaderValue::to_str);
        let proofs: Vec<_> =
            values.collect::<Result<_, _>>().map_err(|_| ProofError::Invalid("it is not visible ASCII"))?;
        if proofs.is_empty() {
            return Ok(Self::default());
        }
        let path = parts.extensions.get::<OriginalUri>().map_or(parts.uri.path(), |uri| uri.path());
        let request = ProofRequest { proofs: &proofs, method: parts.method.as_str(), path, token: None };
        let checked = app.proofs.check(&request, app.clock.now()).await?;
        Ok(Self { key: Some(checked.key), next_nonce: checked.next_nonce })
    }

    /// The headers of the answer: the nonce to use from now on, when there is one.
    pub(super) fn headers(&self) -> HeaderMap {
        let nonce = self.next_nonce.as_deref().and_then(|nonce| HeaderValue::try_from(nonce).ok());
        nonce.into_iter().map(|nonce| (NONCE, nonce)).collect()
    }
}

impl FromRequestParts<App> for HeldKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Self::of(parts, app).await.map_err(|error| unproven(&error))
    }
}
