//! Who comes and goes.

use acta_domain::{
    AttendanceEvent, AttendanceMethod, AttendanceRule, EligiblePerson, PersonId, RefusalReason,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::Untold;
use super::told::{Teller, Told};
use super::words::Words;
use crate::frame::Frame;

pub(super) const NAME: &str = "attendance_changed";
pub(super) const ELIGIBILITY: &str = "eligibility_changed";

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
    /// A one-time code was made for them.
    CodeIssued,
    /// They were let in although rules stood against it.
    Overridden,
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
    /// Which rules stood against it when they were let in.
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<&'a [AttendanceRule]>,
    /// What was said about the refusal, to readers who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    /// Why they were let in all the same, to readers who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    override_reason: Option<&'a str>,
    /// What they are called, where they say so now; null to readers who may not see it.
    name: Option<&'a str>,
    /// Whether there are words that the reader does not see.
    sealed: bool,
}

/// The list of those who may attend was replaced, or a part of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct EligibilityChanged {
    #[serde(flatten)]
    told: Told,
    /// Which part of the list this is, from 1.
    part: u32,
    /// How many parts there are.
    parts: u32,
    /// How many people this part names.
    people: usize,
}

pub(super) fn frame(teller: &Teller<'_>, fact: &AttendanceEvent) -> Result<Frame, Untold> {
    let (person, said) = match fact {
        AttendanceEvent::Validated { person_id, method, .. } => {
            (person_id, Said::by(AttendanceChange::Validated, *method))
        }
        AttendanceEvent::Refused { person_id, method, reason, .. } => {
            let said = Said::by(AttendanceChange::Refused, *method);
            (person_id, Said { reason: Some(*reason), ..said })
        }
        AttendanceEvent::Left { person_id, .. } => (person_id, Said::only(AttendanceChange::Left)),
        AttendanceEvent::Returned { person_id, method, .. } => {
            (person_id, Said::by(AttendanceChange::Returned, *method))
        }
        AttendanceEvent::CodeIssued { person_id, method, .. } => {
            (person_id, Said::by(AttendanceChange::CodeIssued, *method))
        }
        AttendanceEvent::Overridden { person_id, rules, .. } => {
            (person_id, Said { rules: Some(rules), ..Said::only(AttendanceChange::Overridden) })
        }
        AttendanceEvent::EligibilityImported { part, parts, people, .. } => {
            return eligibility(teller, *part, *parts, people);
        }
    };
    changed(teller, *person, said)
}

/// What there is to say of a change besides whose it is.
#[derive(Clone, Copy)]
struct Said<'a> {
    change: AttendanceChange,
    method: Option<AttendanceMethod>,
    reason: Option<RefusalReason>,
    rules: Option<&'a [AttendanceRule]>,
}

impl Said<'_> {
    const fn only(change: AttendanceChange) -> Self {
        Self { change, method: None, reason: None, rules: None }
    }

    const fn by(change: AttendanceChange, method: AttendanceMethod) -> Self {
        Self { change, method: Some(method), reason: None, rules: None }
    }
}

fn changed(teller: &Teller<'_>, user_id: PersonId, said: Said<'_>) -> Result<Frame, Untold> {
    let Said { change, method, reason, rules } = said;
    teller.say_words(NAME, |words: Words<'_>| AttendanceChanged {
        told: teller.told(),
        user_id,
        change,
        method,
        reason,
        rules,
        note: words.text("note"),
        override_reason: words.text("override_reason"),
        name: words.text("name"),
        sealed: words.is_sealed(),
    })
}

fn eligibility(
    teller: &Teller<'_>,
    part: u32,
    parts: u32,
    people: &[EligiblePerson],
) -> Result<Frame, Untold> {
    teller.say(ELIGIBILITY, &EligibilityChanged { told: teller.told(), part, parts, people: people.len() })
}
