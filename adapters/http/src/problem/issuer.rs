//! Which problem each failure of the issuer is.

use acta_application::issuer::{CredentialsError, IssuerError, IssuerRefusal};
use acta_domain::client::ClientError;
use acta_domain::role::RoleError;
use acta_domain::sign_in::SignInError;
use acta_domain::user::UserError;
use axum::http::header::WWW_AUTHENTICATE;

use super::{Problem, ProblemKind as Kind};
use crate::access::{Challenge, seconds};

const NO_CREDENTIALS: &str = "the credentials do not answer";
const NO_COUNTERS: &str = "attempts cannot be counted at present";

impl From<IssuerError> for Problem {
    fn from(error: IssuerError) -> Self {
        let detail = error.to_string();
        match error {
            IssuerError::UseCase(error) => error.into(),
            IssuerError::Password(_) => Self::new(Kind::PasswordRefused, detail),
            IssuerError::Busy => Self::new(Kind::Unavailable, detail),
            IssuerError::LoginRefused => unproven(Kind::LoginRefused, detail),
            IssuerError::RefreshRefused | IssuerError::OtherKey => unproven(Kind::RefreshRefused, detail),
            IssuerError::RefreshReused => unproven(Kind::RefreshReused, detail),
            IssuerError::ClientRefused => unproven(Kind::ClientRefused, detail),
            IssuerError::InvalidScope => Self::new(Kind::InvalidScope, detail),
            IssuerError::TooManyAttempts { retry_after } => {
                Self::new(Kind::TooManyRequests, detail).after(seconds(retry_after))
            }
            IssuerError::Credentials(error) => error.into(),
            IssuerError::Counters(error) => Self::unavailable(NO_COUNTERS, &error),
        }
    }
}

/// Somebody who did not show who they are.
fn unproven(kind: Kind, detail: String) -> Problem {
    Problem::new(kind, detail).with(WWW_AUTHENTICATE, Challenge::Either.value())
}

impl From<CredentialsError> for Problem {
    fn from(error: CredentialsError) -> Self {
        match &error {
            CredentialsError::Unavailable(_) => Self::unavailable(NO_CREDENTIALS, &error),
            CredentialsError::Damaged { .. } => Self::internal(&error),
        }
    }
}

impl From<IssuerRefusal> for Problem {
    fn from(refusal: IssuerRefusal) -> Self {
        Self::new(kind(&refusal), refusal.to_string())
    }
}

fn kind(refusal: &IssuerRefusal) -> Kind {
    match refusal {
        IssuerRefusal::User(refusal) => of_user(*refusal),
        IssuerRefusal::Role(RoleError::Unknown) => Kind::UnknownRole,
        IssuerRefusal::Role(RoleError::AlreadyDefined) => Kind::RoleAlreadyDefined,
        IssuerRefusal::Role(RoleError::BuiltIn) => Kind::RoleBuiltIn,
        IssuerRefusal::Client(ClientError::Unknown) => Kind::UnknownClient,
        IssuerRefusal::Client(ClientError::AlreadyRegistered) => Kind::ClientAlreadyRegistered,
        IssuerRefusal::Client(ClientError::Revoked) => Kind::ClientRevoked,
        IssuerRefusal::SignIn(
            SignInError::Unknown
            | SignInError::AlreadyStarted
            | SignInError::Ended
            | SignInError::Expired
            | SignInError::OtherKey,
        ) => Kind::RefreshRefused,
        IssuerRefusal::NoSuchRole { .. } => Kind::NoSuchRole,
        IssuerRefusal::GrantsMoreThanHeld { .. } => Kind::GrantsMoreThanHeld,
        IssuerRefusal::OwnRights => Kind::OwnRights,
    }
}

fn of_user(refusal: UserError) -> Kind {
    match refusal {
        UserError::Unknown => Kind::UnknownUser,
        UserError::AlreadyExists => Kind::UserExists,
        UserError::RoleAlreadyGranted => Kind::RoleAlreadyGranted,
        UserError::RoleNotGranted => Kind::RoleNotGranted,
        UserError::PermissionAlreadyAdded => Kind::PermissionAlreadyAdded,
        UserError::PermissionAlreadyRemoved => Kind::PermissionAlreadyRemoved,
        UserError::PermissionNotChanged => Kind::PermissionNotChanged,
        UserError::AlreadyDisabled => Kind::UserAlreadyDisabled,
        UserError::NotDisabled => Kind::UserNotDisabled,
    }
}
