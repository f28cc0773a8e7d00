//! Give a request or a turn back.

use acta_domain::floor::WithdrawnBy;
use acta_domain::{FinishedBy, Floor, FloorCommand, FloorError, PersonId, SessionId, SpeechRequestId};

use super::measures::Action;
use super::open_floor;
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

impl UseCases {
    /// Withdraws a pending request. `by` is the person who does, [`None`] for the chair.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn withdraw_speech(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        request_id: SpeechRequestId,
        by: Option<PersonId>,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        let by = by.map_or(WithdrawnBy::Chair, WithdrawnBy::Person);
        let command = FloorCommand::Withdraw { request_id, by, at };
        self.on_floor(context, session_id, Action::Withdraw, None, command).await
    }

    /// Ends a turn. `by` is the person who does, [`None`] for the chair.
    ///
    /// # Errors
    /// [`UseCaseError::NotYours`] when a person ends somebody else's turn; else see [`UseCaseError`].
    pub async fn finish_speech(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        request_id: SpeechRequestId,
        by: Option<PersonId>,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        let finished_by = if by.is_some() { FinishedBy::Speaker } else { FinishedBy::Chair };
        let finish = |floor: &Floor| {
            let speaker = floor.requester(request_id).ok_or(FloorError::NoSuchRequest { request_id })?;
            if by.is_some_and(|person| person != speaker) {
                return Err(UseCaseError::NotYours);
            }
            Ok(floor.decide(FloorCommand::Finish { request_id, by: finished_by, at })?)
        };
        let accepted = self
            .carry_out(&self.floors, context, session_id, None, open_floor, |floor, _| finish(floor))
            .await?;
        Action::Finish.count(accepted);
        Ok(accepted)
    }
}
