//! The catalogue of event types, and any event whatever its aggregate.

use cqrs_es::Aggregate;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::access::{AccessEvent, AccessRecord};
use crate::attendance::{Attendance, AttendanceEvent};
use crate::client::{Client, ClientEvent};
use crate::floor::{Floor, FloorEvent};
use crate::ids::PersonId;
use crate::presence::{PresenceEvent, PresenceRecord};
use crate::role::{DefinedRole, RoleEvent};
use crate::session::{Session, SessionEvent};
use crate::sign_in::{SignIn, SignInEvent};
use crate::transcript::{Transcript, TranscriptEvent};
use crate::user::{User, UserEvent};
use crate::values::Timestamp;

/// What is known of an event type without any event of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventTypeInfo {
    /// The name, such as `session.created.v1`.
    pub name: &'static str,
    /// The type of the aggregate whose stream holds it.
    pub aggregate_type: &'static str,
    /// Whether it concerns everybody, so that a public proof opens it; otherwise it speaks of a person.
    pub public: bool,
}

const fn public(name: &'static str, aggregate_type: &'static str) -> EventTypeInfo {
    EventTypeInfo { name, aggregate_type, public: true }
}

const fn personal(name: &'static str, aggregate_type: &'static str) -> EventTypeInfo {
    EventTypeInfo { name, aggregate_type, public: false }
}

/// Every event type there ever was. Names are only added.
pub const EVENT_TYPES: &[EventTypeInfo] = &[
    public("session.created.v1", Session::TYPE),
    public("session.updated.v1", Session::TYPE),
    personal("session.described.v1", Session::TYPE),
    public("session.started.v1", Session::TYPE),
    public("session.ended.v1", Session::TYPE),
    public("session.cancelled.v1", Session::TYPE),
    public("session.sealed.v1", Session::TYPE),
    public("governance.assembly-activated.v1", Session::TYPE),
    public("governance.assembly-completed.v1", Session::TYPE),
    public("governance.vote-opened.v1", Session::TYPE),
    public("governance.vote-closed.v1", Session::TYPE),
    public("governance.notified.v1", Session::TYPE),
    public("governance.data-recorded.v1", Session::TYPE),
    personal("attendance.validated.v1", Attendance::TYPE),
    personal("attendance.refused.v1", Attendance::TYPE),
    personal("attendee.left.v1", Attendance::TYPE),
    personal("attendee.returned.v1", Attendance::TYPE),
    personal("attendance.code-issued.v1", Attendance::TYPE),
    personal("attendance.overridden.v1", Attendance::TYPE),
    personal("eligibility.imported.v1", Attendance::TYPE),
    personal("presence.signalled.v1", PresenceRecord::TYPE),
    personal("speech.requested.v1", Floor::TYPE),
    personal("speech.withdrawn.v1", Floor::TYPE),
    personal("speech.approved.v1", Floor::TYPE),
    personal("speech.denied.v1", Floor::TYPE),
    personal("speech.finished.v1", Floor::TYPE),
    personal("attendee.muted.v1", Floor::TYPE),
    personal("attendee.unmuted.v1", Floor::TYPE),
    public("floor.rules-set.v1", Floor::TYPE),
    personal("floor.group-assigned.v1", Floor::TYPE),
    personal("time-account.set.v1", Floor::TYPE),
    personal("turn.warned.v1", Floor::TYPE),
    personal("turn.paused.v1", Floor::TYPE),
    personal("turn.resumed.v1", Floor::TYPE),
    personal("floor.overridden.v1", Floor::TYPE),
    personal("transcript.chunk.v1", Transcript::TYPE),
    personal("transcript.corrected.v1", Transcript::TYPE),
    personal("user.created.v1", User::TYPE),
    personal("user.password-changed.v1", User::TYPE),
    personal("user.role-granted.v1", User::TYPE),
    personal("user.role-revoked.v1", User::TYPE),
    personal("user.permission-added.v1", User::TYPE),
    personal("user.permission-removed.v1", User::TYPE),
    personal("user.permission-reset.v1", User::TYPE),
    personal("user.disabled.v1", User::TYPE),
    personal("user.enabled.v1", User::TYPE),
    personal("role.defined.v1", DefinedRole::TYPE),
    personal("role.changed.v1", DefinedRole::TYPE),
    personal("role.retired.v1", DefinedRole::TYPE),
    personal("client.registered.v1", Client::TYPE),
    personal("client.secret-rotated.v1", Client::TYPE),
    personal("client.roles-changed.v1", Client::TYPE),
    personal("client.revoked.v1", Client::TYPE),
    personal("sign-in.started.v1", SignIn::TYPE),
    personal("sign-in.renewed.v1", SignIn::TYPE),
    personal("sign-in.reuse-detected.v1", SignIn::TYPE),
    personal("sign-in.ended.v1", SignIn::TYPE),
    personal("access.refused.v1", AccessRecord::TYPE),
    personal("access.dossier-read.v1", AccessRecord::TYPE),
    personal("access.key-handed-out.v1", AccessRecord::TYPE),
    personal("access.person-erased.v1", AccessRecord::TYPE),
];

/// Looks an event type up by its name.
pub fn event_type_info(name: &str) -> Option<&'static EventTypeInfo> {
    EVENT_TYPES.iter().find(|info| info.name == name)
}

/// Any event of a session or of a tenant's register. It serialises to the event's own payload.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum AnyEvent {
    /// An event of the session itself.
    Session(SessionEvent),
    /// An event of its attendance.
    Attendance(AttendanceEvent),
    /// An event of the record of presence.
    Presence(PresenceEvent),
    /// An event of its floor.
    Floor(FloorEvent),
    /// An event of its transcript.
    Transcript(TranscriptEvent),
    /// An event of a user.
    User(UserEvent),
    /// An event of a role.
    Role(RoleEvent),
    /// An event of a client.
    Client(ClientEvent),
    /// An event of a sign-in.
    SignIn(SignInEvent),
    /// An event of the record of access.
    Access(AccessEvent),
}

/// Why a stored event cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum UnknownEvent {
    /// No event type has this name.
    #[error("there is no event type '{event_type}'")]
    Type {
        /// The name.
        event_type: String,
    },
    /// The payload is not one of this type.
    #[error("the payload is not one of the type '{event_type}'")]
    Payload {
        /// The type that was expected.
        event_type: &'static str,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The payload is of another type than the row says.
    #[error("the payload is of the type '{found}', not '{event_type}'")]
    OtherType {
        /// The type that was expected.
        event_type: &'static str,
        /// The type of the payload.
        found: &'static str,
    },
}

impl AnyEvent {
    /// Reads a stored event.
    ///
    /// # Errors
    ///
    /// [`UnknownEvent`] when the type is not in [`EVENT_TYPES`] or the payload is not one of it.
    pub fn from_parts(event_type: &str, payload: &Value) -> Result<Self, UnknownEvent> {
        let info = event_type_info(event_type)
            .ok_or_else(|| UnknownEvent::Type { event_type: event_type.to_owned() })?;
        let event = match info.aggregate_type {
            Session::TYPE => read(payload).map(Self::Session),
            Attendance::TYPE => read(payload).map(Self::Attendance),
            PresenceRecord::TYPE => read(payload).map(Self::Presence),
            Floor::TYPE => read(payload).map(Self::Floor),
            Transcript::TYPE => read(payload).map(Self::Transcript),
            User::TYPE => read(payload).map(Self::User),
            DefinedRole::TYPE => read(payload).map(Self::Role),
            Client::TYPE => read(payload).map(Self::Client),
            SignIn::TYPE => read(payload).map(Self::SignIn),
            _ => read(payload).map(Self::Access),
        };
        let event = event.map_err(|source| UnknownEvent::Payload { event_type: info.name, source })?;
        let found = event.name();
        if found != info.name {
            return Err(UnknownEvent::OtherType { event_type: info.name, found });
        }
        Ok(event)
    }

    /// The name of the event's type.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Session(event) => event.name(),
            Self::Attendance(event) => event.name(),
            Self::Presence(event) => event.name(),
            Self::Floor(event) => event.name(),
            Self::Transcript(event) => event.name(),
            Self::User(event) => event.name(),
            Self::Role(event) => event.name(),
            Self::Client(event) => event.name(),
            Self::SignIn(event) => event.name(),
            Self::Access(event) => event.name(),
        }
    }

    /// The type of the aggregate whose stream holds the event.
    pub const fn aggregate_type(&self) -> &'static str {
        match self {
            Self::Session(_) => Session::TYPE,
            Self::Attendance(_) => Attendance::TYPE,
            Self::Presence(_) => PresenceRecord::TYPE,
            Self::Floor(_) => Floor::TYPE,
            Self::Transcript(_) => Transcript::TYPE,
            Self::User(_) => User::TYPE,
            Self::Role(_) => DefinedRole::TYPE,
            Self::Client(_) => Client::TYPE,
            Self::SignIn(_) => SignIn::TYPE,
            Self::Access(_) => AccessRecord::TYPE,
        }
    }

    /// The moment of the decision.
    pub const fn at(&self) -> Timestamp {
        match self {
            Self::Session(event) => event.at(),
            Self::Attendance(event) => event.at(),
            Self::Presence(event) => event.at(),
            Self::Floor(event) => event.at(),
            Self::Transcript(event) => event.at(),
            Self::User(event) => event.at(),
            Self::Role(event) => event.at(),
            Self::Client(event) => event.at(),
            Self::SignIn(event) => event.at(),
            Self::Access(event) => event.at(),
        }
    }

    /// The person whom the event is about, when it names one.
    pub fn person_id(&self) -> Option<PersonId> {
        match self {
            Self::Session(_) | Self::Presence(_) | Self::Role(_) | Self::Client(_) => None,
            Self::Attendance(event) => event.person_id(),
            Self::Floor(event) => event.person_id(),
            Self::Transcript(event) => event.speaker_id(),
            Self::User(event) => Some(event.person_id()),
            Self::SignIn(event) => Some(event.person_id()),
            Self::Access(event) => event.person_id(),
        }
    }

    /// The payload as it is stored.
    ///
    /// # Panics
    ///
    /// Never: an event has text keys and finite numbers, which JSON can always say.
    pub fn to_payload(&self) -> Value {
        serde_json::to_value(self).expect("an event has text keys and finite numbers")
    }
}

fn read<E: DeserializeOwned>(payload: &Value) -> Result<E, serde_json::Error> {
    E::deserialize(payload)
}

impl From<SessionEvent> for AnyEvent {
    fn from(event: SessionEvent) -> Self {
        Self::Session(event)
    }
}

impl From<AttendanceEvent> for AnyEvent {
    fn from(event: AttendanceEvent) -> Self {
        Self::Attendance(event)
    }
}

impl From<PresenceEvent> for AnyEvent {
    fn from(event: PresenceEvent) -> Self {
        Self::Presence(event)
    }
}

impl From<FloorEvent> for AnyEvent {
    fn from(event: FloorEvent) -> Self {
        Self::Floor(event)
    }
}

impl From<TranscriptEvent> for AnyEvent {
    fn from(event: TranscriptEvent) -> Self {
        Self::Transcript(event)
    }
}

impl From<UserEvent> for AnyEvent {
    fn from(event: UserEvent) -> Self {
        Self::User(event)
    }
}

impl From<RoleEvent> for AnyEvent {
    fn from(event: RoleEvent) -> Self {
        Self::Role(event)
    }
}

impl From<ClientEvent> for AnyEvent {
    fn from(event: ClientEvent) -> Self {
        Self::Client(event)
    }
}

impl From<SignInEvent> for AnyEvent {
    fn from(event: SignInEvent) -> Self {
        Self::SignIn(event)
    }
}

impl From<AccessEvent> for AnyEvent {
    fn from(event: AccessEvent) -> Self {
        Self::Access(event)
    }
}
