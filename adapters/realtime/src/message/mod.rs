//! Messages out: what each event of a session says to the people in its room.
//!
//! Exactly one message for every event, whatever its type. A message is a pure function of its event, of what the session has come
//! to with it, and of its personal part if somebody can open that.
//!
//! # How to add an event
//! The compiler asks for its message in the file of its family. Write the structure there with a doc comment for every member
//! (they become the `AsyncAPI` document), and name it in [`schemas`].

mod attendance;
mod floor;
mod lagged;
mod presence;
mod session;
pub(crate) mod snapshot;
mod told;
mod transcript;
mod words;

use acta_application::log::RecordedEvent;
use acta_application::persons::PersonalPart;
use acta_domain::AnyEvent;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::frame::Frame;
use crate::room::State;

pub(crate) use lagged::lagged;
use told::Teller;

/// Why there is no message of an event.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Untold {
    /// It stands in a register, which has no room.
    #[error("a register has no room")]
    Register,
    /// The session does not know what the event speaks of.
    #[error("the event speaks of something that the session does not know")]
    Unknown,
    /// It cannot be written.
    #[error("the message cannot be written")]
    Unwritable(#[from] serde_json::Error),
}

/// The message of `event`, which is folded into `state` already. `part` is its personal part, if there is one that can be opened.
pub(crate) fn of_event(
    event: &RecordedEvent,
    decoded: &AnyEvent,
    state: &State,
    part: Option<&PersonalPart>,
) -> Result<Frame, Untold> {
    let teller = Teller::new(event, decoded, part);
    match decoded {
        AnyEvent::Session(fact) => session::frame(&teller, fact, state),
        AnyEvent::Attendance(fact) => attendance::frame(&teller, fact),
        AnyEvent::Presence(fact) => presence::frame(&teller, fact),
        AnyEvent::Floor(fact) => floor::frame(&teller, fact, &state.floor),
        AnyEvent::Transcript(fact) => transcript::frame(&teller, fact),
        AnyEvent::User(_)
        | AnyEvent::Role(_)
        | AnyEvent::Client(_)
        | AnyEvent::SignIn(_)
        | AnyEvent::Access(_) => Err(Untold::Register),
    }
}

/// The name and the schema of every message about a session, as it is sent.
pub(crate) fn schemas(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
    let mut all = floor::schemas(generator);
    all.extend([
        named::<session::SessionStateChanged<'_>>(session::NAME, generator),
        named::<snapshot::SessionState<'_>>(snapshot::NAME, generator),
        named::<attendance::AttendanceChanged<'_>>(attendance::NAME, generator),
        named::<attendance::EligibilityChanged>(attendance::ELIGIBILITY, generator),
        named::<presence::PresenceSignalled>(presence::NAME, generator),
        named::<transcript::TranscriptChunk<'_>>(transcript::NAME, generator),
        named::<lagged::Lagged>(lagged::NAME, generator),
    ]);
    all
}

/// `name` with the schema of `T`.
fn named<T: JsonSchema>(name: &'static str, generator: &mut SchemaGenerator) -> (&'static str, Schema) {
    (name, generator.subschema_for::<T>())
}
