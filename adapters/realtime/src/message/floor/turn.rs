//! Turns that go on, and who may be heard.

use acta_domain::{PersonId, SpeechRequestId, Timestamp, WarningTime};
use acta_projections::floor::FloorView;
use schemars::JsonSchema;
use serde::Serialize;

use super::Request;
use crate::frame::Frame;
use crate::message::Untold;
use crate::message::told::{Teller, Told};

/// The time of a turn is nearly up.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TurnWarning {
    #[serde(flatten)]
    told: Told,
    /// The request.
    request_id: SpeechRequestId,
    /// Who speaks, by opaque id.
    user_id: PersonId,
    /// How many seconds are left.
    remaining_seconds: WarningTime,
    /// When the time is up.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<Timestamp>,
}

/// A turn was interrupted: its clock stands.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TurnPaused {
    #[serde(flatten)]
    told: Told,
    /// The request.
    request_id: SpeechRequestId,
    /// Who has the turn, by opaque id.
    user_id: PersonId,
}

/// A turn goes on.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TurnResumed {
    #[serde(flatten)]
    told: Told,
    /// The request.
    request_id: SpeechRequestId,
    /// Who speaks, by opaque id.
    user_id: PersonId,
    /// When its time is up, if it has a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<Timestamp>,
}

/// Somebody was silenced.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct UserMuted {
    #[serde(flatten)]
    told: Told,
    /// Who, by opaque id.
    user_id: PersonId,
}

/// Somebody may be heard again.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct UserUnmuted {
    #[serde(flatten)]
    told: Told,
    /// Who, by opaque id.
    user_id: PersonId,
}

pub(super) fn warned(
    teller: &Teller<'_>,
    request: Request,
    remaining_seconds: WarningTime,
    floor: &FloorView,
) -> Result<Frame, Untold> {
    let data = TurnWarning {
        told: teller.told(),
        request_id: request.id,
        user_id: request.person,
        remaining_seconds,
        ends_at: request.turn(floor)?.ends_at,
    };
    teller.say("turn_warning", &data)
}

pub(super) fn paused(teller: &Teller<'_>, request: Request) -> Result<Frame, Untold> {
    let data = TurnPaused { told: teller.told(), request_id: request.id, user_id: request.person };
    teller.say("turn_paused", &data)
}

pub(super) fn resumed(teller: &Teller<'_>, request: Request, floor: &FloorView) -> Result<Frame, Untold> {
    let (told, ends_at) = (teller.told(), request.turn(floor)?.ends_at);
    let data = TurnResumed { told, request_id: request.id, user_id: request.person, ends_at };
    teller.say("turn_resumed", &data)
}

pub(super) fn muted(teller: &Teller<'_>, user_id: PersonId) -> Result<Frame, Untold> {
    teller.say("user_muted", &UserMuted { told: teller.told(), user_id })
}

pub(super) fn unmuted(teller: &Teller<'_>, user_id: PersonId) -> Result<Frame, Untold> {
    teller.say("user_unmuted", &UserUnmuted { told: teller.told(), user_id })
}
