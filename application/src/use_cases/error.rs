//! Why a use case did not do what was asked.

use acta_domain::attendance::AttendanceError;
use acta_domain::floor::FloorError;
use acta_domain::presence::PresenceError;
use acta_domain::session::SessionError;
use acta_domain::transcript::TranscriptError;

use crate::attendance::{CodeError, QrError};
use crate::issuer::IssuerRefusal;
use crate::log::{AppendError, LogError, UnreadableEvent};
use crate::neighbours::{EvidenceRefusal, NeighbourError};
use crate::persons::{PersonKeysError, SealError};
use crate::streams::{ExecuteError, LoadError};
use crate::views::ViewsError;

/// Why a use case did not do what was asked; in every case but [`UseCaseError::Doubtful`] nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum UseCaseError {
    /// There is no such session in this tenant.
    #[error("there is no such session")]
    UnknownSession,
    /// The session never held anything about this person.
    #[error("the session never held anything about this person")]
    UnknownPerson,
    /// The session's rules refuse it.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The attendance's rules refuse it.
    #[error(transparent)]
    Attendance(#[from] AttendanceError),
    /// The floor's rules refuse it.
    #[error(transparent)]
    Floor(#[from] FloorError),
    /// The transcript's rules refuse it.
    #[error(transparent)]
    Transcript(#[from] TranscriptError),
    /// The rules of users, roles, clients and sign-ins refuse it.
    #[error(transparent)]
    Issuer(#[from] IssuerRefusal),
    /// The session does not take this while it is `state`.
    #[error("the session is {state}; {wanted}")]
    WrongState {
        /// What the session is.
        state: &'static str,
        /// What would be needed.
        wanted: &'static str,
    },
    /// The tenancy service says that the tenant is not active: it starts nothing new.
    #[error("the tenant is not active and can start nothing new")]
    TenantInactive,
    /// As many sessions of the tenant are active as may be.
    #[error("the tenant has {limit} active sessions, and may not have more")]
    TooManySessions {
        /// How many there may be.
        limit: u32,
    },
    /// As many people are present in the tenant's sessions as may be.
    #[error("{limit} people are present in the tenant's sessions, and there may not be more")]
    TooManyParticipants {
        /// How many there may be.
        limit: u32,
    },
    /// What the tenant has at present cannot be counted.
    #[error("what the tenant has at present cannot be counted")]
    Uncounted(#[source] ViewsError),
    /// The session is at another version than the one that the change was made for.
    #[error("the session is at version {actual}, the change was made for version {expected}")]
    VersionMismatch {
        /// The version that the change was made for.
        expected: u64,
        /// The version it has.
        actual: u64,
    },
    /// The QR code is not accepted.
    #[error(transparent)]
    Qr(#[from] QrError),
    /// The one-time code is not accepted.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// Only the person concerned, or somebody who runs the session, may do this.
    #[error("this is for the person concerned or for whoever runs the session")]
    NotYours,
    /// A service beside this one did not do what this needs.
    #[error(transparent)]
    Neighbour(#[from] NeighbourError),
    /// The evidence shows nobody.
    #[error(transparent)]
    Evidence(#[from] EvidenceRefusal),
    /// The record of presence refuses it.
    #[error(transparent)]
    Presence(#[from] PresenceError),
    /// The personal part cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The persons' keys are not available.
    #[error(transparent)]
    Keys(#[from] PersonKeysError),
    /// The idempotency key was used before for a different request.
    #[error("the idempotency key was used before for a different request")]
    KeyReused,
    /// Others kept changing the same thing; the command may be sent again.
    #[error("others were changing the same thing at the same time")]
    Contended,
    /// The events may or may not be recorded; the same command may be sent again under the same key.
    #[error("it is not known whether this was recorded; send it again with the same idempotency key")]
    Doubtful(#[source] AppendError),
    /// The log does not take or give events at present.
    #[error("the log is not available")]
    Log(#[source] AppendError),
    /// The log cannot be read at present.
    #[error(transparent)]
    Read(#[from] LogError),
    /// The log holds an event that this version cannot read.
    #[error(transparent)]
    Unreadable(#[from] UnreadableEvent),
    /// An event cannot be written.
    #[error("an event cannot be written as canonical JSON")]
    Encode(#[source] serde_json::Error),
    /// The request is larger than one command may be.
    #[error("the request is larger than one command may be")]
    TooLarge,
}

impl From<LoadError> for UseCaseError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Log(error) => Self::Read(error),
            LoadError::Unreadable(error) => Self::Unreadable(error),
        }
    }
}

impl From<AppendError> for UseCaseError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Conflict { .. } | AppendError::Undermined => Self::Contended,
            AppendError::TooLarge { .. } => Self::TooLarge,
            AppendError::Unknown(_) => Self::Doubtful(error),
            AppendError::AlreadyAppended { .. }
            | AppendError::Foreign { .. }
            | AppendError::Unavailable(_) => Self::Log(error),
        }
    }
}

impl From<ExecuteError<UseCaseError>> for UseCaseError {
    fn from(error: ExecuteError<UseCaseError>) -> Self {
        match error {
            ExecuteError::Refused(refusal) => refusal,
            ExecuteError::Append(error) => error.into(),
            ExecuteError::Load(error) => error.into(),
            ExecuteError::Behind => Self::Contended,
            ExecuteError::Encode(error) => Self::Encode(error),
        }
    }
}
