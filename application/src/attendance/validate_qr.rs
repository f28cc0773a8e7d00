//! Let somebody in who shows a QR code.

use acta_domain::{AttendanceCommand, AttendanceMethod, PersonId, SessionId};

use super::{AttendanceRecorded, QrError, VerifiedQr};
use crate::{CommandContext, UseCaseError, UseCases};

impl UseCases {
    /// Validates a person's attendance by a QR code that this service issued. `presenter` is who shows it, if that person may
    /// only let in themselves.
    ///
    /// # Errors
    /// [`UseCaseError::Qr`] if the code is not accepted; else see [`UseCaseError`].
    pub async fn validate_qr(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        token: &str,
        presenter: Option<PersonId>,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        self.known_session(context.tenant, session_id).await?;
        let at = self.ports.clock.now();
        let VerifiedQr { claims, evidence } = match self.ports.qr.verify(token, at) {
            // The code may have expired since this very command let somebody in.
            Err(refusal) if context.may_repeat => return self.let_in_before(context, refusal).await,
            verified => verified?,
        };
        if (claims.tenant, claims.session) != (context.tenant, session_id) {
            return Err(QrError::OtherSession.into());
        }
        if presenter.is_some_and(|presenter| presenter != claims.person) {
            return Err(QrError::OtherPerson.into());
        }
        let sealed = claims.sealed.clone();
        self.enter(context, session_id, claims.person, sealed, |capacity| AttendanceCommand::Validate {
            person_id: claims.person,
            method: AttendanceMethod::Qr,
            evidence: Some(evidence),
            voting_weight: claims.voting_weight,
            capacity,
            at,
        })
        .await
    }

    /// Whom a repeated command let in the first time; `refusal` if it never did.
    async fn let_in_before(
        &self,
        context: &CommandContext,
        refusal: QrError,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        let accepted = self.first_outcome(context, refusal.clone().into()).await?;
        let event = self.event_at(context, accepted.appended.first).await?;
        match event.map(|event| event.decode()).transpose()?.and_then(|event| event.person_id()) {
            Some(person_id) => Ok(AttendanceRecorded { person_id, accepted }),
            None => Err(refusal.into()),
        }
    }
}
