//! Why a client gets no token, in the form of OAuth (RFC 6749 §5.2, RFC 9449 §5).

use acta_application::access::ProofError;
use acta_application::issuer::IssuerError;
use axum::Json;
use axum::http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::seconds;
use crate::problem::Problem;

const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// Why a client gets no token.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TokenError {
    /// Which error it is.
    #[schema(value_type = String, example = "invalid_client")]
    error: &'static str,
    /// The error in words.
    #[schema(value_type = String)]
    error_description: String,
}

/// Why a client gets no token, with what surrounds it.
#[derive(Debug)]
pub(super) struct TokenProblem {
    status: StatusCode,
    body: TokenError,
    header: Option<(HeaderName, HeaderValue)>,
}

impl TokenProblem {
    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        let body = TokenError { error, error_description: description.into() };
        Self { status, body, header: None }
    }

    pub(super) fn invalid_request(description: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    pub(super) fn unsupported_grant_type() -> Self {
        let description = "the only grant type is `client_credentials`";
        Self::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", description)
    }

    pub(super) fn invalid_client() -> Self {
        let description = "the client or its secret is not right";
        let challenge = HeaderValue::from_static(r#"Basic realm="acta", charset="UTF-8""#);
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", description).with(WWW_AUTHENTICATE, challenge)
    }

    /// Something is broken or away; what exactly goes to the service's log.
    fn unavailable(error: IssuerError) -> Self {
        let status = Problem::from(error).kind().status();
        let (error, description) = if status == StatusCode::INTERNAL_SERVER_ERROR {
            ("server_error", "the service failed; what happened is in its log")
        } else {
            ("temporarily_unavailable", "something that the service needs does not answer")
        };
        let problem = Self::new(status, error, description);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            problem.with(RETRY_AFTER, HeaderValue::from(1))
        } else {
            problem
        }
    }

    fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some((name, value));
        self
    }

    #[cfg(test)]
    pub(super) fn error(&self) -> &'static str {
        self.body.error
    }
}

impl From<IssuerError> for TokenProblem {
    fn from(error: IssuerError) -> Self {
        match error {
            IssuerError::ClientRefused => Self::invalid_client(),
            IssuerError::InvalidScope => {
                Self::new(StatusCode::BAD_REQUEST, "invalid_scope", error.to_string())
            }
            IssuerError::TooManyAttempts { retry_after } => {
                let problem =
                    Self::new(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable", error.to_string());
                problem.with(RETRY_AFTER, HeaderValue::from(seconds(retry_after)))
            }
            error => Self::unavailable(error),
        }
    }
}

impl From<ProofError> for TokenProblem {
    fn from(error: ProofError) -> Self {
        let description = error.to_string();
        match error {
            ProofError::NonceNeeded(nonce) => {
                let nonce = HeaderValue::try_from(nonce).expect("our nonces are base64url");
                Self::new(StatusCode::BAD_REQUEST, "use_dpop_nonce", description).with(NONCE, nonce)
            }
            ProofError::Unavailable(cause) => Self::unavailable(cause.into()),
            ProofError::Missing | ProofError::Invalid(_) | ProofError::OtherKey | ProofError::Replayed => {
                Self::new(StatusCode::BAD_REQUEST, "invalid_dpop_proof", description)
            }
        }
    }
}

impl IntoResponse for TokenProblem {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::from_iter([(CACHE_CONTROL, HeaderValue::from_static("no-store"))]);
        headers.extend(self.header);
        (self.status, headers, Json(self.body)).into_response()
    }
}
