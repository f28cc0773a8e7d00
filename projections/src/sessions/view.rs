//! The row.

use acta_application::log::{Position, Sequence};
use acta_domain::values::{ContentDigest, Languages, Limits, Modality, Schedule, SessionStatus, Timestamp};
use acta_domain::{AssemblyId, PublicId, SessionId, VoteId};
use serde::{Deserialize, Serialize};

use crate::StoredPart;

/// A session as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionView {
    /// Its id.
    pub session_id: SessionId,
    /// The pseudonym that public proofs name it by.
    pub public_id: PublicId,
    /// Where it is in its life.
    pub status: SessionStatus,
    /// Whether it is sealed: nothing can be added any more.
    pub sealed: bool,
    /// Virtual, in person or both.
    pub modality: Modality,
    /// When it was planned.
    pub schedule: Schedule,
    /// What is spoken.
    pub languages: Languages,
    /// How many may come, and speak at once.
    pub limits: Limits,
    /// The assembly whose session this is, in the governance service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assembly_id: Option<AssemblyId>,
    /// Title and description, as ciphertext.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<StoredPart>,
    /// Why it was cancelled, as ciphertext.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancellation: Option<StoredPart>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// When it was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<Timestamp>,
    /// When it was sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_at: Option<Timestamp>,
    /// When the governance service said that the assembly is active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assembly_activated_at: Option<Timestamp>,
    /// When the governance service said that the assembly is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assembly_completed_at: Option<Timestamp>,
    /// What the governance service accepted to be told.
    #[serde(default, skip_serializing_if = "GovernanceNotifiedView::is_empty")]
    pub governance_notified: GovernanceNotifiedView,
    /// What the governance service was last seen to hold of the assembly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub governance_data: Option<GovernanceDataView>,
    /// The votes held in it, oldest first.
    pub votes: Vec<VoteView>,
    /// The version of the session's own stream, for conditional requests (`ETag`).
    pub version: Sequence,
    /// The last event folded in.
    pub position: Position,
}

/// When the governance service was known to have accepted what it was told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GovernanceNotifiedView {
    /// That the session began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// That it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

impl GovernanceNotifiedView {
    /// Whether it accepted nothing yet.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What the governance service held, as a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GovernanceDataView {
    /// SHA-256 of the data as canonical JSON (RFC 8785).
    pub digest: ContentDigest,
    /// How many bytes of canonical JSON they are.
    pub bytes: u64,
    /// When that was recorded.
    pub at: Timestamp,
}

/// A vote held in a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoteView {
    /// Its id in the governance service.
    pub vote_id: VoteId,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
}

impl SessionView {
    /// When presence in the session stopped to count: its end or its cancellation.
    pub fn over_at(&self) -> Option<Timestamp> {
        self.ended_at.or(self.cancelled_at)
    }
}
