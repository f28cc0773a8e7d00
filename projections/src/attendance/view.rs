//! The row.

use acta_application::log::Position;
use acta_domain::PersonId;
use acta_domain::values::{AttendanceMethod, EvidenceDigest, RefusalReason, Timestamp, VotingWeight};
use serde::{Deserialize, Serialize};

use crate::StoredPart;

/// How many refusals a row keeps, the last ones; all are counted.
pub const KEPT_REFUSALS: usize = 20;

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttendanceStatus {
    /// In the session now.
    Present,
    /// Was in the session and left.
    Left,
    /// Was never let in.
    Refused,
}

impl AttendanceStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Present, Self::Left, Self::Refused];

    /// The word for it in rows and queries.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Left => "left",
            Self::Refused => "refused",
        }
    }
}

/// Somebody's attendance of a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttendeeView {
    /// Who.
    pub person_id: PersonId,
    /// Where they stand.
    pub status: AttendanceStatus,
    /// How they last showed, or tried to show, that they are there.
    pub method: AttendanceMethod,
    /// Digest of the last evidence that was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceDigest>,
    /// What their vote weighs, if they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<VotingWeight>,
    /// When they were there, oldest first, without overlaps.
    pub intervals: Vec<Presence>,
    /// The last [`KEPT_REFUSALS`] refusals, oldest first.
    pub refusals: Vec<Refusal>,
    /// How often they were refused.
    pub refused: u64,
    /// Their name and how they are reached, as ciphertext.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<StoredPart>,
    /// Where they said they were when they last came in, as ciphertext, when that is apart from their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<StoredPart>,
    /// When they were first seen, let in or not.
    pub first_seen: Timestamp,
    /// The last event folded in.
    pub position: Position,
}

/// A time somebody was there: from its start up to, not including, its end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Presence {
    /// Since.
    pub from: Timestamp,
    /// Until; absent while they are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    /// How it was shown.
    pub method: AttendanceMethod,
}

/// A time somebody was not let in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why.
    pub reason: RefusalReason,
    /// How they tried.
    pub method: AttendanceMethod,
    /// When.
    pub at: Timestamp,
    /// What was said about it, as ciphertext.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<StoredPart>,
}
