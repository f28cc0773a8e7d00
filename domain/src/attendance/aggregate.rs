//! The rules of attendance.
//!
//! A person is in the room once or not at all; only those in the room count towards the capacity. A piece of evidence
//! opens the door once in the life of a session, whoever shows it. Somebody who left and comes back keeps the voting
//! weight they came in with, so that leaving cannot change what a vote counts.

use std::collections::{BTreeMap, BTreeSet};

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::values::{AttendanceMethod, Capacity, EvidenceDigest, Timestamp, VotingWeight};

use super::{AttendanceCommand, AttendanceError, AttendanceEvent};

/// The attendance of a session, as far as its decisions need to remember it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    /// Everybody who was ever let in.
    people: BTreeMap<PersonId, Attendee>,
    /// How many of them are in now.
    present: u32,
    used_evidence: BTreeSet<EvidenceDigest>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Attendee {
    present: bool,
    voting_weight: Option<VotingWeight>,
}

impl Attendance {
    /// Whether the person is in now.
    pub fn is_present(&self, person_id: PersonId) -> bool {
        self.people.get(&person_id).is_some_and(|attendee| attendee.present)
    }

    /// Whether the person was ever let in.
    pub fn is_known(&self, person_id: PersonId) -> bool {
        self.people.contains_key(&person_id)
    }

    /// How many are in now.
    pub const fn present_count(&self) -> u32 {
        self.present
    }

    /// What the person's vote counts, when they were let in with one.
    pub fn voting_weight(&self, person_id: PersonId) -> Option<VotingWeight> {
        self.people.get(&person_id)?.voting_weight
    }

    /// Whether the evidence was used before in this session.
    pub fn is_evidence_used(&self, evidence: &EvidenceDigest) -> bool {
        self.used_evidence.contains(evidence)
    }

    /// Decides a command.
    ///
    /// # Errors
    ///
    /// [`AttendanceError`] when the rules refuse it; nothing happened then.
    pub fn decide(&self, command: AttendanceCommand) -> Result<Vec<AttendanceEvent>, AttendanceError> {
        let event = match command {
            AttendanceCommand::Validate { person_id, method, evidence, voting_weight, capacity, at } => {
                self.must_be_able_to_enter(person_id, method, evidence, capacity)?;
                self.entrance(person_id, method, evidence, voting_weight, at)
            }
            AttendanceCommand::Refuse { person_id, method, reason, at } => {
                AttendanceEvent::Refused { person_id, method, reason, at }
            }
            AttendanceCommand::Leave { person_id, at } => {
                self.must_be_present(person_id)?;
                AttendanceEvent::Left { person_id, at }
            }
            AttendanceCommand::Return { person_id, method, evidence, capacity, at } => {
                if !self.is_known(person_id) {
                    return Err(AttendanceError::NeverPresent);
                }
                self.must_be_able_to_enter(person_id, method, evidence, capacity)?;
                AttendanceEvent::Returned { person_id, method, evidence, at }
            }
        };
        Ok(vec![event])
    }

    fn entrance(
        &self,
        person_id: PersonId,
        method: AttendanceMethod,
        evidence: Option<EvidenceDigest>,
        voting_weight: Option<VotingWeight>,
        at: Timestamp,
    ) -> AttendanceEvent {
        if self.is_known(person_id) {
            return AttendanceEvent::Returned { person_id, method, evidence, at };
        }
        AttendanceEvent::Validated { person_id, method, evidence, voting_weight, at }
    }

    fn must_be_able_to_enter(
        &self,
        person_id: PersonId,
        method: AttendanceMethod,
        evidence: Option<EvidenceDigest>,
        capacity: Option<Capacity>,
    ) -> Result<(), AttendanceError> {
        self.must_be_absent(person_id)?;
        self.must_be_fresh(method, evidence)?;
        self.must_have_room(capacity)
    }

    fn must_be_present(&self, person_id: PersonId) -> Result<(), AttendanceError> {
        if self.is_present(person_id) { Ok(()) } else { Err(AttendanceError::NotPresent) }
    }

    fn must_be_absent(&self, person_id: PersonId) -> Result<(), AttendanceError> {
        if self.is_present(person_id) { Err(AttendanceError::AlreadyPresent) } else { Ok(()) }
    }

    fn must_be_fresh(
        &self,
        method: AttendanceMethod,
        evidence: Option<EvidenceDigest>,
    ) -> Result<(), AttendanceError> {
        match evidence {
            Some(evidence) if self.is_evidence_used(&evidence) => Err(AttendanceError::EvidenceReplayed),
            None if method != AttendanceMethod::Manual => Err(AttendanceError::EvidenceMissing { method }),
            _ => Ok(()),
        }
    }

    fn must_have_room(&self, capacity: Option<Capacity>) -> Result<(), AttendanceError> {
        match capacity {
            Some(capacity) if self.present >= capacity.get() => {
                Err(AttendanceError::CapacityReached { capacity })
            }
            _ => Ok(()),
        }
    }

    fn enter(&mut self, person_id: PersonId, evidence: Option<EvidenceDigest>) -> &mut Attendee {
        self.used_evidence.extend(evidence);
        let attendee = self.people.entry(person_id).or_default();
        if !attendee.present {
            attendee.present = true;
            self.present = self.present.saturating_add(1);
        }
        attendee
    }

    fn leave(&mut self, person_id: PersonId) {
        if let Some(attendee) = self.people.get_mut(&person_id).filter(|attendee| attendee.present) {
            attendee.present = false;
            self.present = self.present.saturating_sub(1);
        }
    }
}

impl Aggregate for Attendance {
    const TYPE: &'static str = "attendance";
    type Command = AttendanceCommand;
    type Event = AttendanceEvent;
    type Error = AttendanceError;
    type Services = ();

    async fn handle(
        &mut self,
        command: Self::Command,
        _services: &Self::Services,
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Self::Event) {
        match event {
            AttendanceEvent::Validated { person_id, evidence, voting_weight, .. } => {
                self.enter(person_id, evidence).voting_weight = voting_weight;
            }
            AttendanceEvent::Returned { person_id, evidence, .. } => {
                self.enter(person_id, evidence);
            }
            AttendanceEvent::Left { person_id, .. } => self.leave(person_id),
            AttendanceEvent::Refused { .. } => {}
        }
    }
}
