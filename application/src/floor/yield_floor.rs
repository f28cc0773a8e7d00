//! Give a request or a turn back.

use acta_domain::floor::WithdrawnBy;
use acta_domain::{FinishedBy, FloorCommand, FloorError, PersonId, SessionId, SpeechRequestId};

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
        self.on_floor(context, session_id, None, |_| FloorCommand::Withdraw { request_id, by, at }).await
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
        self.carry_out(&self.floors, context, session_id, None, super::open_floor, |floor, _| {
            let speaker = floor.requester(request_id).ok_or(FloorError::NoSuchRequest { request_id })?;
            if by.is_some_and(|person| person != speaker) {
                return Err(UseCaseError::NotYours);
            }
            Ok(floor.decide(FloorCommand::Finish { request_id, by: finished_by, at })?)
        })
        .await
    }

    /// Ends a turn whose time is up.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn finish_speech_by_clock(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        request_id: SpeechRequestId,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        let by = FinishedBy::Clock;
        self.on_floor(context, session_id, None, |_| FloorCommand::Finish { request_id, by, at }).await
    }
}
