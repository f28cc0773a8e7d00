//! The one way of a command into the log: decide, append, retry a conflict, recognise a repetition.

use acta_domain::{Session, SessionEvent, SessionId};
use acta_proof::sealed::SealedPart;
use cqrs_es::Aggregate;

use super::{CommandContext, UseCaseError, UseCases};
use crate::log::{AppendError, Appended, FeedScope, Position, RecordedEvent, Sequence};
use crate::persons::{PersonalPart, SealError, Subject};
use crate::streams::{Basis, Decision, ExecuteError, HotStreams};

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
        for _ in 0..=RETRIES {
            let (known, basis) = self.sessions.read(context.tenant, session, &facts).await?;
            let outcome = streams
                .execute(context, session, basis, |state, _| {
                    let events = decide(state, &known?)?;
                    Ok(Decision { events, sealed: sealed.clone() })
                })
                .await;
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
        for _ in 0..=RETRIES {
            let outcome = self
                .sessions
                .execute(context, session, Basis::default(), |state, version| {
                    Ok(Decision { events: decide(state, version)?, sealed: sealed.clone() })
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
            Err(ExecuteError::Append(AppendError::Conflict { .. } | AppendError::Undermined)) => None,
            Err(ExecuteError::Append(AppendError::AlreadyAppended { outcome, same_command })) => {
                Some(repeated(outcome, same_command))
            }
            Err(ExecuteError::Refused(refusal)) if context.may_repeat => {
                Some(self.first_outcome(context, refusal).await)
            }
            Err(error) => Some(Err(error.into())),
        }
    }

    /// A repeated command is often refused because its first time changed things: then its first outcome is the answer.
    pub(crate) async fn first_outcome(
        &self,
        context: &CommandContext,
        refusal: UseCaseError,
    ) -> Result<Accepted, UseCaseError> {
        match self.ports.log.outcome(context.tenant, context.command_id).await? {
            Some((appended, digest)) => repeated(appended, digest == context.command_digest),
            None => Err(refusal),
        }
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
            Err(SealError::Erased(_)) if self.was_sent_before(context).await? => Ok(None),
            sealed => Ok(sealed?),
        }
    }

    async fn was_sent_before(&self, context: &CommandContext) -> Result<bool, UseCaseError> {
        Ok(context.may_repeat
            && self.ports.log.outcome(context.tenant, context.command_id).await?.is_some())
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

fn repeated(appended: Appended, same_command: bool) -> Result<Accepted, UseCaseError> {
    if same_command { Ok(Accepted { appended, repeated: true }) } else { Err(UseCaseError::KeyReused) }
}
