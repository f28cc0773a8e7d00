//! The rules of attendance.
//!
//! A person is in the room once or not at all; only those in the room count towards the capacity. A piece of evidence
//! opens the door once in the life of a session, whoever shows it. Somebody who left and comes back keeps the voting
//! weight they came in with, so that leaving cannot change what a vote counts.
//!
//! Who may attend stands in the list that was imported into the session, or in what the user profiles say where there is none.
//! Whoever runs the session may let somebody in against that and beyond the capacity; the record says so. Nothing bends the other
//! rules: evidence that was used stays used, and a one-time code is void after a few wrong tries.

use std::collections::{BTreeMap, BTreeSet};

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::ids::{CodeId, PersonId};
use crate::values::{
    AttendanceMethod, AttendanceRule, Capacity, EvidenceDigest, RefusalReason, Timestamp, VotingWeight,
};

use super::roll::{Roll, imported};
use super::{AttendanceCommand, AttendanceError, AttendanceEvent, Eligibility, Entrance, IssuedCode};

/// The attendance of a session, as far as its decisions need to remember it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendance {
    /// Everybody who was ever let in.
    people: BTreeMap<PersonId, Attendee>,
    /// How many of them are in now.
    present: u32,
    used_evidence: BTreeSet<EvidenceDigest>,
    /// The newest one-time code of each person, open or not.
    #[serde(default)]
    codes: BTreeMap<PersonId, IssuedCode>,
    #[serde(default)]
    roll: Roll,
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

    /// The newest one-time code of a person, open or not.
    pub fn code(&self, person_id: PersonId) -> Option<&IssuedCode> {
        self.codes.get(&person_id)
    }

    /// Whether a list of those who may attend is in force.
    pub const fn has_roll(&self) -> bool {
        self.roll.is_in_force()
    }

    /// Whether it is worth while to ask others about evidence: it is fresh, and the person, if that is known, is not in already.
    ///
    /// # Errors
    ///
    /// What [`AttendanceCommand::Validate`] would be refused with.
    pub fn can_show(
        &self,
        person_id: Option<PersonId>,
        evidence: &EvidenceDigest,
    ) -> Result<(), AttendanceError> {
        if self.is_evidence_used(evidence) {
            return Err(AttendanceError::EvidenceReplayed);
        }
        person_id.map_or(Ok(()), |person_id| self.must_be_absent(person_id))
    }

    /// Decides a command.
    ///
    /// # Errors
    ///
    /// [`AttendanceError`] when the rules refuse it; nothing happened then.
    pub fn decide(&self, command: AttendanceCommand) -> Result<Vec<AttendanceEvent>, AttendanceError> {
        let event = match command {
            AttendanceCommand::Validate(entrance) => return self.admit(&entrance),
            AttendanceCommand::ImportEligibility { roll_id, people, at } => {
                return imported(roll_id, &people, at);
            }
            AttendanceCommand::Refuse { person_id, method, reason, at } => {
                AttendanceEvent::Refused { person_id, method, reason, at }
            }
            AttendanceCommand::RefuseCode { person_id, code_id, at } => {
                let (method, reason) =
                    (self.open_code(person_id, code_id, at)?.method, RefusalReason::IdentityNotVerified);
                AttendanceEvent::Refused { person_id, method, reason, at }
            }
            AttendanceCommand::Leave { person_id, at } => {
                self.must_be_present(person_id)?;
                AttendanceEvent::Left { person_id, at }
            }
            AttendanceCommand::Return { person_id, method, evidence, capacity, at } => {
                self.must_be_able_to_return(person_id, method, evidence, capacity)?;
                AttendanceEvent::Returned { person_id, method, evidence, at }
            }
            AttendanceCommand::IssueCode { person_id, code_id, method, evidence, expires_at, at } => {
                must_bring_codes(method)?;
                AttendanceEvent::CodeIssued { person_id, code_id, method, evidence, expires_at, at }
            }
        };
        Ok(vec![event])
    }

    /// Lets somebody in, and says which rules that goes against.
    fn admit(&self, entrance: &Entrance) -> Result<Vec<AttendanceEvent>, AttendanceError> {
        let Entrance { person_id, method, evidence, at, .. } = *entrance;
        self.must_be_absent(person_id)?;
        self.must_be_fresh(method, evidence)?;
        self.must_show_open_code(entrance)?;
        let eligibility = self.roll.eligibility(person_id).unwrap_or(entrance.eligibility);
        let rules = self.rules_against(entrance, eligibility)?;
        let weight = entrance.voting_weight.or(eligibility.voting_weight()).or(entrance.identified_weight);
        let event = self.entrance(person_id, method, evidence, weight, at);
        let overridden = (!rules.is_empty()).then_some(AttendanceEvent::Overridden { person_id, rules, at });
        Ok([event].into_iter().chain(overridden).collect())
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

    /// The rules that stand against somebody and give way.
    fn rules_against(
        &self,
        entrance: &Entrance,
        eligibility: Eligibility,
    ) -> Result<Vec<AttendanceRule>, AttendanceError> {
        let by_hand = entrance.method == AttendanceMethod::Manual;
        let right = match eligibility {
            Eligibility::NotAsked | Eligibility::Eligible(_) => None,
            // Who stands at the door answers for it; an outage closes no assembly.
            Eligibility::Unknown if by_hand || entrance.override_given => {
                Some(AttendanceRule::EligibilityUnknown)
            }
            Eligibility::NotEligible if entrance.override_given => Some(AttendanceRule::Eligibility),
            Eligibility::NotEligible | Eligibility::Unknown => return Err(AttendanceError::NotEligible),
        };
        let room = match self.must_have_room(entrance.capacity) {
            Err(_) if entrance.override_given => Some(AttendanceRule::Capacity),
            kept => kept.map(|()| None)?,
        };
        Ok(right.into_iter().chain(room).collect())
    }

    fn must_be_able_to_return(
        &self,
        person_id: PersonId,
        method: AttendanceMethod,
        evidence: Option<EvidenceDigest>,
        capacity: Option<Capacity>,
    ) -> Result<(), AttendanceError> {
        if !self.is_known(person_id) {
            return Err(AttendanceError::NeverPresent);
        }
        self.must_be_absent(person_id)?;
        self.must_be_fresh(method, evidence)?;
        self.must_have_room(capacity)
    }

    fn must_show_open_code(&self, entrance: &Entrance) -> Result<(), AttendanceError> {
        let Some(code_id) = entrance.code else { return Ok(()) };
        let code = self.open_code(entrance.person_id, code_id, entrance.at)?;
        if entrance.evidence == Some(code.evidence) { Ok(()) } else { Err(AttendanceError::NoOpenCode) }
    }

    /// The code `code_id`, if it is the person's and still good for something.
    fn open_code(
        &self,
        person_id: PersonId,
        code_id: CodeId,
        at: Timestamp,
    ) -> Result<&IssuedCode, AttendanceError> {
        let open = |code: &&IssuedCode| {
            code.code_id == code_id && code.tries_left() > 0 && !self.is_evidence_used(&code.evidence)
        };
        let code = self.code(person_id).filter(open).ok_or(AttendanceError::NoOpenCode)?;
        if code.has_expired(at) { Err(AttendanceError::CodeExpired) } else { Ok(code) }
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

    /// A person who could not be verified by the way that their code came has shown something else in its place.
    fn count_wrong_try(&mut self, person_id: PersonId, method: AttendanceMethod, reason: RefusalReason) {
        if reason != RefusalReason::IdentityNotVerified {
            return;
        }
        if let Some(code) = self.codes.get_mut(&person_id).filter(|code| code.method == method) {
            code.count_wrong_try();
        }
    }

    fn leave(&mut self, person_id: PersonId) {
        if let Some(attendee) = self.people.get_mut(&person_id).filter(|attendee| attendee.present) {
            attendee.present = false;
            self.present = self.present.saturating_sub(1);
        }
    }
}

fn must_bring_codes(method: AttendanceMethod) -> Result<(), AttendanceError> {
    match method {
        AttendanceMethod::Sms | AttendanceMethod::Email => Ok(()),
        AttendanceMethod::Qr | AttendanceMethod::Biometric | AttendanceMethod::Manual => {
            Err(AttendanceError::NoCodesBy { method })
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
            AttendanceEvent::Refused { person_id, method, reason, .. } => {
                self.count_wrong_try(person_id, method, reason);
            }
            AttendanceEvent::CodeIssued { person_id, code_id, method, evidence, expires_at, .. } => {
                self.codes.insert(person_id, IssuedCode::new(code_id, method, evidence, expires_at));
            }
            AttendanceEvent::EligibilityImported { roll_id, part, parts, people, .. } => {
                self.roll.take(roll_id, part, parts, people);
            }
            AttendanceEvent::Overridden { .. } => {}
        }
    }
}
