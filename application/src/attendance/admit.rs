//! What all ways in have in common: the checks before somebody else is asked, and the record of who came in.

use acta_domain::attendance::Attendance;
use acta_domain::{AttendanceError, AttendanceEvent, AttendanceMethod, Entrance};
use acta_domain::{EvidenceDigest, PersonId, SessionId};
use acta_proof::sealed::SealedPart;

use super::validate_code::CodeError;
use super::{AttendanceRecorded, capacity, measures};
use crate::neighbours::{EvidenceRefusal, EvidenceVerdict, Identified};
use crate::persons::{PersonalPart, PersonalText, Subject};
use crate::streams::{Decided, Decision};
use crate::{CommandContext, UseCaseError, UseCases};

/// The field of a personal part that says where somebody was, as a geo URI (RFC 5870).
pub(super) const GEOLOCATION: &str = "geolocation";

/// Somebody who wants in, with what is recorded beside them.
pub(super) struct Admission {
    /// What the rules decide on; its capacity is the session's at that moment.
    pub(super) entrance: Entrance,
    /// How they are called and reached, and where they were.
    pub(super) sealed: Option<SealedPart>,
    /// Why they are let in against the rules, if they are.
    pub(super) reason: Option<SealedPart>,
}

impl Admission {
    /// Each part goes with the event that it explains.
    fn sealing(&self, event: AttendanceEvent) -> Decided<AttendanceEvent> {
        let sealed = match &event {
            AttendanceEvent::Overridden { .. } => self.reason.clone(),
            _ => self.sealed.clone(),
        };
        Decided { event, sealed }
    }
}

impl UseCases {
    /// Refuses unless the session lets people come and go. A refusal rests only on what is durable.
    pub(super) async fn must_be_open(
        &self,
        context: &CommandContext,
        session_id: SessionId,
    ) -> Result<(), UseCaseError> {
        let open = |session: &acta_domain::Session| capacity(session).map(drop);
        let (known, _) = self.sessions.read(context.tenant, session_id, open).await?;
        if known.is_ok() {
            return known;
        }
        self.sessions.read_settled(context.tenant, session_id, open).await?
    }

    /// Refuses if `evidence` was used, or `person_id` is in already: then nobody else needs to be asked. A refusal rests only on what
    /// is durable.
    pub(super) async fn must_be_worth_asking(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: Option<PersonId>,
        evidence: &EvidenceDigest,
    ) -> Result<(), UseCaseError> {
        let fresh = |attendance: &Attendance| attendance.can_show(person_id, evidence);
        let (known, _) = self.attendances.read(context.tenant, session_id, fresh).await?;
        if known.is_ok() {
            return Ok(());
        }
        Ok(self.attendances.read_settled(context.tenant, session_id, fresh).await??)
    }

    /// The digest of evidence that is shown in one session.
    pub(super) fn evidence(
        &self,
        kind: &str,
        context: &CommandContext,
        session_id: SessionId,
        parts: &[&[u8]],
    ) -> EvidenceDigest {
        let tenant = context.tenant.as_uuid().into_bytes();
        let session = session_id.as_uuid().into_bytes();
        self.ports.evidence_key.digest(kind, &[&[&tenant[..], &session[..]], parts].concat())
    }

    /// Seals how somebody is called and reached, and where they were.
    pub(super) async fn seal_person(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
        mut part: PersonalPart,
        location: Option<PersonalText>,
    ) -> Result<Option<SealedPart>, UseCaseError> {
        part.0.extend(PersonalPart::of([(GEOLOCATION, location)]).0);
        self.seal(context, session_id, Subject::Person(person_id), &part).await
    }

    /// Lets somebody in, if the rules do and the tenant has room for them.
    pub(super) async fn admit(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        admission: Admission,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        let decide = |attendance: &Attendance, capacity: &_| {
            let entrance = Entrance { capacity: *capacity, ..admission.entrance };
            let events = attendance.decide(acta_domain::AttendanceCommand::Validate(entrance));
            let events = events.map_err(refusal)?.into_iter().map(|event| admission.sealing(event));
            Ok(Decision { events: events.collect() })
        };
        let entering = self.carry_out_sealing(&self.attendances, context, session_id, capacity, decide);
        let accepted = self.with_room_for_participant(context, entering).await?;
        Ok(AttendanceRecorded { person_id: admission.entrance.person_id, accepted })
    }

    /// `outcome` as it is answered: for a command that let somebody in before, that; counted either way.
    pub(super) async fn answer_at_the_door(
        &self,
        context: &CommandContext,
        method: AttendanceMethod,
        outcome: Result<AttendanceRecorded, UseCaseError>,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        let outcome = match outcome {
            // What the command showed may be used, or out of date, because of its first time.
            Err(refusal) if context.may_repeat => self.let_in_before(context, refusal).await,
            outcome => outcome,
        };
        measures::count(method, &outcome);
        outcome
    }

    /// Whom a repeated command let in the first time; `refusal` if it never did.
    async fn let_in_before(
        &self,
        context: &CommandContext,
        refusal: UseCaseError,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        let Some(accepted) = self.sent_before(context).await? else { return Err(refusal) };
        let event = self.event_at(context, accepted.appended.first).await?;
        match event.map(|event| event.decode()).transpose()?.and_then(|event| event.person_id()) {
            Some(person_id) => Ok(AttendanceRecorded { person_id, accepted }),
            None => Err(refusal),
        }
    }
}

/// Who was identified; it must be `wanted`, where somebody is.
pub(super) fn identified(
    verdict: EvidenceVerdict,
    wanted: Option<PersonId>,
) -> Result<Identified, EvidenceRefusal> {
    match verdict {
        EvidenceVerdict::Invalid(refusal) => Err(refusal),
        EvidenceVerdict::Valid(person) if wanted.is_some_and(|wanted| wanted != person.person) => {
            Err(EvidenceRefusal::OtherPerson)
        }
        EvidenceVerdict::Valid(person) => Ok(person),
    }
}

/// What a refusal of the rules is to whoever stands at the door.
pub(super) fn refusal(error: AttendanceError) -> UseCaseError {
    match error {
        AttendanceError::NoOpenCode => CodeError::None.into(),
        AttendanceError::CodeExpired => EvidenceRefusal::Expired.into(),
        other => other.into(),
    }
}
