//! The chair's yes.

use acta_domain::{ConcurrentTurns, Floor, FloorCommand, FloorEvent, SessionId, SpeechRequestId, TimeLimit};
use acta_proof::sealed::SealedPart;

use super::measures::Action;
use super::open_floor;
use crate::persons::PersonalText;
use crate::streams::Decision;
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

/// A turn that the chair gives.
#[derive(Debug, Clone)]
pub struct ApproveSpeech {
    /// The request that waits for it.
    pub request_id: SpeechRequestId,
    /// For how long at most; without it, as long as it takes. A time account that has less left shortens it.
    pub time_limit: Option<TimeLimit>,
    /// Why it is given against the order of the queue or beyond a time account; sealed under the requester's key, and recorded
    /// only where a rule was overridden.
    pub override_reason: Option<PersonalText>,
}

impl UseCases {
    /// Gives the floor to a pending request.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn approve_speech(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        input: ApproveSpeech,
    ) -> Result<Accepted, UseCaseError> {
        let ApproveSpeech { request_id, time_limit, override_reason } = input;
        let at = self.ports.clock.now();
        let overriding = override_reason.is_some();
        let reason = match override_reason {
            Some(reason) => self.seal_reason(context, session_id, request_id, Some(reason)).await?,
            None => None,
        };
        let command = |concurrent_turns: &ConcurrentTurns| FloorCommand::Approve {
            request_id,
            time_limit,
            concurrent_turns: *concurrent_turns,
            overriding,
            at,
        };
        let accepted = self
            .carry_out_sealing(&self.floors, context, session_id, open_floor, |floor: &Floor, turns| {
                Ok(explained(floor.decide(command(turns))?, reason.as_ref()))
            })
            .await?;
        Action::Approve.count(accepted);
        // An approval is one event, and another one explains which rules it went against.
        if accepted.appended.first < accepted.appended.last {
            Action::Override.count(accepted);
        }
        Ok(accepted)
    }
}

/// The reason goes with the override that it explains, and nowhere when there is none.
fn explained(events: Vec<FloorEvent>, reason: Option<&SealedPart>) -> Decision<Floor> {
    let overridden = matches!(events.last(), Some(FloorEvent::Overridden { .. }));
    Decision::sealing_last(events, reason.filter(|_| overridden).cloned())
}
