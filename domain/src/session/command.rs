//! What can be asked of a session.

use crate::ids::{AssemblyId, PublicId, SessionId, VoteId};
use crate::values::{ContentDigest, GovernanceNotice, Timestamp};

use super::SessionDetails;

/// A command to a session. Every one carries the moment at which it is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionCommand {
    /// Announce the session; once, and first.
    Create {
        /// The session, which also names its streams.
        session_id: SessionId,
        /// Its name in public proofs.
        public_id: PublicId,
        /// What it is to be.
        details: SessionDetails,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Replace the details, while the session is scheduled.
    Update {
        /// All details after the change.
        details: SessionDetails,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Put the session into words; they travel in the event's sealed part.
    Describe {
        /// When this is decided.
        at: Timestamp,
    },
    /// Begin a scheduled session, early or late.
    Start {
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Complete an active session. Refused while a vote is open.
    End {
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Call off a scheduled session.
    Cancel {
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Close the record of a completed or cancelled session for good.
    Seal {
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Note that the governance service activated the assembly.
    MarkAssemblyActivated {
        /// The assembly.
        assembly_id: AssemblyId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Note that the governance service completed the assembly.
    MarkAssemblyCompleted {
        /// The assembly.
        assembly_id: AssemblyId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Note that the governance service accepted what it was told of the session; each notice once.
    MarkGovernanceNotified {
        /// The assembly.
        assembly_id: AssemblyId,
        /// What it was told.
        notice: GovernanceNotice,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Note what the governance service holds of the assembly, unless that was the last thing noted of it.
    RecordGovernanceData {
        /// The assembly.
        assembly_id: AssemblyId,
        /// SHA-256 of the data as canonical JSON (RFC 8785).
        digest: ContentDigest,
        /// How many bytes of canonical JSON they are.
        bytes: u64,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Note that a vote opened, while the session is active.
    OpenVote {
        /// The vote.
        vote_id: VoteId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// Note that an open vote closed.
    CloseVote {
        /// The vote.
        vote_id: VoteId,
        /// The moment of the decision.
        at: Timestamp,
    },
}
