//! Why a token is refused, before its bearer is told less.

use acta_application::access::TokenError;
use acta_application::log::Fault;

use crate::jwt::JwtError;

/// Why a token is refused.
pub(super) enum Refusal {
    Jwt(JwtError),
    Unavailable(Fault),
}

impl From<JwtError> for Refusal {
    fn from(error: JwtError) -> Self {
        Self::Jwt(error)
    }
}

impl From<Refusal> for TokenError {
    /// Whoever runs the service may see what whoever shows a token is not told.
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Jwt(error) => {
                tracing::debug!(reason = %error, "an access token was refused");
                error.into()
            }
            Refusal::Unavailable(fault) => Self::Unavailable(fault),
        }
    }
}
