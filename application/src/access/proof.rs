//! The port that verifies that whoever shows a token holds the key it is bound to (RFC 9449).

use acta_domain::Timestamp;
use acta_domain::values::KeyThumbprint;
use async_trait::async_trait;

use super::CountersError;

/// A request that came with a proof.
#[derive(Debug, Clone, Copy)]
pub struct ProofRequest<'a> {
    /// Every value of the header `DPoP`: there must be exactly one.
    pub proofs: &'a [&'a str],
    /// The method as it was sent, `POST`.
    pub method: &'a str,
    /// The path as it was sent, without the query: `/api/v1/sessions`.
    pub path: &'a str,
    /// The access token that came with it and the key it is bound to; nothing where a token is asked for (RFC 9449 §5).
    pub token: Option<(&'a str, KeyThumbprint)>,
}

/// A proof that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedProof {
    /// The key that it was made with.
    pub key: KeyThumbprint,
    /// A nonce that the client should use from now on, when it should.
    pub next_nonce: Option<String>,
}

/// Why a proof is not accepted.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProofError {
    /// There is none.
    #[error("a proof of possession is needed: one header `DPoP` (RFC 9449)")]
    Missing,
    /// It does not hold, for this reason.
    #[error("the proof of possession does not hold: {0}")]
    Invalid(&'static str),
    /// The token is bound to another key than the proof was made with.
    #[error("the proof of possession was made with another key than the one that the token is bound to")]
    OtherKey,
    /// It was used before.
    #[error("the proof of possession was used before")]
    Replayed,
    /// It must be made again with this nonce.
    #[error("the proof of possession needs the nonce of this answer")]
    NonceNeeded(String),
    /// Whether it was used before cannot be told at present.
    #[error("whether the proof of possession was used before cannot be told at present")]
    Unavailable(#[source] CountersError),
}

/// Verifies proofs of possession.
#[async_trait]
pub trait ProofsOfPossession: Send + Sync + 'static {
    /// Checks the proof of `request` at `now`; it holds once.
    ///
    /// # Errors
    /// See [`ProofError`].
    async fn check(&self, request: &ProofRequest<'_>, now: Timestamp) -> Result<CheckedProof, ProofError>;
}
