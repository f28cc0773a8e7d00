//! The floor: who asked for it, who has it, who is muted.

mod moderate;
mod mute;
mod request;
mod yield_floor;

use acta_domain::{ConcurrentTurns, Floor, FloorCommand, PersonId, Session, SessionId, SpeechRequestId};
use acta_proof::sealed::SealedPart;

pub use request::{RequestSpeech, SpeechRequested};

use crate::{Accepted, CommandContext, UseCaseError, UseCases};

impl UseCases {
    /// Carries out what `command` makes of the number of turns that the session allows at once, while the floor is open.
    async fn on_floor(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        sealed: Option<SealedPart>,
        command: impl Fn(ConcurrentTurns) -> FloorCommand,
    ) -> Result<Accepted, UseCaseError> {
        self.carry_out(&self.floors, context, session_id, sealed, open_floor, |floor, turns| {
            Ok(floor.decide(command(*turns))?)
        })
        .await
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
