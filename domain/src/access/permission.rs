//! What somebody may be allowed to do.

use std::str::FromStr;

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

use crate::values::{InvalidValue, words};

words! {
    /// One thing that somebody may do, inside their own tenant.
    #[schemars(transform = any_permission)]
    Permission {
        /// Read sessions, attendance, the floor and the transcript.
        SessionsRead = "sessions:read",
        /// Create and change sessions.
        SessionsManage = "sessions:manage",
        /// Start, end, cancel and seal sessions.
        SessionsOperate = "sessions:operate",
        /// Record what the governance service says: assemblies and votes.
        GovernanceRecord = "governance:record",
        /// Register, refuse and mark attendees, and issue QR codes.
        AttendanceManage = "attendance:manage",
        /// Validate one's own attendance.
        AttendanceValidate = "attendance:validate",
        /// Ask for the floor, withdraw, and finish one's own turn.
        FloorRequest = "floor:request",
        /// Approve, deny, finish and mute.
        FloorModerate = "floor:moderate",
        /// Add chunks to the transcript and correct them.
        TranscriptWrite = "transcript:write",
        /// See names, titles and words: open sealed parts.
        PersonsRead = "persons:read",
        /// Destroy a person's key.
        PersonsErase = "persons:erase",
        /// Download a dossier.
        DossierRead = "dossier:read",
        /// Follow the feed of events.
        FeedRead = "feed:read",
        /// Create and change users, roles and clients.
        UsersManage = "users:manage",
        /// See who did what to whom, who looked and who was refused.
        AuditRead = "audit:read",
    }
}

impl FromStr for Permission {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::ALL.iter().copied().find(|one| one.as_str() == text).ok_or(InvalidValue::NotAPermission)
    }
}

/// The schema of an event says what a permission looks like and not which there are: a published schema never changes, and there will
/// be others.
fn any_permission(schema: &mut Schema) {
    schema.remove("oneOf");
    schema.insert("type".to_owned(), "string".into());
    schema.insert("pattern".to_owned(), "^[a-z]{1,32}:[a-z]{1,32}$".into());
}
