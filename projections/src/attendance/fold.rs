//! How events become the row.

use acta_application::log::{Position, RecordedEvent};
use acta_application::views::Columns;
use acta_domain::values::{AttendanceMethod, EvidenceDigest, Timestamp};
use acta_domain::{AnyEvent, AttendanceEvent, PersonId};

use super::{AttendanceStatus, AttendeeView, KEPT_REFUSALS, Presence, Refusal};
use crate::{Poison, Projection, StoredPart};

/// The read model of attendance; a row's id is the person's. Columns: `status`, `kind` = method, `person`, `rank` = first seen in
/// microseconds since the Unix epoch.
#[derive(Debug, Clone, Copy)]
pub struct Attendance;

impl Projection for Attendance {
    const NAME: &'static str = "attendance";
    type View = AttendeeView;

    fn concerns(aggregate_type: &str) -> bool {
        aggregate_type == "attendance"
    }

    fn row(_: &RecordedEvent, decoded: &AnyEvent) -> Option<String> {
        match decoded {
            AnyEvent::Attendance(fact) => person(fact).map(|person| person.to_string()),
            _ => None,
        }
    }

    fn fold(
        view: Option<AttendeeView>,
        event: &RecordedEvent,
        decoded: &AnyEvent,
    ) -> Result<AttendeeView, Poison> {
        let AnyEvent::Attendance(fact) = decoded else {
            return Err(Poison::new("not an event of attendance"));
        };
        let mut view = match fact {
            AttendanceEvent::Validated { person_id, method, evidence, voting_weight, at } => {
                let mut view = view.unwrap_or_else(|| unseen(*person_id, *method, *at));
                view.weight = *voting_weight;
                arrived(view, event, *method, *evidence, *at)?
            }
            AttendanceEvent::Returned { method, evidence, at, .. } => {
                arrived(known(view)?, event, *method, *evidence, *at)?
            }
            AttendanceEvent::Left { at, .. } => left(known(view)?, *at)?,
            AttendanceEvent::Refused { person_id, method, reason, at } => {
                let view = view.unwrap_or_else(|| unseen(*person_id, *method, *at));
                let note = StoredPart::of(event);
                refused(view, Refusal { reason: *reason, method: *method, at: *at, note })
            }
            AttendanceEvent::Overridden { .. } => known(view)?,
            AttendanceEvent::CodeIssued { .. } | AttendanceEvent::EligibilityImported { .. } => {
                return Err(Poison::new("an event of attendance that changes nobody's row"));
            }
        };
        view.position = event.position;
        Ok(view)
    }

    fn columns(view: &AttendeeView) -> Columns {
        Columns {
            status: Some(view.status.as_str().to_owned()),
            kind: Some(view.method.as_str().to_owned()),
            person: Some(view.person_id.to_string()),
            rank: view.first_seen.as_micros(),
        }
    }
}

/// Whose row the event changes, if any: a code that was sent and a list of names let nobody in.
fn person(fact: &AttendanceEvent) -> Option<PersonId> {
    match fact {
        AttendanceEvent::Validated { person_id, .. }
        | AttendanceEvent::Refused { person_id, .. }
        | AttendanceEvent::Left { person_id, .. }
        | AttendanceEvent::Returned { person_id, .. }
        | AttendanceEvent::Overridden { person_id, .. } => Some(*person_id),
        AttendanceEvent::CodeIssued { .. } | AttendanceEvent::EligibilityImported { .. } => None,
    }
}

/// The row of somebody who is seen for the first time, before what happened to them is folded in.
fn unseen(person_id: PersonId, method: AttendanceMethod, at: Timestamp) -> AttendeeView {
    AttendeeView {
        person_id,
        status: AttendanceStatus::Refused,
        method,
        evidence: None,
        weight: None,
        intervals: Vec::new(),
        refusals: Vec::new(),
        refused: 0,
        name: None,
        place: None,
        first_seen: at,
        position: Position::default(),
    }
}

/// The row of somebody who must have been seen before.
fn known(view: Option<AttendeeView>) -> Result<AttendeeView, Poison> {
    view.ok_or_else(|| Poison::new("somebody left or returned who never came"))
}

/// The row of somebody who came in.
fn arrived(
    mut view: AttendeeView,
    event: &RecordedEvent,
    method: AttendanceMethod,
    evidence: Option<EvidenceDigest>,
    at: Timestamp,
) -> Result<AttendeeView, Poison> {
    if view.status == AttendanceStatus::Present {
        return Err(Poison::new("somebody came in who was there already"));
    }
    view.status = AttendanceStatus::Present;
    view.method = method;
    view.evidence = evidence.or(view.evidence);
    keep_part(&mut view, StoredPart::of(event), method);
    view.intervals.push(Presence { from: at, to: None, method });
    Ok(view)
}

/// A code from a message and a face come without a name: what is sealed with them is a place.
fn keep_part(view: &mut AttendeeView, part: Option<StoredPart>, method: AttendanceMethod) {
    let Some(part) = part else { return };
    match method {
        AttendanceMethod::Qr | AttendanceMethod::Manual => (view.name, view.place) = (Some(part), None),
        AttendanceMethod::Sms | AttendanceMethod::Email | AttendanceMethod::Biometric => {
            view.place = Some(part);
        }
    }
}

/// The row of somebody who went out.
fn left(mut view: AttendeeView, at: Timestamp) -> Result<AttendeeView, Poison> {
    let open = view.intervals.last_mut().filter(|presence| presence.to.is_none());
    let presence = open.ok_or_else(|| Poison::new("somebody left who was not there"))?;
    presence.to = Some(at);
    view.status = AttendanceStatus::Left;
    Ok(view)
}

/// The row of somebody who was not let in; whoever is or was there keeps that status.
fn refused(mut view: AttendeeView, refusal: Refusal) -> AttendeeView {
    if view.intervals.is_empty() {
        view.method = refusal.method;
    }
    view.refused += 1;
    if view.refusals.len() == KEPT_REFUSALS {
        view.refusals.remove(0);
    }
    view.refusals.push(refusal);
    view
}
