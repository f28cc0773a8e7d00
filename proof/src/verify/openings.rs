//! The opened events: each the one that was committed to, in its place, and numbered without a gap.

use std::collections::HashMap;

use super::VerifyFailure;
use super::persons::Persons;
use super::report::{OpenedEvent, Personal};
use crate::entry::{Entry, offset_of};
use crate::event::EventStatement;
use crate::file::{FileView, OpeningView, ProofKind, openings};

/// Checks every opening, in the order of the file. `size` is the number of entries, which were counted before.
pub(super) fn check(view: &FileView<'_>, size: u64) -> Result<Vec<OpenedEvent>, VerifyFailure> {
    let mut persons = Persons::read(view)?;
    let mut streams = Streams::default();
    let mut opened: Vec<OpenedEvent> = Vec::new();
    for opening in openings(view.openings)? {
        let opening = opening?;
        let last = opened.last().map(|event| &event.statement);
        check_place(view.kind, &opening, last, size)?;
        let statement = open_event(view, &opening)?;
        check_same_session(opening.index, &statement, last)?;
        if view.kind == ProofKind::Dossier {
            streams.follow(&statement)?;
        }
        let personal = personal(view.kind, &statement, &mut persons)?;
        opened.push(OpenedEvent { statement, personal });
    }
    let next = opened.len() as u64;
    if view.kind == ProofKind::Dossier && next != size {
        return Err(VerifyFailure::OpeningMissing { index: next });
    }
    persons.all_used()?;
    Ok(opened)
}

fn check_place(
    kind: ProofKind,
    opening: &OpeningView<'_>,
    last: Option<&EventStatement>,
    size: u64,
) -> Result<(), VerifyFailure> {
    let index = opening.index;
    let next = last.map_or(0, |event| event.session_index + 1);
    if index < next || index >= size {
        return Err(VerifyFailure::OpeningOrder { index });
    }
    if kind == ProofKind::Dossier && index != next {
        return Err(VerifyFailure::OpeningMissing { index: next });
    }
    Ok(())
}

fn open_event(view: &FileView<'_>, opening: &OpeningView<'_>) -> Result<EventStatement, VerifyFailure> {
    let index = opening.index;
    let entry = usize::try_from(offset_of(index)).ok().and_then(|at| view.entries.get(at..));
    let (entry, _) = entry
        .and_then(|from_here| Entry::at_front(from_here, index))
        .ok_or(VerifyFailure::OpeningOrder { index })?;
    if !entry.commitment.opens_to(&opening.salt, opening.event) {
        return Err(VerifyFailure::OtherCommitment { index });
    }
    let event =
        EventStatement::decode(opening.event).map_err(|source| VerifyFailure::Event { index, source })?;
    if event.session_index != index {
        return Err(VerifyFailure::EventElsewhere { index, field: "place in the session" });
    }
    Ok(event)
}

fn check_same_session(
    index: u64,
    event: &EventStatement,
    last: Option<&EventStatement>,
) -> Result<(), VerifyFailure> {
    match last {
        Some(last) if last.tenant != event.tenant => {
            Err(VerifyFailure::EventElsewhere { index, field: "tenant" })
        }
        Some(last) if last.session != event.session => {
            Err(VerifyFailure::EventElsewhere { index, field: "session" })
        }
        _ => Ok(()),
    }
}

fn personal(
    kind: ProofKind,
    event: &EventStatement,
    persons: &mut Persons,
) -> Result<Personal, VerifyFailure> {
    match (&event.sealed, kind) {
        (None, _) => Ok(Personal::None),
        (Some(_), ProofKind::Public) => Err(VerifyFailure::PersonalInPublic { index: event.session_index }),
        (Some(part), ProofKind::Dossier) => persons.open(event, part),
    }
}

/// How far each aggregate's own stream was followed.
#[derive(Default)]
struct Streams(HashMap<(String, String), u64>);

impl Streams {
    fn follow(&mut self, event: &EventStatement) -> Result<(), VerifyFailure> {
        let stream = (event.aggregate_type.clone(), event.aggregate_id.clone());
        let reached = self.0.entry(stream).or_default();
        *reached += 1;
        if event.sequence == *reached {
            return Ok(());
        }
        Err(VerifyFailure::SequenceGap {
            index: event.session_index,
            stream: format!("{} {}", event.aggregate_type, event.aggregate_id),
            expected: *reached,
            found: event.sequence,
        })
    }
}
