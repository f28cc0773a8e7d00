//! What happened to a session.

use cqrs_es::DomainEvent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{AssemblyId, PublicId, SessionId, VoteId};
use crate::values::{ContentDigest, GovernanceNotice, Languages, Limits, Modality, Schedule, Timestamp};

/// A fact about a session's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum SessionEvent {
    /// The session was announced.
    #[serde(rename = "session.created.v1")]
    Created {
        /// The session.
        session_id: SessionId,
        /// Its name in public proofs.
        public_id: PublicId,
        /// Where it takes place.
        modality: Modality,
        /// When it is planned.
        schedule: Schedule,
        /// The languages spoken, the main one first.
        languages: Languages,
        /// What it bounds.
        limits: Limits,
        /// The assembly that it serves, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "AssemblyId")]
        assembly_id: Option<AssemblyId>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The details were replaced; these are all of them after the change.
    #[serde(rename = "session.updated.v1")]
    Updated {
        /// Where it takes place.
        modality: Modality,
        /// When it is planned.
        schedule: Schedule,
        /// The languages spoken, the main one first.
        languages: Languages,
        /// What it bounds.
        limits: Limits,
        /// The assembly that it serves, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "AssemblyId")]
        assembly_id: Option<AssemblyId>,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The session was put into words: its title, or why it was cancelled. The words themselves are in the sealed part of this
    /// event and nowhere else, so that the events of the life cycle carry nothing personal and can be opened to everybody.
    #[serde(rename = "session.described.v1")]
    Described {
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The session began.
    #[serde(rename = "session.started.v1")]
    Started {
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The session is over.
    #[serde(rename = "session.ended.v1")]
    Ended {
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The session was called off before it began.
    #[serde(rename = "session.cancelled.v1")]
    Cancelled {
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The record was closed: no event of the session follows.
    #[serde(rename = "session.sealed.v1")]
    Sealed {
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The governance service activated the assembly.
    #[serde(rename = "governance.assembly-activated.v1")]
    AssemblyActivated {
        /// The assembly.
        assembly_id: AssemblyId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The governance service completed the assembly.
    #[serde(rename = "governance.assembly-completed.v1")]
    AssemblyCompleted {
        /// The assembly.
        assembly_id: AssemblyId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A vote opened.
    #[serde(rename = "governance.vote-opened.v1")]
    VoteOpened {
        /// The vote.
        vote_id: VoteId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// A vote closed.
    #[serde(rename = "governance.vote-closed.v1")]
    VoteClosed {
        /// The vote.
        vote_id: VoteId,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// The governance service accepted what it was told of the session.
    #[serde(rename = "governance.notified.v1")]
    GovernanceNotified {
        /// The assembly.
        assembly_id: AssemblyId,
        /// What it was told.
        notice: GovernanceNotice,
        /// The moment of the decision.
        at: Timestamp,
    },
    /// What the governance service holds of the assembly was read, and is tied to the session's record by its digest.
    #[serde(rename = "governance.data-recorded.v1")]
    GovernanceDataRecorded {
        /// The assembly.
        assembly_id: AssemblyId,
        /// SHA-256 of the data as canonical JSON (RFC 8785).
        digest: ContentDigest,
        /// How many bytes of canonical JSON they are.
        bytes: u64,
        /// The moment of the decision.
        at: Timestamp,
    },
}

impl SessionEvent {
    /// The name of the event's type, as in its payload.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "session.created.v1",
            Self::Updated { .. } => "session.updated.v1",
            Self::Started { .. } => "session.started.v1",
            Self::Ended { .. } => "session.ended.v1",
            Self::Cancelled { .. } => "session.cancelled.v1",
            Self::Sealed { .. } => "session.sealed.v1",
            Self::Described { .. } => "session.described.v1",
            Self::AssemblyActivated { .. } => "governance.assembly-activated.v1",
            Self::AssemblyCompleted { .. } => "governance.assembly-completed.v1",
            Self::GovernanceNotified { .. } => "governance.notified.v1",
            Self::GovernanceDataRecorded { .. } => "governance.data-recorded.v1",
            Self::VoteOpened { .. } => "governance.vote-opened.v1",
            Self::VoteClosed { .. } => "governance.vote-closed.v1",
        }
    }

    /// The moment of the decision.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Created { at, .. }
            | Self::Updated { at, .. }
            | Self::Started { at }
            | Self::Ended { at }
            | Self::Cancelled { at }
            | Self::Sealed { at }
            | Self::Described { at }
            | Self::AssemblyActivated { at, .. }
            | Self::AssemblyCompleted { at, .. }
            | Self::GovernanceNotified { at, .. }
            | Self::GovernanceDataRecorded { at, .. }
            | Self::VoteOpened { at, .. }
            | Self::VoteClosed { at, .. } => *at,
        }
    }
}

impl DomainEvent for SessionEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}
