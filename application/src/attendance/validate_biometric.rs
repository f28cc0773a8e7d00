//! Let somebody in whose biometric trait the identity service knows.

use acta_domain::{AttendanceMethod, Entrance, PersonId, SessionId};

use super::AttendanceRecorded;
use super::admit::{Admission, identified};
use crate::neighbours::{BiometricSample, Identified, IdentityAttempt};
use crate::persons::{PersonalPart, PersonalText};
use crate::{CommandContext, UseCaseError, UseCases};

/// A biometric sample that somebody gave.
#[derive(Debug)]
pub struct ValidateBiometric {
    /// Who it is said to be.
    pub person_id: PersonId,
    /// What they gave; written nowhere.
    pub sample: BiometricSample,
    /// Where they were, as a geo URI (RFC 5870), if they agreed that it is kept; sealed.
    pub location: Option<PersonalText>,
}

impl UseCases {
    /// Validates a person's attendance by a biometric sample, which the identity service compares. The same sample is good once.
    ///
    /// # Errors
    /// [`UseCaseError::Evidence`] if the sample shows somebody else or nobody, [`UseCaseError::Neighbour`] if the identity service
    /// is not there; else see [`UseCaseError`].
    pub async fn validate_biometric(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: ValidateBiometric,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        let outcome = self.let_in_by_trait(context, session_id, input).await;
        self.answer_at_the_door(context, AttendanceMethod::Biometric, outcome).await
    }

    async fn let_in_by_trait(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: ValidateBiometric,
    ) -> Result<AttendanceRecorded, UseCaseError> {
        let ValidateBiometric { person_id, sample, location } = input;
        self.must_be_open(context, session_id).await?;
        let evidence = self.evidence("biometric", context, session_id, &[sample.reveal().as_bytes()]);
        self.must_be_worth_asking(context, session_id, Some(person_id), &evidence).await?;
        let attempt = IdentityAttempt { session: session_id, person: Some(person_id) };
        let identity = self.ports.neighbours.identity()?;
        let verdict = identity.validate_biometric(&context.asking(), attempt, &sample).await?;
        drop(sample);
        let Identified { voting_weight: identified_weight, .. } = identified(verdict, Some(person_id))?;
        let eligibility = self.eligibility(context, session_id, person_id).await?;
        let sealed =
            self.seal_person(context, session_id, person_id, PersonalPart::default(), location).await?;
        let entrance = Entrance {
            person_id,
            method: AttendanceMethod::Biometric,
            evidence: Some(evidence),
            code: None,
            voting_weight: None,
            identified_weight,
            eligibility,
            capacity: None,
            override_given: false,
            at: self.ports.clock.now(),
        };
        self.admit(context, session_id, Admission { entrance, sealed, reason: None }).await
    }
}
