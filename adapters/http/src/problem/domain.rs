//! Which problem each refusal of the rules is.

use acta_application::attendance::{CodeError, QrError};
use acta_application::neighbours::EvidenceRefusal;
use acta_domain::{AttendanceError, FloorError, PresenceError, SessionError, TranscriptError};

use super::{Problem, ProblemKind as Kind};

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        let kind = match &error {
            SessionError::NotCreated => Kind::UnknownSession,
            SessionError::AlreadyCreated => Kind::SessionAlreadyCreated,
            SessionError::Sealed => Kind::SessionSealed,
            SessionError::NotScheduled { .. } => Kind::SessionNotScheduled,
            SessionError::NotActive { .. } => Kind::SessionNotActive,
            SessionError::NotOver { .. } => Kind::SessionNotOver,
            SessionError::OtherAssembly { .. } => Kind::OtherAssembly,
            SessionError::AssemblyAlreadyActivated => Kind::AssemblyAlreadyActivated,
            SessionError::AssemblyAlreadyCompleted => Kind::AssemblyAlreadyCompleted,
            SessionError::NoAssembly => Kind::NoAssembly,
            SessionError::AlreadyNotified { .. } => Kind::GovernanceAlreadyNotified,
            SessionError::GovernanceDataUnchanged => Kind::NothingNew,
            SessionError::VoteAlreadyOpened { .. } => Kind::VoteAlreadyOpened,
            SessionError::VoteNotOpen { .. } => Kind::VoteNotOpen,
            SessionError::VoteStillOpen { .. } => Kind::VoteStillOpen,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<AttendanceError> for Problem {
    fn from(error: AttendanceError) -> Self {
        let kind = match &error {
            AttendanceError::AlreadyPresent => Kind::AlreadyPresent,
            AttendanceError::NotPresent => Kind::NotPresent,
            AttendanceError::NeverPresent => Kind::NeverPresent,
            AttendanceError::CapacityReached { .. } => Kind::CapacityReached,
            AttendanceError::NotEligible => Kind::NotEligible,
            AttendanceError::NoOpenCode => Kind::NoCode,
            AttendanceError::CodeExpired => Kind::EvidenceExpired,
            AttendanceError::NoCodesBy { .. }
            | AttendanceError::NobodyListed
            | AttendanceError::ListedTwice { .. } => Kind::InvalidBody,
            AttendanceError::TooManyListed { .. } => Kind::TooLarge,
            AttendanceError::EvidenceMissing { .. } => Kind::EvidenceMissing,
            AttendanceError::EvidenceReplayed => Kind::EvidenceReplayed,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<EvidenceRefusal> for Problem {
    fn from(refusal: EvidenceRefusal) -> Self {
        let kind = match refusal {
            EvidenceRefusal::NotAccepted => Kind::EvidenceNotAccepted,
            EvidenceRefusal::Expired => Kind::EvidenceExpired,
            EvidenceRefusal::Used => Kind::EvidenceReplayed,
            EvidenceRefusal::OtherSession => Kind::EvidenceForAnotherSession,
            EvidenceRefusal::OtherPerson => Kind::EvidenceForAnotherPerson,
        };
        Self::new(kind, refusal.to_string())
    }
}

impl From<PresenceError> for Problem {
    fn from(error: PresenceError) -> Self {
        let kind = match &error {
            PresenceError::NothingNew => Kind::NothingNew,
            PresenceError::TooMany { .. } => Kind::TooLarge,
        };
        Self::new(kind, error.to_string()).at_field("/signals")
    }
}

impl From<FloorError> for Problem {
    fn from(error: FloorError) -> Self {
        let kind = match &error {
            FloorError::NotPresent => Kind::RequesterNotPresent,
            FloorError::RequestIdTaken { .. } => Kind::RequestIdTaken,
            FloorError::AlreadyRequested { .. } => Kind::AlreadyRequested,
            FloorError::NoSuchRequest { .. } => Kind::UnknownSpeechRequest,
            FloorError::NotPending { .. } => Kind::RequestNotPending,
            FloorError::NotSpeaking { .. } => Kind::NotSpeaking,
            FloorError::NotTheRequester => Kind::NotTheRequester,
            FloorError::Muted => Kind::PersonMuted,
            FloorError::AlreadySpeaking => Kind::AlreadySpeaking,
            FloorError::FloorTaken { .. } => Kind::FloorTaken,
            FloorError::OutOfTurn { .. } => Kind::OutOfTurn,
            FloorError::TimeAccountExhausted { .. } => Kind::TimeAccountExhausted,
            FloorError::TurnPaused { .. } => Kind::TurnPaused,
            FloorError::TurnNotPaused { .. } => Kind::TurnNotPaused,
            FloorError::WarningNotDue { .. } => Kind::WarningNotDue,
            FloorError::NoWarning { .. } => Kind::NoWarning,
            FloorError::NoTimeLimit => Kind::NoTimeLimit,
            FloorError::TimeNotUp { .. } => Kind::TimeNotUp,
            FloorError::AlreadyMuted => Kind::AlreadyMuted,
            FloorError::NotMuted => Kind::NotMuted,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<TranscriptError> for Problem {
    fn from(error: TranscriptError) -> Self {
        let detail = error.to_string();
        match error {
            TranscriptError::EndsBeforeStart => {
                Self::new(Kind::ChunkEndsBeforeStart, detail).at_field("/end_ms")
            }
            TranscriptError::TooLong => Self::new(Kind::ChunkTooLong, detail).at_field("/end_ms"),
            TranscriptError::NoSuchChunk { .. } => Self::new(Kind::UnknownChunk, detail),
        }
    }
}

impl From<QrError> for Problem {
    fn from(error: QrError) -> Self {
        let kind = match &error {
            QrError::Invalid => Kind::QrInvalid,
            QrError::Expired => Kind::QrExpired,
            QrError::OtherSession => Kind::QrForAnotherSession,
            QrError::OtherPerson => Kind::QrForAnotherPerson,
        };
        Self::new(kind, error.to_string()).at_field("/token")
    }
}

impl From<CodeError> for Problem {
    fn from(error: CodeError) -> Self {
        let kind = match error {
            CodeError::None => Kind::NoCode,
            CodeError::Wrong { .. } => Kind::CodeWrong,
        };
        Self::new(kind, error.to_string()).at_field("/code")
    }
}
