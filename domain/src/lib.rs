//! The pure rules of a session and of a tenant's register: commands in, events out.
//!
//! Five aggregates share the life of a session, one stream each, all named by the session's id:
//!
//! | aggregate | what it decides |
//! |---|---|
//! | [`session`] | the life cycle, and the marks of the assembly that the session serves |
//! | [`attendance`] | who is in the room, and on what evidence |
//! | [`presence`] | nothing but doubles: it is the record of what signals there were of people's presence |
//! | [`floor`] | who asked for the floor, who has it and for how long, who is muted, by which rules |
//! | [`transcript`] | which sentences were spoken when; never the words themselves |
//!
//! Five others share the register of a tenant, where it stands who may do what there:
//!
//! | aggregate | what it decides |
//! |---|---|
//! | [`user`] | who can sign in, with which roles and single permissions |
//! | [`role`] | what the roles permit that a tenant defines itself |
//! | [`client`] | which services get tokens of their own, by which secrets |
//! | [`sign_in`] | whether a refresh token is good, and when a sign-in is over |
//! | [`access`] | nothing: it is the record of who looked and who was refused |
//!
//! Every aggregate has `decide(&self, command) -> Result<Vec<Event>, Error>`, pure and synchronous, and an
//! `apply` that is total: any event folds on any state without a panic. Time, ids and facts of other aggregates come
//! in with the command. Names, reasons and spoken words never come here; the application seals them beside the payload. Nor do
//! passwords and secrets: they are named by an id, and stand outside the log.
//!
//! # How to add an event
//!
//! 1. Add the variant to the aggregate's `event.rs`, with its serde name (`noun.verb.v1`) and an `at`, and to `event_type`
//!    and `at` below it. An optional field skips serialising when absent, so that no payload ever holds a null.
//! 2. Add the command, the error and the rule to `command.rs`, `error.rs` and `aggregate.rs`; write the given/when/then test first.
//! 3. Add the name to [`EVENT_TYPES`] in `events.rs`, and say whether a public proof may open it.
//! 4. Add an example to `tests/examples/mod.rs`, then run `ACTA_REGENERATE=1 cargo nextest run -p acta-domain`: it writes the
//!    frozen example (`tests/frozen/`) and the JSON Schema (`schemas/events/`). Read both before you commit them.
//!
//! An event that was released never changes. A new shape is a new name (`….v2`) beside the old one, and the old frozen
//! example must go on being read.

pub mod access;
pub mod attendance;
pub mod client;
mod events;
pub mod floor;
pub mod ids;
pub mod presence;
pub mod role;
mod schemas;
pub mod session;
pub mod sign_in;
#[cfg(test)]
mod testing;
pub mod transcript;
pub mod user;
pub mod values;

pub use access::{AccessCommand, AccessEvent, AccessRecord, Permission, Role};
pub use attendance::{
    Attendance, AttendanceCommand, AttendanceError, AttendanceEvent, Eligibility, EligiblePerson, Entrance,
    IssuedCode,
};
pub use client::{Client, ClientCommand, ClientError, ClientEvent};
pub use events::{AnyEvent, EVENT_TYPES, EventTypeInfo, UnknownEvent, event_type_info};
pub use floor::{
    Floor, FloorCommand, FloorError, FloorEvent, FloorRules, OverriddenRule, QueuePolicy, TimeAccount,
};
pub use ids::{
    AssemblyId, ChannelId, ClientId, CodeId, CredentialId, KeySubject, OperationName, PersonId, PublicId,
    RollId, SessionId, SignInId, SpeechRequestId, TenantId, UserId, VoteId,
};
pub use presence::{
    Contradiction, ContradictionKind, PresenceCommand, PresenceError, PresenceEvent, PresenceInterval,
    PresenceRecord, PresenceReport, PresenceRule, Signal,
};
pub use role::{DefinedRole, RoleCommand, RoleError, RoleEvent};
pub use schemas::event_schemas;
pub use session::{Session, SessionCommand, SessionDetails, SessionError, SessionEvent};
pub use sign_in::{SignIn, SignInCommand, SignInError, SignInEvent};
pub use transcript::{Transcript, TranscriptCommand, TranscriptError, TranscriptEvent};
pub use user::{User, UserCommand, UserError, UserEvent};
pub use values::{
    AttendanceMethod, AttendanceRule, Capacity, ChunkNumber, ChunkSource, ConcurrentTurns, Confidence,
    ContentDigest, EndReason, EvidenceDigest, FinishedBy, Generation, GovernanceNotice, GroupName,
    InvalidValue, KeyThumbprint, Language, Languages, Limits, MediaTime, Modality, Priority, RefusalReason,
    RoleName, Schedule, ServiceName, SessionStatus, Sign, SignalSource, SpeechKind, TimeBudget, TimeLimit,
    Timestamp, VotingWeight, WarningTime,
};
