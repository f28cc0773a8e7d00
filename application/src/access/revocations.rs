//! The port that tells whether what a token stands for was taken back.

use async_trait::async_trait;

use super::Admitted;
use crate::UseCaseError;

/// Why a token is worth nothing any more, before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Revoked {
    /// The sign-in is over: signed out, the password changed, a refresh token used twice.
    #[error("the sign-in is over")]
    SignInEnded,
    /// The user was disabled.
    #[error("the user was disabled")]
    UserDisabled,
    /// The client was revoked.
    #[error("the client was revoked")]
    ClientRevoked,
}

/// Tells whether what a token stands for was taken back.
#[async_trait]
pub trait Revocations: Send + Sync + 'static {
    /// Whether what `admitted` rests on was taken back; [`None`] also for what no issuer of ours knows about.
    ///
    /// # Errors
    /// When the log cannot be read: then it is not known.
    async fn revoked(&self, admitted: &Admitted) -> Result<Option<Revoked>, UseCaseError>;
}
