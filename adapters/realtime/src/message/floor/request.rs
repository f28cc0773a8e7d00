//! Requests for the floor.

use acta_domain::{FinishedBy, PersonId, Priority, SpeechKind, SpeechRequestId, TimeLimit, Timestamp};
use acta_projections::floor::{FloorView, Outcome};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Queue, Request, queue};
use crate::frame::Frame;
use crate::message::Untold;
use crate::message::told::{Teller, Told};

/// Somebody asked for the floor.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SpeechRequestReceived<'a> {
    #[serde(flatten)]
    told: Told,
    /// The request.
    request_id: SpeechRequestId,
    /// Whose, by opaque id.
    user_id: PersonId,
    /// What for.
    kind: SpeechKind,
    /// How urgent.
    priority: Priority,
    /// What about; null to readers who may not see it.
    topic: Option<&'a str>,
    /// Whether there is a topic that the reader does not see.
    sealed: bool,
    /// When it was made.
    requested_at: Timestamp,
    /// Who waits now, next first.
    queue: Queue,
}

/// A request was taken back.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SpeechWithdrawn {
    #[serde(flatten)]
    told: Told,
    /// The request.
    request_id: SpeechRequestId,
    /// Whose, by opaque id.
    user_id: PersonId,
    /// Who waits now, next first.
    queue: Queue,
}

/// Somebody was given the floor.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SpeechApproved {
    #[serde(flatten)]
    told: Told,
    /// The request.
    request_id: SpeechRequestId,
    /// Who speaks, by opaque id.
    user_id: PersonId,
    /// For how many seconds they may.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_limit_seconds: Option<TimeLimit>,
    /// When that is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<Timestamp>,
    /// Who waits now, next first.
    queue: Queue,
}

/// A request was turned down.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SpeechDenied<'a> {
    #[serde(flatten)]
    told: Told,
    /// The request.
    request_id: SpeechRequestId,
    /// Whose, by opaque id.
    user_id: PersonId,
    /// Why; null to readers who may not see it.
    reason: Option<&'a str>,
    /// Whether there is a reason that the reader does not see.
    sealed: bool,
    /// Who waits now, next first.
    queue: Queue,
}

/// A turn is over.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SpeechFinished {
    #[serde(flatten)]
    told: Told,
    /// The request.
    request_id: SpeechRequestId,
    /// Who spoke, by opaque id.
    user_id: PersonId,
    /// Who ended the turn.
    by: FinishedBy,
    /// How long it was without its pauses, in milliseconds.
    spoke_ms: u64,
    /// Who waits now, next first.
    queue: Queue,
}

/// What somebody asks for.
pub(super) struct Wish {
    pub(super) kind: SpeechKind,
    pub(super) priority: Priority,
    pub(super) requested_at: Timestamp,
}

pub(super) fn received(
    teller: &Teller<'_>,
    request: Request,
    wish: &Wish,
    floor: &FloorView,
) -> Result<Frame, Untold> {
    teller.say_words("speech_request_received", |words| SpeechRequestReceived {
        told: teller.told(),
        request_id: request.id,
        user_id: request.person,
        kind: wish.kind,
        priority: wish.priority,
        topic: words.text("topic"),
        sealed: words.is_sealed(),
        requested_at: wish.requested_at,
        queue: queue(floor),
    })
}

pub(super) fn withdrawn(teller: &Teller<'_>, request: Request, floor: &FloorView) -> Result<Frame, Untold> {
    let (told, queue) = (teller.told(), queue(floor));
    let data = SpeechWithdrawn { told, request_id: request.id, user_id: request.person, queue };
    teller.say("speech_withdrawn", &data)
}

pub(super) fn approved(
    teller: &Teller<'_>,
    request: Request,
    time_limit_seconds: Option<TimeLimit>,
    floor: &FloorView,
) -> Result<Frame, Untold> {
    let data = SpeechApproved {
        told: teller.told(),
        request_id: request.id,
        user_id: request.person,
        time_limit_seconds,
        ends_at: request.turn(floor)?.ends_at,
        queue: queue(floor),
    };
    teller.say("speech_approved", &data)
}

pub(super) fn denied(teller: &Teller<'_>, request: Request, floor: &FloorView) -> Result<Frame, Untold> {
    teller.say_words("speech_denied", |words| SpeechDenied {
        told: teller.told(),
        request_id: request.id,
        user_id: request.person,
        reason: words.text("reason"),
        sealed: words.is_sealed(),
        queue: queue(floor),
    })
}

pub(super) fn finished(
    teller: &Teller<'_>,
    request: Request,
    by: FinishedBy,
    floor: &FloorView,
) -> Result<Frame, Untold> {
    let past = floor.history.back().filter(|past| past.request_id == request.id);
    let Some(Outcome::Finished { spoke_ms, .. }) = past.map(|past| &past.outcome) else {
        return Err(Untold::Unknown);
    };
    let data = SpeechFinished {
        told: teller.told(),
        request_id: request.id,
        user_id: request.person,
        by,
        spoke_ms: *spoke_ms,
        queue: queue(floor),
    };
    teller.say("speech_finished", &data)
}
