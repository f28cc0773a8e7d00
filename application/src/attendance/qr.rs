//! The port of signed, single-use QR codes.

use acta_domain::{EvidenceDigest, PersonId, SessionId, TenantId, Timestamp, VotingWeight};
use acta_proof::sealed::SealedPart;
use uuid::Uuid;

/// What a QR code is issued for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrClaims {
    /// The tenant.
    pub tenant: TenantId,
    /// The session that it lets in to.
    pub session: SessionId,
    /// The one person that it lets in.
    pub person: PersonId,
    /// The weight of their vote.
    pub voting_weight: Option<VotingWeight>,
    /// How they are called and reached, as ciphertext.
    pub sealed: Option<SealedPart>,
    /// Until when it is good; whole seconds.
    pub expires_at: Timestamp,
    /// Its unique name.
    pub id: Uuid,
}

/// A genuine code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedQr {
    /// What it was issued for.
    pub claims: QrClaims,
    /// A keyed digest of its name: the same code gives the same digest, and the digest gives no code.
    pub evidence: EvidenceDigest,
}

/// Why a QR code is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// It was not issued here, or was altered.
    #[error("the QR code is not one that this service issued")]
    Invalid,
    /// Its time is over.
    #[error("the QR code has expired")]
    Expired,
    /// It is for another session.
    #[error("the QR code is for another session")]
    OtherSession,
    /// It is for another person.
    #[error("the QR code is for another person")]
    OtherPerson,
}

/// Issues and verifies QR codes.
pub trait QrTokens: Send + Sync + 'static {
    /// A code for `claims`, as text.
    fn issue(&self, claims: &QrClaims) -> String;

    /// What `token` was issued for, if it is genuine and good at `now`.
    ///
    /// # Errors
    /// See [`QrError`].
    fn verify(&self, token: &str, now: Timestamp) -> Result<VerifiedQr, QrError>;
}
