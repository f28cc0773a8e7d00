//! The one way of a command into the log: decide, append, retry a conflict, recognise a repetition.

use std::sync::Arc;

use acta_domain::{Session, SessionEvent, SessionId};
use acta_proof::sealed::SealedPart;
use cqrs_es::Aggregate;

use super::{CommandContext, UseCaseError, UseCases};
use crate::log::{AppendError, Appended, FeedScope, Position, RecordedEvent, Sequence, StreamId};
use crate::persons::{PersonalPart, SealError, Subject};
use crate::streams::{Basis, Decision, ExecuteError, HotStreams, StreamPlace};

/// A conflict is tried again this often, and nothing else is.
const RETRIES: usize = 3;

/// A command that is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// Where its events stand.
    pub appended: Appended,
    /// Whether it had been sent before, and this is the outcome of the first time.
    pub repeated: bool,
}

impl UseCases {
    /// Carries a command on one stream of `session` through. `facts` are read of the session each time it is tried.
    pub(crate) async fn carry_out<A, F>(
        &self,
        streams: &HotStreams<A>,
        context: &CommandContext,
        session: SessionId,
        sealed: Option<SealedPart>,
        facts: impl Fn(&Session) -> Result<F, UseCaseError>,
        decide: impl Fn(&A, &F) -> Result<Vec<A::Event>, UseCaseError>,
    ) -> Result<Accepted, UseCaseError>
    where
        A: Aggregate + 'static,
        A::Event: 'static,
    {
        self.carry_out_sealing(streams, context, session, facts, |state, facts| {
            Ok(Decision::sealing_last(decide(state, facts)?, sealed.clone()))
        })
        .await
    }

    /// The same for a command on whose outcome it depends whether there is a personal part.
    pub(crate) async fn carry_out_sealing<A, F>(
        &self,
        streams: &HotStreams<A>,
        context: &CommandContext,
        session: SessionId,
        facts: impl Fn(&Session) -> Result<F, UseCaseError>,
        decide: impl Fn(&A, &F) -> Result<Decision<A>, UseCaseError>,
    ) -> Result<Accepted, UseCaseError>
    where
        A: Aggregate + 'static,
        A::Event: 'static,
    {
        if let Some(first) = self.sent_before(context).await? {
            return Ok(first);
        }
        for _ in 0..=RETRIES {
            let (known, basis) = self.sessions.read(context.tenant, session, &facts).await?;
            let seen = basis.seen();
            let outcome = streams.execute(context, session, basis, |state, _| decide(state, &known?)).await;
            if is_about::<Session, _>(&outcome, session) {
                self.sessions.forget(context.tenant, session).await;
            }
            if let (Err(ExecuteError::Refused(_)), Some(seen)) = (&outcome, seen)
                && self.sessions.is_behind(context.tenant, session, seen).await?
            {
                continue;
            }
            if let Some(answer) = self.answer(context, outcome).await {
                return answer;
            }
        }
        Err(UseCaseError::Contended)
    }

    /// Carries a command on the session's own stream through.
    pub(crate) async fn carry_out_on_session(
        &self,
        context: &CommandContext,
        session: SessionId,
        sealed: Option<SealedPart>,
        decide: impl Fn(&Session, Sequence) -> Result<Vec<SessionEvent>, UseCaseError>,
    ) -> Result<Accepted, UseCaseError> {
        self.carry_out_alone(&self.sessions, context, session, sealed, decide).await
    }

    /// Carries a command on the stream at `place` through that rests on nothing else.
    pub(crate) async fn carry_out_alone<A>(
        &self,
        streams: &HotStreams<A>,
        context: &CommandContext,
        place: impl Into<StreamPlace>,
        sealed: Option<SealedPart>,
        decide: impl Fn(&A, Sequence) -> Result<Vec<A::Event>, UseCaseError>,
    ) -> Result<Accepted, UseCaseError>
    where
        A: Aggregate + 'static,
        A::Event: 'static,
    {
        let place = place.into();
        if let Some(first) = self.sent_before(context).await? {
            return Ok(first);
        }
        for _ in 0..=RETRIES {
            let outcome = streams
                .execute(context, place, Basis::default(), |state, version| {
                    Ok(Decision::sealing_last(decide(state, version)?, sealed.clone()))
                })
                .await;
            if let Some(answer) = self.answer(context, outcome).await {
                return answer;
            }
        }
        Err(UseCaseError::Contended)
    }

    /// The answer that `outcome` means, or [`None`] if the command is to be tried again.
    async fn answer(
        &self,
        context: &CommandContext,
        outcome: Result<Appended, ExecuteError<UseCaseError>>,
    ) -> Option<Result<Accepted, UseCaseError>> {
        match outcome {
            Ok(appended) => Some(Ok(Accepted { appended, repeated: false })),
            Err(
                ExecuteError::Append(AppendError::Conflict { .. } | AppendError::Undermined)
                | ExecuteError::Behind,
            ) => None,
            Err(ExecuteError::Append(AppendError::AlreadyAppended { outcome, same_command })) => {
                Some(repeated(outcome, same_command))
            }
            Err(ExecuteError::Refused(refusal)) if context.may_repeat => {
                Some(self.first_outcome(context, refusal).await)
            }
            Err(error) => Some(Err(error.into())),
        }
    }

    /// A command whose first time was recorded meanwhile is refused because that changed things: its first outcome is the answer.
    pub(crate) async fn first_outcome(
        &self,
        context: &CommandContext,
        refusal: UseCaseError,
    ) -> Result<Accepted, UseCaseError> {
        self.sent_before(context).await?.ok_or(refusal)
    }

    /// The first outcome of a command that was sent before. Deciding it again would only be undone, with all that rests on it.
    pub(crate) async fn sent_before(
        &self,
        context: &CommandContext,
    ) -> Result<Option<Accepted>, UseCaseError> {
        if !context.may_repeat {
            return Ok(None);
        }
        let known = self.ports.log.outcome(context.tenant, context.command_id).await;
        let known = known.map_err(|error| UseCaseError::Doubtful(AppendError::Unknown(Arc::new(error))))?;
        let repeated = |(appended, digest)| repeated(appended, digest == context.command_digest);
        known.map(repeated).transpose()
    }

    /// Seals a personal part. For a person who was erased since, a repeated command needs none: its first outcome is the answer.
    pub(crate) async fn seal(
        &self,
        context: &CommandContext,
        session: SessionId,
        subject: Subject,
        part: &PersonalPart,
    ) -> Result<Option<SealedPart>, UseCaseError> {
        match self.ports.persons.seal(context.tenant, session, subject, part).await {
            Err(SealError::Erased(_)) if self.sent_before(context).await?.is_some() => Ok(None),
            sealed => Ok(sealed?),
        }
    }

    /// The event at `position`, which is this tenant's.
    pub(crate) async fn event_at(
        &self,
        context: &CommandContext,
        position: Position,
    ) -> Result<Option<RecordedEvent>, UseCaseError> {
        let before = Position::new(position.get() - 1);
        let mut page = self.ports.log.feed(FeedScope::Tenant(context.tenant), before, 1).await?;
        Ok(page.events.pop().filter(|event| event.position == position))
    }
}

/// Whether an append failed because the stream of `A` had moved.
fn is_about<A: Aggregate, E: std::error::Error>(
    outcome: &Result<Appended, ExecuteError<E>>,
    session: SessionId,
) -> bool {
    matches!(
        outcome,
        Err(ExecuteError::Append(AppendError::Conflict { stream, .. })) if *stream == StreamId::of_session(A::TYPE, session)
    )
}

fn repeated(appended: Appended, same_command: bool) -> Result<Accepted, UseCaseError> {
    if same_command { Ok(Accepted { appended, repeated: true }) } else { Err(UseCaseError::KeyReused) }
}
