//! Who looked, and who was refused.

use cqrs_es::DomainEvent;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{KeySubject, OperationName, PersonId, SessionId};
use crate::values::Timestamp;

use super::Permission;

/// A fact about access. Who did it stands beside the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum AccessEvent {
    /// Somebody was refused.
    #[serde(rename = "access.refused.v1")]
    Refused {
        /// What they wanted to do.
        operation: OperationName,
        /// The permission that they lack, when it is that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Permission")]
        permission: Option<Permission>,
        /// The session that they wanted to do it in, when there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(with = "SessionId")]
        session_id: Option<SessionId>,
        /// The moment.
        at: Timestamp,
    },
    /// Somebody read a dossier.
    #[serde(rename = "access.dossier-read.v1")]
    DossierRead {
        /// The session, or the register itself.
        session_id: SessionId,
        /// The moment.
        at: Timestamp,
    },
    /// Somebody was given a key that opens sealed parts.
    #[serde(rename = "access.key-handed-out.v1")]
    KeyHandedOut {
        /// The session, or the register itself.
        session_id: SessionId,
        /// Whose key it is.
        subject: KeySubject,
        /// The moment.
        at: Timestamp,
    },
    /// Somebody had a person's key destroyed.
    #[serde(rename = "access.person-erased.v1")]
    PersonErased {
        /// The session.
        session_id: SessionId,
        /// The person.
        person_id: PersonId,
        /// The moment.
        at: Timestamp,
    },
}

impl AccessEvent {
    /// The name of the event's type, as in its payload.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "access.refused.v1",
            Self::DossierRead { .. } => "access.dossier-read.v1",
            Self::KeyHandedOut { .. } => "access.key-handed-out.v1",
            Self::PersonErased { .. } => "access.person-erased.v1",
        }
    }

    /// The moment.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Refused { at, .. }
            | Self::DossierRead { at, .. }
            | Self::KeyHandedOut { at, .. }
            | Self::PersonErased { at, .. } => *at,
        }
    }

    /// The person whom the event is about, when it names one.
    pub fn person_id(&self) -> Option<PersonId> {
        match self {
            Self::PersonErased { person_id, .. } => Some(*person_id),
            Self::KeyHandedOut { subject, .. } => subject.as_str().strip_prefix("person:")?.parse().ok(),
            Self::Refused { .. } | Self::DossierRead { .. } => None,
        }
    }

    /// The session that was looked at, when there is one.
    pub const fn session_id(&self) -> Option<SessionId> {
        match self {
            Self::Refused { session_id, .. } => *session_id,
            Self::DossierRead { session_id, .. }
            | Self::KeyHandedOut { session_id, .. }
            | Self::PersonErased { session_id, .. } => Some(*session_id),
        }
    }
}

impl DomainEvent for AccessEvent {
    fn event_type(&self) -> String {
        self.name().to_owned()
    }

    fn event_version(&self) -> String {
        "1".to_owned()
    }
}
