//! Why the issuer does not do what was asked.

use std::time::Duration;

use acta_domain::sign_in::SignInError;

use super::{CredentialsError, IssuerRefusal, PasswordError};
use crate::UseCaseError;
use crate::access::CountersError;
use crate::log::AppendError;
use crate::streams::LoadError;

/// Why the issuer does not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// It was not carried out.
    #[error(transparent)]
    UseCase(#[from] UseCaseError),
    /// The new password is not taken.
    #[error(transparent)]
    Password(PasswordError),
    /// So many passwords are being checked that this one would wait too long.
    #[error("too many passwords are being checked at the moment")]
    Busy,
    /// There is no such user, the password is another one, or the user is disabled: nobody is told which.
    #[error("the login or the password is not right")]
    LoginRefused,
    /// It was tried too often.
    #[error("it was tried too often")]
    TooManyAttempts {
        /// In how long it may be tried again.
        retry_after: Duration,
    },
    /// The refresh token is none of this issuer's, or its sign-in is over.
    #[error("the refresh token is not good any more")]
    RefreshRefused,
    /// The refresh token had been used before: it was copied, and the sign-in is over.
    #[error("the refresh token was used before; the sign-in is over")]
    RefreshReused,
    /// The refresh token is bound to another key than the one that was proven, or none was.
    #[error("the refresh token is bound to another key")]
    OtherKey,
    /// There is no such client, its secret is another one, or it was revoked: nobody is told which.
    #[error("the client or its secret is not right")]
    ClientRefused,
    /// The scope holds something else than permissions that the client has.
    #[error("the scope is more than the client has")]
    InvalidScope,
    /// The credentials are not available.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The attempts cannot be counted.
    #[error(transparent)]
    Counters(#[from] CountersError),
}

impl IssuerError {
    /// Why the rules refuse it, if they do.
    pub fn refusal(&self) -> Option<&IssuerRefusal> {
        match self {
            Self::UseCase(UseCaseError::Issuer(refusal)) => Some(refusal),
            _ => None,
        }
    }

    /// Whether it is certain that nothing was recorded.
    pub(super) fn left_nothing(&self) -> bool {
        !matches!(self, Self::UseCase(UseCaseError::Doubtful(_) | UseCaseError::Log(AppendError::Unknown(_))))
    }
}

impl From<IssuerRefusal> for IssuerError {
    fn from(refusal: IssuerRefusal) -> Self {
        Self::UseCase(refusal.into())
    }
}

impl From<LoadError> for IssuerError {
    fn from(error: LoadError) -> Self {
        Self::UseCase(error.into())
    }
}

impl From<PasswordError> for IssuerError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy,
            error => Self::Password(error),
        }
    }
}

impl From<SignInError> for IssuerError {
    /// What a sign-in refuses, as whoever shows a refresh token may know it.
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::OtherKey => Self::OtherKey,
            SignInError::Unknown
            | SignInError::AlreadyStarted
            | SignInError::Ended
            | SignInError::Expired => Self::RefreshRefused,
        }
    }
}
