//! Why the floor refuses.

use crate::ids::SpeechRequestId;
use crate::values::{ConcurrentTurns, SpeechKind, Timestamp};

use super::TimeAccount;

/// Why a command to a session's floor was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FloorError {
    /// Only somebody in the room can ask for the floor.
    #[error("the person is not present")]
    NotPresent,
    /// An open request has this id.
    #[error("the request id {request_id} is taken")]
    RequestIdTaken {
        /// The id.
        request_id: SpeechRequestId,
    },
    /// The person has a pending request or a turn of this kind.
    #[error("the person has an open request of the kind {kind}")]
    AlreadyRequested {
        /// The kind.
        kind: SpeechKind,
        /// The request that is open.
        request_id: SpeechRequestId,
    },
    /// The request was never made, or was withdrawn, denied or finished.
    #[error("there is no open request {request_id}")]
    NoSuchRequest {
        /// The id.
        request_id: SpeechRequestId,
    },
    /// The request has its turn already.
    #[error("the request {request_id} has the floor already")]
    NotPending {
        /// The request.
        request_id: SpeechRequestId,
    },
    /// The request is still waiting.
    #[error("the request {request_id} does not have the floor")]
    NotSpeaking {
        /// The request.
        request_id: SpeechRequestId,
    },
    /// A request can be withdrawn only by the one who asked, or by the chair.
    #[error("the request was made by somebody else")]
    NotTheRequester,
    /// A muted person cannot be given a turn.
    #[error("the person is muted")]
    Muted,
    /// The person has a turn for another request.
    #[error("the person has the floor already")]
    AlreadySpeaking,
    /// As many have the floor as may.
    #[error("the floor is taken: at most {concurrent_turns} may speak at once")]
    FloorTaken {
        /// How many may.
        concurrent_turns: ConcurrentTurns,
    },
    /// The clock cannot end a turn that has no time limit.
    #[error("the turn has no time limit")]
    NoTimeLimit,
    /// The clock cannot end a turn before its time is up.
    #[error("the turn may go on until {until}")]
    TimeNotUp {
        /// When the time is up.
        until: Timestamp,
    },
    /// The person is muted already.
    #[error("the person is muted already")]
    AlreadyMuted,
    /// The person is not muted.
    #[error("the person is not muted")]
    NotMuted,
    /// Others are to be called first; the chair can override that with a reason.
    #[error("the request {first} is to be called first")]
    OutOfTurn {
        /// The first request that could be given a turn now.
        first: SpeechRequestId,
    },
    /// The person or their group has spoken as long as they may; the chair can override that with a reason.
    #[error("the time account {account} is used up")]
    TimeAccountExhausted {
        /// The account.
        account: TimeAccount,
    },
    /// The turn is paused: it cannot be paused again, nor can the clock do anything about it.
    #[error("the turn of the request {request_id} is paused")]
    TurnPaused {
        /// The request.
        request_id: SpeechRequestId,
    },
    /// Only a turn that is paused can go on.
    #[error("the turn of the request {request_id} is not paused")]
    TurnNotPaused {
        /// The request.
        request_id: SpeechRequestId,
    },
    /// The clock cannot warn a turn before its time is nearly up.
    #[error("the turn is not warned before {from}")]
    WarningNotDue {
        /// From when on it can be warned.
        from: Timestamp,
    },
    /// The turn gets no warning (any more): it is too short, was warned already, or its time is up.
    #[error("the turn of the request {request_id} gets no warning")]
    NoWarning {
        /// The request.
        request_id: SpeechRequestId,
    },
}
