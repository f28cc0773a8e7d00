//! Why a session refuses.

use crate::ids::{AssemblyId, VoteId};
use crate::values::{GovernanceNotice, SessionStatus};

/// Why a command to a session was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// There is no such session yet.
    #[error("the session does not exist")]
    NotCreated,
    /// The session exists already.
    #[error("the session exists already")]
    AlreadyCreated,
    /// The record is closed; nothing may follow.
    #[error("the session is sealed")]
    Sealed,
    /// Only a scheduled session can be updated, started or cancelled.
    #[error("the session is {status}, no longer scheduled")]
    NotScheduled {
        /// What the session is instead.
        status: SessionStatus,
    },
    /// Only an active session can be ended or hold votes.
    #[error("the session is {status}, not active")]
    NotActive {
        /// What the session is instead.
        status: SessionStatus,
    },
    /// Only a completed or cancelled session can be sealed.
    #[error("the session is {status}, not over")]
    NotOver {
        /// What the session is instead.
        status: SessionStatus,
    },
    /// The session serves another assembly.
    #[error("the session serves the assembly {expected}")]
    OtherAssembly {
        /// The assembly that the session serves.
        expected: AssemblyId,
    },
    /// The assembly was marked as activated before.
    #[error("the assembly was activated already")]
    AssemblyAlreadyActivated,
    /// The assembly was marked as completed before.
    #[error("the assembly was completed already")]
    AssemblyAlreadyCompleted,
    /// The session serves no assembly.
    #[error("the session serves no assembly")]
    NoAssembly,
    /// The governance service was told this before.
    #[error("the governance service was told of {notice} already")]
    AlreadyNotified {
        /// What it was told.
        notice: GovernanceNotice,
    },
    /// What the governance service holds is what was recorded of it last.
    #[error("what the governance service holds is recorded already")]
    GovernanceDataUnchanged,
    /// The vote was opened before; a vote opens once.
    #[error("the vote {vote_id} was opened already")]
    VoteAlreadyOpened {
        /// The vote.
        vote_id: VoteId,
    },
    /// The vote was never opened or has been closed.
    #[error("the vote {vote_id} is not open")]
    VoteNotOpen {
        /// The vote.
        vote_id: VoteId,
    },
    /// A session cannot end while a vote is open.
    #[error("the vote {vote_id} is still open")]
    VoteStillOpen {
        /// One of the open votes.
        vote_id: VoteId,
    },
}
