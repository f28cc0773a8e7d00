//! The port that verifies tokens.

use acta_domain::Timestamp;
use async_trait::async_trait;

use super::Principal;

/// Why a token is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no token of an issuer that is trusted here, or was altered.
    #[error("the access token is not valid")]
    Invalid,
    /// It was valid once.
    #[error("the access token has expired")]
    Expired,
    /// It is genuine but says something that this service cannot work with.
    #[error("the access token's claim `{0}` is missing or malformed")]
    Claim(&'static str),
}

/// Verifies access tokens.
#[async_trait]
pub trait AccessTokens: Send + Sync + 'static {
    /// Who stands behind `token` at `now`.
    ///
    /// # Errors
    /// See [`TokenError`].
    async fn verify(&self, token: &str, now: Timestamp) -> Result<Principal, TokenError>;
}
