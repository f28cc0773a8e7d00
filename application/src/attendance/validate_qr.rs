//! Let somebody in who shows a QR code.

use acta_domain::{AttendanceMethod, Entrance, EvidenceDigest, PersonId, SessionId, VotingWeight};
use acta_proof::sealed::SealedPart;
use zeroize::Zeroizing;

use super::admit::{Admission, identified};
use super::{AttendanceRecorded, QrError, VerifiedQr};
use crate::neighbours::{Identified, IdentityAttempt, IdentityService};
use crate::persons::{PersonalPart, PersonalText};
use crate::{CommandContext, UseCaseError, UseCases};

/// A QR code that somebody shows.
pub struct ValidateQr {
    /// What it says.
    pub token: Zeroizing<String>,
    /// Who shows it, if that person may only let in themselves.
    pub presenter: Option<PersonId>,
    /// Where they were, as a geo URI (RFC 5870), if they agreed that it is kept; sealed.
    pub location: Option<PersonalText>,
}

/// What a good code says.
struct GoodQr {
    person_id: PersonId,
    evidence: EvidenceDigest,
    voting_weight: Option<VotingWeight>,
    identified_weight: Option<VotingWeight>,
    /// How the person is called and reached, where the code itself says so.
    contact: Option<SealedPart>,
}

impl UseCases {
    /// Validates a person's attendance by a QR code: one that this service issued, else one that the identity service knows.
    ///
    /// # Errors
    /// [`UseCaseError::Qr`] or [`UseCaseError::Evidence`] if the code is not accepted; else see [`UseCaseError`].
    pub async fn validate_qr(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: ValidateQr,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        let outcome = self.let_in_by_qr(context, session_id, input).await;
        self.answer_at_the_door(context, AttendanceMethod::Qr, outcome).await
    }

    async fn let_in_by_qr(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: ValidateQr,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        self.must_be_open(context, session_id).await?;
        let good = match (
            self.ports.qr.verify(&input.token, self.ports.clock.now()),
            &self.ports.neighbours.identity,
        ) {
            (Ok(verified), _) => self.qr_of_ours(context, session_id, &input, verified).await?,
            (Err(QrError::Invalid), Some(identity)) => {
                self.qr_from_elsewhere(context, session_id, &input, &**identity).await?
            }
            (Err(refusal), _) => return Err(refusal.into()),
        };
        let GoodQr { person_id, evidence, voting_weight, identified_weight, contact } = good;
        let eligibility = self.eligibility(context, session_id, person_id).await?;
        let sealed = self.with_location(context, session_id, person_id, contact, input.location).await?;
        let entrance = Entrance {
            person_id,
            method: AttendanceMethod::Qr,
            evidence: Some(evidence),
            code: None,
            voting_weight,
            identified_weight,
            eligibility,
            capacity: None,
            override_given: false,
            at: self.ports.clock.now(),
        };
        self.admit(context, session_id, Admission { entrance, sealed, reason: None }).await
    }

    async fn qr_of_ours(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: &ValidateQr,
        verified: VerifiedQr,
    ) -> Result<GoodQr, UseCaseError> {
        let VerifiedQr { claims, evidence } = verified;
        if (claims.tenant, claims.session) != (context.tenant, session_id) {
            return Err(QrError::OtherSession.into());
        }
        if input.presenter.is_some_and(|presenter| presenter != claims.person) {
            return Err(QrError::OtherPerson.into());
        }
        self.must_be_worth_asking(context, session_id, Some(claims.person), &evidence).await?;
        Ok(GoodQr {
            person_id: claims.person,
            evidence,
            voting_weight: claims.voting_weight,
            identified_weight: None,
            contact: claims.sealed,
        })
    }

    async fn qr_from_elsewhere(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: &ValidateQr,
        identity: &dyn IdentityService,
    ) -> Result<GoodQr, UseCaseError> {
        let evidence = self.evidence("token", context, session_id, &[input.token.as_bytes()]);
        self.must_be_worth_asking(context, session_id, input.presenter, &evidence).await?;
        let attempt = IdentityAttempt { session: session_id, person: input.presenter };
        let verdict = identity.validate_token(&context.asking(), attempt, &input.token).await?;
        let Identified { person, voting_weight } = identified(verdict, input.presenter)?;
        Ok(GoodQr {
            person_id: person,
            evidence,
            voting_weight: None,
            identified_weight: voting_weight,
            contact: None,
        })
    }

    /// `contact` together with where the person was: opened and sealed again, because one event carries one part.
    async fn with_location(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
        contact: Option<SealedPart>,
        location: Option<PersonalText>,
    ) -> Result<Option<SealedPart>, UseCaseError> {
        if location.is_none() {
            return Ok(contact);
        }
        let opened = match &contact {
            Some(part) => self.ports.persons.open(context.tenant, session_id, part).await?,
            None => None,
        };
        let part: PersonalPart = opened.unwrap_or_default();
        self.seal_person(context, session_id, person_id, part, location).await
    }
}
