//! What follows for a session from what the governance service says of its assembly.

use acta_domain::{
    AssemblyId, Session, SessionCommand, SessionError, SessionEvent, SessionId, SessionStatus, Timestamp,
    VoteId,
};
use cqrs_es::Aggregate as _;

use super::decide_in_turn;
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

/// What the governance service says of an assembly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssemblyNews {
    /// It began.
    Activated,
    /// It is over.
    Completed,
    /// A vote opened in it.
    VoteOpened(VoteId),
    /// A vote closed in it.
    VoteClosed(VoteId),
}

impl UseCases {
    /// Records `news` of the assembly `assembly_id` in the session `session_id` and does what follows, in one append: an activation
    /// starts a scheduled session, a completion ends an active one.
    ///
    /// # Errors
    /// Also when it is so already. See [`UseCaseError`].
    pub async fn take_assembly_news(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        assembly_id: &AssemblyId,
        news: &AssemblyNews,
    ) -> Result<Accepted, UseCaseError> {
        if *news != AssemblyNews::Activated {
            return self.note_assembly_news(context, session_id, assembly_id, news).await;
        }
        if let Err(refusal) = self.must_be_active_tenant(context).await {
            return self.first_outcome(context, refusal).await;
        }
        let is_scheduled = |session: &Session| session.status() == Some(SessionStatus::Scheduled);
        let (starts, _) = self.sessions.read(context.tenant, session_id, is_scheduled).await?;
        let noting = self.note_assembly_news(context, session_id, assembly_id, news);
        if starts { self.counting_start(context, session_id, noting).await } else { noting.await }
    }

    async fn note_assembly_news(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        assembly_id: &AssemblyId,
        news: &AssemblyNews,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        self.carry_out_on_session(context, session_id, None, |session, _| {
            must_serve(session, assembly_id, at)?;
            decide_in_turn(session, what_follows(session, assembly_id, news, at))
        })
        .await
    }
}

/// Refuses a cancelled session, and one that serves another assembly: votes do not say so themselves.
fn must_serve(session: &Session, assembly_id: &AssemblyId, at: Timestamp) -> Result<(), SessionError> {
    match session.decide(completion(assembly_id, at)) {
        Err(refusal @ SessionError::OtherAssembly { .. }) => Err(refusal),
        Ok(_) if session.status() == Some(SessionStatus::Cancelled) => {
            Err(SessionError::NotActive { status: SessionStatus::Cancelled })
        }
        _ => Ok(()),
    }
}

/// The commands that `news` means for `session`, at least one. A mark that is there is not made again if there is something else to do.
fn what_follows(
    session: &Session,
    assembly_id: &AssemblyId,
    news: &AssemblyNews,
    at: Timestamp,
) -> Vec<SessionCommand> {
    let status = session.status();
    match news {
        AssemblyNews::Activated => {
            let starts = status == Some(SessionStatus::Scheduled) && !is_completed(session, assembly_id, at);
            let start = starts.then_some(SessionCommand::Start { at });
            marked_and(is_activated(session, assembly_id, at), activation(assembly_id, at), start)
        }
        AssemblyNews::Completed => {
            let end = (status == Some(SessionStatus::Active)).then_some(SessionCommand::End { at });
            marked_and(is_completed(session, assembly_id, at), completion(assembly_id, at), end)
        }
        AssemblyNews::VoteOpened(vote_id) => vec![SessionCommand::OpenVote { vote_id: vote_id.clone(), at }],
        AssemblyNews::VoteClosed(vote_id) => vec![SessionCommand::CloseVote { vote_id: vote_id.clone(), at }],
    }
}

fn marked_and(is_marked: bool, mark: SessionCommand, then: Option<SessionCommand>) -> Vec<SessionCommand> {
    match then {
        Some(then) if is_marked => vec![then],
        then => [mark].into_iter().chain(then).collect(),
    }
}

fn is_activated(session: &Session, assembly_id: &AssemblyId, at: Timestamp) -> bool {
    session.decide(activation(assembly_id, at)) == Err(SessionError::AssemblyAlreadyActivated)
}

fn is_completed(session: &Session, assembly_id: &AssemblyId, at: Timestamp) -> bool {
    session.decide(completion(assembly_id, at)) == Err(SessionError::AssemblyAlreadyCompleted)
}

/// Whether the assembly's activation can still be recorded in `session`; after its completion it could not.
pub(crate) fn awaits_activation(session: &Session, assembly_id: &AssemblyId, at: Timestamp) -> bool {
    session.status() != Some(SessionStatus::Cancelled) && session.decide(activation(assembly_id, at)).is_ok()
}

/// Whether nothing follows from `news` for `session` because it is so already.
pub(crate) fn is_so(session: &Session, assembly_id: &AssemblyId, news: &AssemblyNews, at: Timestamp) -> bool {
    match news {
        AssemblyNews::Activated => {
            session.status() != Some(SessionStatus::Scheduled) && is_activated(session, assembly_id, at)
        }
        AssemblyNews::Completed => {
            session.status() != Some(SessionStatus::Active) && is_completed(session, assembly_id, at)
        }
        AssemblyNews::VoteOpened(vote_id) => was_opened(session, vote_id, at),
        AssemblyNews::VoteClosed(vote_id) => {
            was_opened(session, vote_id, at) && session.open_votes().all(|open| open != vote_id)
        }
    }
}

/// Whether the vote was ever opened. A session that is over remembers its votes, but refuses to speak of them; so one that went on is
/// asked.
fn was_opened(session: &Session, vote_id: &VoteId, at: Timestamp) -> bool {
    let mut running = session.clone();
    running.apply(SessionEvent::Started { at });
    let again = running.decide(SessionCommand::OpenVote { vote_id: vote_id.clone(), at });
    matches!(again, Err(SessionError::VoteAlreadyOpened { .. }))
}

fn activation(assembly_id: &AssemblyId, at: Timestamp) -> SessionCommand {
    SessionCommand::MarkAssemblyActivated { assembly_id: assembly_id.clone(), at }
}

fn completion(assembly_id: &AssemblyId, at: Timestamp) -> SessionCommand {
    SessionCommand::MarkAssemblyCompleted { assembly_id: assembly_id.clone(), at }
}
