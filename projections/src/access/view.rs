//! The row.

use acta_application::log::{Actor, Position};
use acta_domain::access::Permission;
use acta_domain::values::{EndReason, RoleName, Timestamp};
use acta_domain::{ClientId, KeySubject, OperationName, PersonId, SessionId, UserId};
use serde::{Deserialize, Serialize};

/// One thing that was done, or refused. Nobody is named: who and whom are opaque ids.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccessView {
    /// What: the type of the event, such as `user.role-granted.v1` or `access.refused.v1`.
    pub event_type: String,
    /// Who did it, or tried.
    #[serde(with = "crate::who::text")]
    pub who: Actor,
    /// When the log took it.
    pub at: Timestamp,
    /// To whom, when it is about a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_id: Option<PersonId>,
    /// The user that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The client that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
    /// The role that was defined, changed, given or taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleName>,
    /// The single permission that was given or taken, or that was missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<Permission>,
    /// What was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<OperationName>,
    /// The session that it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// Whose key was handed out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<KeySubject>,
    /// Why a sign-in ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<EndReason>,
    /// The event.
    pub position: Position,
}
