//! The identity service: whether evidence shows who somebody is.

use std::fmt;

use acta_domain::{AttendanceMethod, PersonId, SessionId, VotingWeight};
use async_trait::async_trait;
use zeroize::Zeroizing;

use super::{Asking, NeighbourError};

/// For which session evidence is shown, and of whom if that was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdentityAttempt {
    /// The session.
    pub session: SessionId,
    /// Who it is said to be.
    pub person: Option<PersonId>,
}

/// A biometric sample on its way through: base64 text that is forgotten as soon as it was sent, and never written anywhere.
pub struct BiometricSample(Zeroizing<String>);

impl BiometricSample {
    /// Takes the text.
    pub fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// The text, for the identity service alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BiometricSample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BiometricSample(…)")
    }
}

/// Somebody whose identity was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identified {
    /// Who.
    pub person: PersonId,
    /// What their vote counts, if the identity service says so.
    pub voting_weight: Option<VotingWeight>,
}

/// What the identity service says of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvidenceVerdict {
    /// It shows who somebody is.
    Valid(Identified),
    /// It does not.
    Invalid(EvidenceRefusal),
}

/// Why evidence shows nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceRefusal {
    /// It is not good.
    #[error("the evidence is not accepted")]
    NotAccepted,
    /// Its time is over.
    #[error("the evidence has expired")]
    Expired,
    /// It was used before.
    #[error("the evidence was used before")]
    Used,
    /// It is for another session or tenant.
    #[error("the evidence is for another session")]
    OtherSession,
    /// It is another person's.
    #[error("the evidence is for another person")]
    OtherPerson,
}

/// Checks evidence.
#[async_trait]
pub trait IdentityService: Send + Sync + 'static {
    /// Whether the contextual token of a QR code is good.
    ///
    /// # Errors
    /// See [`NeighbourError`].
    async fn validate_token(
        &self,
        asking: &Asking,
        attempt: IdentityAttempt,
        token: &str,
    ) -> Result<EvidenceVerdict, NeighbourError>;

    /// Whether a biometric sample is the person's.
    ///
    /// # Errors
    /// See [`NeighbourError`].
    async fn validate_biometric(
        &self,
        asking: &Asking,
        attempt: IdentityAttempt,
        sample: &BiometricSample,
    ) -> Result<EvidenceVerdict, NeighbourError>;

    /// Whether a one-time code that came by `method` is good.
    ///
    /// # Errors
    /// See [`NeighbourError`].
    async fn validate_code(
        &self,
        asking: &Asking,
        attempt: IdentityAttempt,
        method: AttendanceMethod,
        code: &str,
    ) -> Result<EvidenceVerdict, NeighbourError>;
}
