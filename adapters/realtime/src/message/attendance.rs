//! Who comes and goes.

use acta_domain::{AttendanceEvent, AttendanceMethod, PersonId, RefusalReason};
use schemars::JsonSchema;
use serde::Serialize;

use super::Untold;
use super::told::{Teller, Told};
use super::words::Words;
use crate::frame::Frame;

pub(super) const NAME: &str = "attendance_changed";

/// What became of somebody's attendance.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum AttendanceChange {
    /// They were let in.
    Validated,
    /// They were not let in.
    Refused,
    /// They left.
    Left,
    /// They came back.
    Returned,
}

/// Somebody was let in or not, left or came back.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AttendanceChanged<'a> {
    #[serde(flatten)]
    told: Told,
    /// Who, by opaque id.
    user_id: PersonId,
    /// What became of their attendance.
    change: AttendanceChange,
    /// How they showed, or tried to show, that they are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<AttendanceMethod>,
    /// Why they were not let in.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<RefusalReason>,
    /// What was said about the refusal, to readers who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    /// What they are called, where they say so now; null to readers who may not see it.
    name: Option<&'a str>,
    /// Whether there are words that the reader does not see.
    sealed: bool,
}

pub(super) fn frame(teller: &Teller<'_>, fact: &AttendanceEvent) -> Result<Frame, Untold> {
    let (change, method, reason) = match fact {
        AttendanceEvent::Validated { method, .. } => (AttendanceChange::Validated, Some(*method), None),
        AttendanceEvent::Refused { method, reason, .. } => {
            (AttendanceChange::Refused, Some(*method), Some(*reason))
        }
        AttendanceEvent::Left { .. } => (AttendanceChange::Left, None, None),
        AttendanceEvent::Returned { method, .. } => (AttendanceChange::Returned, Some(*method), None),
    };
    teller.say_words(NAME, |words: Words<'_>| AttendanceChanged {
        told: teller.told(),
        user_id: fact.person_id(),
        change,
        method,
        reason,
        note: words.text("note"),
        name: words.text("name"),
        sealed: words.is_sealed(),
    })
}
