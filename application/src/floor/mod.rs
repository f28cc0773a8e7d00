//! The floor: who asked for it, who has it and for how long, who is muted, and the rules that the chair set.

mod approve;
mod clock;
mod deny;
pub(crate) mod measures;
mod mute;
mod pause;
mod request;
mod rules;
mod yield_floor;

use acta_domain::{ConcurrentTurns, Floor, FloorCommand, PersonId, Session, SessionId, SpeechRequestId};
use acta_proof::sealed::SealedPart;

pub use approve::ApproveSpeech;
pub use request::{RequestSpeech, SpeechRequested};

use self::measures::Action;

use crate::{Accepted, CommandContext, UseCaseError, UseCases};

impl UseCases {
    /// Carries `command` out while the floor is open.
    async fn on_floor(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        action: Action,
        sealed: Option<SealedPart>,
        command: FloorCommand,
    ) -> Result<Accepted, UseCaseError> {
        let accepted = self
            .carry_out(&self.floors, context, session_id, sealed, open_floor, |floor, _| {
                Ok(floor.decide(command.clone())?)
            })
            .await?;
        action.count(accepted);
        Ok(accepted)
    }

    /// Who made a request that is pending or speaking.
    async fn requester(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        request_id: SpeechRequestId,
    ) -> Result<Option<PersonId>, UseCaseError> {
        let requester = |floor: &Floor| floor.requester(request_id);
        Ok(self.floors.read_settled(context.tenant, session_id, requester).await?)
    }
}

/// How many may speak at once, if the floor is open now.
fn open_floor(session: &Session) -> Result<ConcurrentTurns, UseCaseError> {
    let status = session.status().ok_or(UseCaseError::UnknownSession)?;
    match session.limits() {
        Some(limits) if session.accepts_floor() => Ok(limits.concurrent_turns),
        _ => {
            let wanted = "the floor is open only while it is active";
            Err(UseCaseError::WrongState { state: status.as_str(), wanted })
        }
    }
}
