//! Let somebody in who shows a one-time code.

use acta_domain::attendance::Attendance;
use acta_domain::{
    AttendanceCommand, AttendanceError, AttendanceMethod, CodeId, Entrance, EvidenceDigest, IssuedCode,
    PersonId, SessionId, VotingWeight,
};
use zeroize::Zeroizing;

use super::AttendanceRecorded;
use super::admit::{Admission, identified};
use crate::clock::time_ordered_id;
use crate::neighbours::IdentityAttempt;
use crate::persons::{PersonalPart, PersonalText};
use crate::{CommandContext, UseCaseError, UseCases};

/// A code that somebody shows.
pub struct ValidateCode {
    /// Who shows it.
    pub person_id: PersonId,
    /// How it came: `sms` or `email`; without it, as the person's open code did, or else as a text message.
    pub method: Option<AttendanceMethod>,
    /// What they show.
    pub code: Zeroizing<String>,
    /// Where they were, as a geo URI (RFC 5870), if they agreed that it is kept; sealed.
    pub location: Option<PersonalText>,
}

/// Why a one-time code is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// The person has no code that is open.
    #[error("the person has no open code")]
    None,
    /// It is another one.
    #[error("the code is wrong; {tries_left} more may be tried")]
    Wrong {
        /// How often something may still be shown; with 0 the code is good for nothing any more.
        tries_left: u32,
    },
}

/// A code that is good, and whoever says so.
struct GoodCode {
    method: AttendanceMethod,
    evidence: EvidenceDigest,
    /// Its id, if it is one of ours.
    code: Option<CodeId>,
    identified_weight: Option<VotingWeight>,
}

/// The newest code of a person that was sent to them from here.
#[derive(Clone, Copy)]
struct Newest {
    issued: IssuedCode,
    used: bool,
}

impl UseCases {
    /// Validates a person's attendance by a one-time code: one that was sent from here, else one that the identity service knows.
    ///
    /// # Errors
    /// [`UseCaseError::Code`] or [`UseCaseError::Evidence`] if the code is not accepted; else see [`UseCaseError`]. That a code was
    /// wrong is recorded.
    pub async fn validate_code(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: ValidateCode,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        let newest = self.newest_code(context, session_id, &input).await;
        let came = newest.as_ref().ok().copied().flatten().map(|newest| newest.issued.method);
        let method = input.method.or(came).unwrap_or(AttendanceMethod::Sms);
        let outcome = match newest {
            Ok(newest) => self.let_in_by_code(context, session_id, method, newest, input).await,
            Err(refusal) => Err(refusal),
        };
        self.answer_at_the_door(context, method, outcome).await
    }

    async fn let_in_by_code(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        method: AttendanceMethod,
        newest: Option<Newest>,
        input: ValidateCode,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        let ValidateCode { person_id, code, location, .. } = input;
        let good = match self.check_here(context, session_id, person_id, newest, &code).await? {
            Some(good) => good,
            None => self.check_elsewhere(context, session_id, person_id, method, &code).await?,
        };
        let eligibility = self.eligibility(context, session_id, person_id).await?;
        let sealed =
            self.seal_person(context, session_id, person_id, PersonalPart::default(), location).await?;
        let entrance = Entrance {
            person_id,
            method: good.method,
            evidence: Some(good.evidence),
            code: good.code,
            voting_weight: None,
            identified_weight: good.identified_weight,
            eligibility,
            capacity: None,
            override_given: false,
            at: self.ports.clock.now(),
        };
        self.admit(context, session_id, Admission { entrance, sealed, reason: None }).await
    }

    /// The newest code that was sent to the person from here, by the way that they name if they name one.
    async fn newest_code(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: &ValidateCode,
    ) -> Result<Option<Newest>, UseCaseError> {
        self.must_be_open(context, session_id).await?;
        let newest = |attendance: &Attendance| {
            if attendance.is_present(input.person_id) {
                return Err(AttendanceError::AlreadyPresent);
            }
            let issued = attendance.code(input.person_id).copied();
            let issued = issued.filter(|issued| input.method.is_none_or(|method| method == issued.method));
            Ok(issued.map(|issued| Newest { issued, used: attendance.is_evidence_used(&issued.evidence) }))
        };
        // Settled, because another instance may have sent it, and because most of what follows can refuse.
        Ok(self.attendances.read_settled(context.tenant, session_id, newest).await??)
    }

    /// The code, if it is the person's newest from here and open; [`None`] where no code from here is open.
    async fn check_here(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
        newest: Option<Newest>,
        code: &str,
    ) -> Result<Option<GoodCode>, UseCaseError> {
        let Some(Newest { issued, used }) = newest else { return Ok(None) };
        let IssuedCode { code_id, method, evidence, .. } = issued;
        let expired = issued.has_expired(self.ports.clock.now());
        if self.is_code(context, session_id, person_id, &issued, code) && (used || issued.tries_left() > 0) {
            if used {
                return Err(AttendanceError::EvidenceReplayed.into());
            }
            // Whether its time is over is for the rules to say, at the moment of the decision.
            return Ok(Some(GoodCode { method, evidence, code: Some(code_id), identified_weight: None }));
        }
        if used || expired || issued.tries_left() == 0 {
            return Ok(None);
        }
        Err(self.refuse_code(context, session_id, person_id, code_id).await)
    }

    /// Records that a wrong code was shown; what is answered.
    async fn refuse_code(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
        code_id: CodeId,
    ) -> UseCaseError {
        let at = self.ports.clock.now();
        let apart = context.apart(time_ordered_id(at, &*self.ports.randomness));
        let refuse = |_| AttendanceCommand::RefuseCode { person_id, code_id, at };
        if let Err(refusal) = self.attend(&apart, session_id, None, refuse).await {
            return refusal;
        }
        let tries_left = |attendance: &Attendance| {
            let code = attendance.code(person_id).filter(|code| code.code_id == code_id);
            code.map_or(0, IssuedCode::tries_left)
        };
        match self.attendances.read(context.tenant, session_id, tries_left).await {
            Ok((tries_left, _)) => CodeError::Wrong { tries_left }.into(),
            Err(error) => error.into(),
        }
    }

    /// The code, if the identity service accepts it.
    async fn check_elsewhere(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
        method: AttendanceMethod,
        code: &str,
    ) -> Result<GoodCode, UseCaseError> {
        let Some(identity) = &self.ports.neighbours.identity else { return Err(CodeError::None.into()) };
        let person = person_id.as_uuid().into_bytes();
        let evidence = self.evidence("code-elsewhere", context, session_id, &[&person[..], code.as_bytes()]);
        self.must_be_worth_asking(context, session_id, Some(person_id), &evidence).await?;
        let attempt = IdentityAttempt { session: session_id, person: Some(person_id) };
        let verdict = identity.validate_code(&context.asking(), attempt, method, code).await?;
        let identified_weight = identified(verdict, Some(person_id))?.voting_weight;
        Ok(GoodCode { method, evidence, code: None, identified_weight })
    }
}
