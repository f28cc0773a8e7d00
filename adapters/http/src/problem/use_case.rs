//! Which problem each failure of the application is.

use acta_application::UseCaseError;
use acta_application::evidence::EvidenceError;
use acta_application::log::{AppendError, LogError, UnreadableEvent};
use acta_application::persons::{PersonKeysError, SealError};
use acta_application::presence::PresenceError;
use acta_application::streams::LoadError;
use acta_application::views::ViewsError;
use acta_projections::sessions::SessionsError;

use super::{Problem, ProblemKind as Kind};

const NO_SESSION: &str = "there is no such session";
const NO_LOG: &str = "the log does not answer; nothing was recorded";
const NO_VIEWS: &str = "the views do not answer";
const NO_PRESENCE: &str = "it cannot be told just now who is connected";
const HALF_ERASED: &str = "the key is destroyed, but its bytes are not out of the files yet: send it again";
const NO_KEYS: &str = "the persons' keys do not answer; nothing was recorded";

impl From<UseCaseError> for Problem {
    fn from(error: UseCaseError) -> Self {
        match error {
            UseCaseError::UnknownSession => Self::new(Kind::UnknownSession, NO_SESSION),
            UseCaseError::Session(error) => error.into(),
            UseCaseError::Attendance(error) => error.into(),
            UseCaseError::Floor(error) => error.into(),
            UseCaseError::Transcript(error) => error.into(),
            UseCaseError::Qr(error) => error.into(),
            UseCaseError::Evidence(refusal) => refusal.into(),
            UseCaseError::Code(error) => error.into(),
            UseCaseError::Presence(refusal) => refusal.into(),
            UseCaseError::Neighbour(error) => error.into(),
            UseCaseError::Issuer(refusal) => refusal.into(),
            UseCaseError::UnknownPerson => Self::new(Kind::UnknownPerson, error.to_string()),
            UseCaseError::Seal(error) => error.into(),
            UseCaseError::Keys(error) => error.into(),
            UseCaseError::Log(error) => of_append(&error),
            UseCaseError::Read(error) => error.into(),
            UseCaseError::Unreadable(error) => error.into(),
            UseCaseError::Encode(error) => Self::internal(&error),
            UseCaseError::WrongState { .. } => Self::new(Kind::WrongState, error.to_string()),
            UseCaseError::VersionMismatch { .. } => Self::new(Kind::VersionMismatch, error.to_string()),
            UseCaseError::NotYours => Self::new(Kind::NotYours, error.to_string()),
            UseCaseError::KeyReused => {
                Self::new(Kind::IdempotencyKeyReused, error.to_string()).at_parameter("Idempotency-Key")
            }
            UseCaseError::TenantInactive => Self::new(Kind::TenantInactive, error.to_string()),
            UseCaseError::TooManySessions { .. } => Self::new(Kind::TooManySessions, error.to_string()),
            UseCaseError::TooManyParticipants { .. } => {
                Self::new(Kind::TooManyParticipants, error.to_string())
            }
            UseCaseError::Uncounted(ref cause) => Self::unavailable(NO_VIEWS, cause),
            UseCaseError::Contended => Self::new(Kind::Contended, error.to_string()),
            UseCaseError::TooLarge => Self::new(Kind::TooLarge, error.to_string()),
            UseCaseError::Doubtful(ref cause) => {
                tracing::error!(error = super::chain(cause), "the outcome of an append is not known");
                Self::new(Kind::OutcomeUnknown, error.to_string())
            }
        }
    }
}

/// A failure to append that retrying could not mend.
fn of_append(error: &AppendError) -> Problem {
    match error {
        AppendError::Foreign { .. } => Problem::new(Kind::UnknownSession, NO_SESSION),
        error => Problem::unavailable(NO_LOG, error),
    }
}

impl From<SealError> for Problem {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Erased(_) => {
                Self::new(Kind::PersonErased, "they were erased from this session for good")
            }
            SealError::Keys(error) => error.into(),
        }
    }
}

impl From<PersonKeysError> for Problem {
    fn from(error: PersonKeysError) -> Self {
        match &error {
            PersonKeysError::Unavailable(_) => Self::unavailable(NO_KEYS, &error),
            PersonKeysError::Unfinished(_) => Self::unavailable(HALF_ERASED, &error),
            PersonKeysError::Unwrappable { .. } => Self::internal(&error),
        }
    }
}

impl From<LogError> for Problem {
    fn from(error: LogError) -> Self {
        match &error {
            LogError::Unavailable(_) => Self::unavailable(NO_LOG, &error),
            LogError::Damaged { .. } => Self::internal(&error),
        }
    }
}

impl From<UnreadableEvent> for Problem {
    fn from(error: UnreadableEvent) -> Self {
        Self::internal(&error)
    }
}

impl From<ViewsError> for Problem {
    fn from(error: ViewsError) -> Self {
        match &error {
            ViewsError::Unavailable(_) | ViewsError::CheckpointMoved { .. } => {
                Self::unavailable(NO_VIEWS, &error)
            }
            ViewsError::Damaged { .. } => Self::internal(&error),
        }
    }
}

impl From<PresenceError> for Problem {
    fn from(error: PresenceError) -> Self {
        Self::unavailable(NO_PRESENCE, &error)
    }
}

impl From<SessionsError> for Problem {
    fn from(error: SessionsError) -> Self {
        match error {
            SessionsError::Views(error) => error.into(),
            SessionsError::Titles(error) => Self::unavailable(NO_KEYS, &error),
        }
    }
}

impl From<EvidenceError> for Problem {
    fn from(error: EvidenceError) -> Self {
        match error {
            EvidenceError::UnknownSession => Self::new(Kind::UnknownSession, NO_SESSION),
            EvidenceError::OutOfRange { what, .. } => {
                Self::new(Kind::OutsideTheRecord, error.to_string()).at_parameter(what)
            }
            EvidenceError::Log(error) | EvidenceError::Load(LoadError::Log(error)) => error.into(),
            EvidenceError::Load(LoadError::Unreadable(error)) => error.into(),
            EvidenceError::Keys(error) => error.into(),
            EvidenceError::Build(error) => Self::internal(&error),
        }
    }
}
