//! What the governance service says about a session's assembly.

use acta_domain::{AssemblyId, GovernanceNotice, SessionCommand, SessionId, VoteId};

use crate::{Accepted, CommandContext, UseCaseError, UseCases};

impl UseCases {
    /// Records that the assembly was activated.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn mark_assembly_activated(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        assembly_id: AssemblyId,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        let command = SessionCommand::MarkAssemblyActivated { assembly_id, at };
        self.change_session(context, session_id, &command).await
    }

    /// Records that the assembly was completed.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn mark_assembly_completed(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        assembly_id: AssemblyId,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        let command = SessionCommand::MarkAssemblyCompleted { assembly_id, at };
        self.change_session(context, session_id, &command).await
    }

    /// Records that the governance service accepted `notice` of the session.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub(crate) async fn mark_governance_notified(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        assembly_id: AssemblyId,
        notice: GovernanceNotice,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        let command = SessionCommand::MarkGovernanceNotified { assembly_id, notice, at };
        self.change_session(context, session_id, &command).await
    }

    /// Records that a vote was opened.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn open_vote(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        vote_id: VoteId,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        self.change_session(context, session_id, &SessionCommand::OpenVote { vote_id, at }).await
    }

    /// Records that a vote was closed.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn close_vote(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        vote_id: VoteId,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        self.change_session(context, session_id, &SessionCommand::CloseVote { vote_id, at }).await
    }
}
