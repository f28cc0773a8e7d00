//! Whether somebody may attend, as far as others know it.

use acta_domain::attendance::Attendance;
use acta_domain::{Eligibility, PersonId, SessionId};

use crate::{CommandContext, UseCaseError, UseCases};

impl UseCases {
    /// What the user profiles say; nobody is asked where there are none, or where the session has a list of its own.
    pub(super) async fn eligibility(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
    ) -> Result<Eligibility, UseCaseError> {
        let Some(profiles) = &self.ports.neighbours.profiles else { return Ok(Eligibility::NotAsked) };
        let (has_roll, _) = self.attendances.read(context.tenant, session_id, Attendance::has_roll).await?;
        if has_roll {
            return Ok(Eligibility::NotAsked);
        }
        match profiles.eligible(&context.asking(), person_id).await {
            Ok(Some(person)) => Ok(Eligibility::Eligible(person.voting_weight)),
            Ok(None) => Ok(Eligibility::NotEligible),
            // Another instance may have taken a list meanwhile; then it does not matter that nobody answers.
            Err(error) => {
                let listed =
                    self.attendances.read_settled(context.tenant, session_id, Attendance::has_roll).await?;
                if listed { Ok(Eligibility::NotAsked) } else { Err(error.into()) }
            }
        }
    }

    /// The same for somebody who is let in by hand: not to know is no reason to leave them outside.
    pub(super) async fn eligibility_by_hand(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
    ) -> Result<Eligibility, UseCaseError> {
        match self.eligibility(context, session_id, person_id).await {
            Err(UseCaseError::Neighbour(error)) => {
                tracing::warn!(session_id = %session_id, %error, "it is not known who may attend; somebody is let in by hand");
                Ok(Eligibility::Unknown)
            }
            known => known,
        }
    }
}
