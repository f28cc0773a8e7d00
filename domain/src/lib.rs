//! The pure rules of a session: commands in, events out.
//!
//! Four aggregates share the life of a session, one stream each, all named by the session's id:
//!
//! | aggregate | what it decides |
//! |---|---|
//! | [`session`] | the life cycle, and the marks of the assembly that the session serves |
//! | [`attendance`] | who is in the room, and on what evidence |
//! | [`floor`] | who asked for the floor, who has it, who is muted |
//! | [`transcript`] | which sentences were spoken when; never the words themselves |
//!
//! Every aggregate has `decide(&self, command) -> Result<Vec<Event>, Error>`, pure and synchronous, and an
//! `apply` that is total: any event folds on any state without a panic. Time, ids and facts of other aggregates come
//! in with the command. Names, reasons and spoken words never come here; the application seals them beside the payload.
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

pub mod attendance;
mod events;
pub mod floor;
pub mod ids;
mod schemas;
pub mod session;
#[cfg(test)]
mod testing;
pub mod transcript;
pub mod values;

pub use attendance::{Attendance, AttendanceCommand, AttendanceError, AttendanceEvent};
pub use events::{AnyEvent, EVENT_TYPES, EventTypeInfo, UnknownEvent, event_type_info};
pub use floor::{Floor, FloorCommand, FloorError, FloorEvent};
pub use ids::{AssemblyId, PersonId, PublicId, SessionId, SpeechRequestId, TenantId, VoteId};
pub use schemas::event_schemas;
pub use session::{Session, SessionCommand, SessionDetails, SessionError, SessionEvent};
pub use transcript::{Transcript, TranscriptCommand, TranscriptError, TranscriptEvent};
pub use values::{
    AttendanceMethod, Capacity, ChunkNumber, ChunkSource, ConcurrentTurns, Confidence, EvidenceDigest,
    FinishedBy, InvalidValue, Language, Languages, Limits, MediaTime, Modality, Priority, RefusalReason,
    Schedule, SessionStatus, SpeechKind, TimeLimit, Timestamp, VotingWeight,
};
