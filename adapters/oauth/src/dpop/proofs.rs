//! Proofs that hold once.

use std::sync::Arc;

use acta_application::access::{
    CheckedProof, ProofError, ProofRequest, ProofsOfPossession, ReplayCache, ReplayKey,
};
use acta_domain::Timestamp;
use async_trait::async_trait;
use sha2::{Digest as _, Sha256};

use super::check::{FUTURE, PAST};
use super::nonce::Worth;
use super::{CheckedClaims, Nonces, Origin, check};

const SECOND: i64 = 1_000_000;
const TOO_EARLY: &str = "it was made before the service was started, which does not know what was used then";

/// How proofs are checked.
pub struct DpopOptions {
    /// Where the service is reached: its public URL, and its own address on the loopback.
    pub origins: Vec<Origin>,
    /// Nonces, if every proof needs one; without them those in proofs are ignored.
    pub nonces: Option<Nonces>,
}

/// Checks proofs, and that each is used once.
pub struct DpopProofs {
    options: DpopOptions,
    used: Arc<dyn ReplayCache>,
    since: Option<Timestamp>,
}

impl DpopProofs {
    /// Checks by `options`; `used` remembers.
    pub fn new(options: DpopOptions, used: Arc<dyn ReplayCache>) -> Self {
        Self { options, used, since: None }
    }

    /// The same where `used` remembers nothing from before `moment`: proofs of an earlier second are refused, because they may have
    /// been used then.
    #[must_use]
    pub fn since(self, moment: Timestamp) -> Self {
        Self { since: Some(moment), ..self }
    }

    /// Proofs tell whole seconds, so those of the first second are let through.
    fn check_age(&self, claims: &CheckedClaims) -> Result<(), ProofError> {
        let second = |moment: Timestamp| moment.as_micros().div_euclid(SECOND);
        match self.since {
            Some(since) if second(claims.made_at) < second(since) => Err(ProofError::Invalid(TOO_EARLY)),
            _ => Ok(()),
        }
    }

    /// A newer nonce, when the one of the proof is ageing.
    fn check_nonce(&self, claims: &CheckedClaims, now: Timestamp) -> Result<Option<String>, ProofError> {
        let Some(nonces) = &self.options.nonces else { return Ok(None) };
        match claims.nonce.as_deref().map_or(Worth::Nothing, |nonce| nonces.worth(nonce, now)) {
            Worth::Good => Ok(None),
            Worth::Ageing => Ok(Some(nonces.current(now))),
            Worth::Nothing => Err(ProofError::NonceNeeded(nonces.current(now))),
        }
    }

    async fn check_first_use(&self, claims: &CheckedClaims, now: Timestamp) -> Result<(), ProofError> {
        let first = self.used.first_use(name(claims), forgotten_at(claims), now).await;
        if first.map_err(ProofError::Unavailable)? { Ok(()) } else { Err(ProofError::Replayed) }
    }
}

#[async_trait]
impl ProofsOfPossession for DpopProofs {
    async fn check(&self, request: &ProofRequest<'_>, now: Timestamp) -> Result<CheckedProof, ProofError> {
        let claims = check(request, &self.options.origins, now)?;
        self.check_age(&claims)?;
        let next_nonce = self.check_nonce(&claims, now)?;
        self.check_first_use(&claims, now).await?;
        Ok(CheckedProof { key: claims.key, next_nonce })
    }
}

/// The key's own name for the proof; another key may use the same.
fn name(claims: &CheckedClaims) -> ReplayKey {
    ReplayKey(Sha256::new().chain_update(claims.key.as_bytes()).chain_update(&claims.id).finalize().into())
}

/// When the proof is too old for every instance, even one whose clock is behind.
fn forgotten_at(claims: &CheckedClaims) -> Timestamp {
    Timestamp::from_micros(claims.made_at.as_micros() + PAST + FUTURE).unwrap_or(Timestamp::MAX)
}
