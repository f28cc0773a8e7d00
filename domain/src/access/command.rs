//! What can be noted about access.

use crate::ids::{KeySubject, OperationName, PersonId, SessionId};
use crate::values::Timestamp;

use super::Permission;

/// A command to the record of access. Every one carries the moment at which it happened; who did it stands beside the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessCommand {
    /// Note that somebody was refused.
    NoteRefusal {
        /// What they wanted to do.
        operation: OperationName,
        /// The permission that they lack, when it is that.
        permission: Option<Permission>,
        /// The session that they wanted to do it in, when there is one.
        session_id: Option<SessionId>,
        /// The moment.
        at: Timestamp,
    },
    /// Note that somebody read a dossier.
    NoteDossierRead {
        /// The session, or the register itself.
        session_id: SessionId,
        /// The moment.
        at: Timestamp,
    },
    /// Note that somebody was given a key that opens sealed parts.
    NoteKeyHandedOut {
        /// The session, or the register itself.
        session_id: SessionId,
        /// Whose key it is.
        subject: KeySubject,
        /// The moment.
        at: Timestamp,
    },
    /// Note that somebody had a person's key destroyed.
    NotePersonErased {
        /// The session.
        session_id: SessionId,
        /// The person.
        person_id: PersonId,
        /// The moment.
        at: Timestamp,
    },
}
