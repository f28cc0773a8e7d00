//! The port that verifies tokens.

use acta_domain::Timestamp;
use acta_domain::values::KeyThumbprint;
use async_trait::async_trait;

use super::{Grant, Principal};
use crate::log::Fault;

/// Why a token is not accepted.
#[derive(Debug, Clone, thiserror::Error)]
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
    /// The keys of its issuer cannot be had at present.
    #[error("the keys of the access token's issuer are not available")]
    Unavailable(#[source] Fault),
}

/// A token that is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedToken {
    /// Who stands behind it.
    pub principal: Principal,
    /// The key that whoever shows it must hold (`cnf.jkt`), if it is bound to one.
    pub bound_to: Option<KeyThumbprint>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What it rests on, if our own issuer gave it to somebody who signed in or to a registered client.
    pub grant: Option<Grant>,
}

/// Verifies access tokens.
#[async_trait]
pub trait AccessTokens: Send + Sync + 'static {
    /// Who stands behind `token` at `now`.
    ///
    /// # Errors
    /// See [`TokenError`].
    async fn verify(&self, token: &str, now: Timestamp) -> Result<VerifiedToken, TokenError>;
}
