//! Send a person a one-time code.
//!
//! The code follows from its id under the evidence key, so that a command that is sent again because its delivery failed brings the
//! same code, and nothing needs to remember it. The log holds a digest.

use acta_domain::attendance::Attendance;
use acta_domain::{
    AnyEvent, AttendanceCommand, AttendanceEvent, AttendanceMethod, CodeId, EvidenceDigest, PersonId,
    SessionId, Timestamp,
};
use zeroize::Zeroizing;

use crate::clock::time_ordered_id;
use crate::neighbours::CodeMessage;
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

const MICROS: i64 = 1_000_000;

/// The kind of evidence that our own codes are.
const KIND: &str = "code";

/// A code to be sent.
pub struct IssueCode {
    /// Whom it lets in.
    pub person_id: PersonId,
    /// How it reaches them: `sms` or `email`.
    pub method: AttendanceMethod,
    /// Their telephone number or e-mail address; it is written nowhere.
    pub to: Zeroizing<String>,
    /// How long it is good for, in seconds.
    pub lifetime_seconds: u32,
}

/// A code that is on its way.
#[derive(Debug, Clone, Copy)]
pub struct IssuedCode {
    /// Its id.
    pub code_id: CodeId,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// Where it is recorded that there is one.
    pub accepted: Accepted,
}

impl UseCases {
    /// Makes a code for a person and sends it to them; one that they had before is good for nothing any more.
    ///
    /// # Errors
    /// [`UseCaseError::Neighbour`] where nothing brings codes, and then nothing is recorded; or where the code could not be handed
    /// over, and then nobody knows it: the same command may be sent again. Else see [`UseCaseError`].
    pub async fn issue_code(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: IssueCode,
    ) -> Result<IssuedCode, UseCaseError> {
        self.known_session(context.tenant, session_id).await?;
        let IssueCode { person_id, method, to, lifetime_seconds } = input;
        let delivery = self.ports.neighbours.codes()?;
        delivery.can_bring(method)?;
        let at = self.ports.clock.now();
        let code_id = CodeId::new(time_ordered_id(at, &*self.ports.randomness));
        let expires_at = Timestamp::from_micros(at.as_micros() + i64::from(lifetime_seconds) * MICROS)
            .expect("a lifetime in seconds stays inside the calendar");
        let code = self.code_of(context, session_id, person_id, code_id);
        let evidence = self.code_evidence(context, session_id, person_id, code_id, &code);
        let issue = |_| AttendanceCommand::IssueCode { person_id, code_id, method, evidence, expires_at, at };
        let accepted = self.attend(context, session_id, None, issue).await?;
        let issued = self.issued_first(context, IssuedCode { code_id, expires_at, accepted }).await?;
        if self.is_open(context, session_id, person_id, issued.code_id).await? {
            let code = self.code_of(context, session_id, person_id, issued.code_id);
            let IssuedCode { code_id: id, expires_at, .. } = issued;
            let message = CodeMessage { method, to, code, session: session_id, title: None, expires_at, id };
            delivery.deliver(&context.asking(), &message).await?;
        }
        Ok(issued)
    }

    /// A repeated command has made its code the first time, under another id than the one made now.
    async fn issued_first(
        &self,
        context: &CommandContext,
        now: IssuedCode,
    ) -> Result<IssuedCode, UseCaseError> {
        let accepted = now.accepted;
        if !accepted.repeated {
            return Ok(now);
        }
        let event = self.event_at(context, accepted.appended.first).await?;
        match event.map(|event| event.decode()).transpose()? {
            Some(AnyEvent::Attendance(AttendanceEvent::CodeIssued { code_id, expires_at, .. })) => {
                Ok(IssuedCode { code_id, expires_at, accepted })
            }
            _ => Err(UseCaseError::KeyReused),
        }
    }

    /// Whether a code is the person's newest and still good for something: otherwise it need not reach them any more.
    async fn is_open(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
        code_id: CodeId,
    ) -> Result<bool, UseCaseError> {
        let now = self.ports.clock.now();
        let open = |attendance: &Attendance| {
            let code = attendance.code(person_id).filter(|code| code.code_id == code_id);
            code.is_some_and(|code| {
                let used = attendance.is_evidence_used(&code.evidence);
                !used && code.tries_left() > 0 && !code.has_expired(now)
            })
        };
        Ok(self.attendances.read(context.tenant, session_id, open).await?.0)
    }

    /// The six digits of a code.
    fn code_of(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
        code_id: CodeId,
    ) -> Zeroizing<String> {
        let name = name(context, session_id, person_id, code_id);
        self.ports.evidence_key.digits("one-time-code", &name.each_ref().map(|part| &part[..]))
    }

    fn code_evidence(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
        code_id: CodeId,
        code: &str,
    ) -> EvidenceDigest {
        let name = name(context, session_id, person_id, code_id);
        let parts = name.each_ref().map(|part| &part[..]);
        self.ports.evidence_key.digest(KIND, &[&parts[..], &[code.as_bytes()]].concat())
    }

    /// Whether `shown` is the code that `evidence` is remembered for, in constant time.
    pub(super) fn is_code(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
        issued: &acta_domain::IssuedCode,
        shown: &str,
    ) -> bool {
        let name = name(context, session_id, person_id, issued.code_id);
        let parts = name.each_ref().map(|part| &part[..]);
        let parts = [&parts[..], &[shown.as_bytes()]].concat();
        self.ports.evidence_key.recognises(&issued.evidence, KIND, &parts)
    }
}

/// What tells a code from all others.
fn name(
    context: &CommandContext,
    session_id: SessionId,
    person_id: PersonId,
    code_id: CodeId,
) -> [[u8; 16]; 4] {
    [context.tenant.as_uuid(), session_id.as_uuid(), person_id.as_uuid(), code_id.as_uuid()]
        .map(uuid::Uuid::into_bytes)
}
