//! What the chair sets: the rules of the floor, groups, and how long each may speak. It can be done before the session begins.

use acta_domain::{
    Floor, FloorCommand, FloorRules, GroupName, PersonId, Session, SessionId, TimeAccount, TimeBudget,
};

use super::measures::Action;
use crate::{Accepted, CommandContext, UseCaseError, UseCases};

impl UseCases {
    /// Sets the rules that hold from here on.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn set_floor_rules(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        rules: FloorRules,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        self.set(context, session_id, Action::SetRules, FloorCommand::SetRules { rules, at }).await
    }

    /// Puts a person into a group; without one, takes them out of theirs.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn assign_group(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        person_id: PersonId,
        group: Option<GroupName>,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        let command = FloorCommand::AssignGroup { person_id, group, at };
        self.set(context, session_id, Action::AssignGroup, command).await
    }

    /// Sets how long a person or a group may speak altogether; without a limit, as long as it takes.
    ///
    /// # Errors
    /// See [`UseCaseError`].
    pub async fn set_time_account(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        account: TimeAccount,
        limit: Option<TimeBudget>,
    ) -> Result<Accepted, UseCaseError> {
        let at = self.ports.clock.now();
        let command = FloorCommand::SetTimeAccount { account, limit, at };
        self.set(context, session_id, Action::SetAccount, command).await
    }

    async fn set(
        &self,
        context: &CommandContext,
        session_id: SessionId,
        action: Action,
        command: FloorCommand,
    ) -> Result<Accepted, UseCaseError> {
        let decide = |floor: &Floor, (): &()| Ok(floor.decide(command.clone())?);
        let accepted = self.carry_out(&self.floors, context, session_id, None, not_over, decide).await?;
        action.count(accepted);
        Ok(accepted)
    }
}

/// Whether the session is still to come or under way.
fn not_over(session: &Session) -> Result<(), UseCaseError> {
    let status = session.status().ok_or(UseCaseError::UnknownSession)?;
    if session.accepts_floor_rules() {
        return Ok(());
    }
    let wanted = "the rules of its floor are set before it begins or while it is active";
    Err(UseCaseError::WrongState { state: status.as_str(), wanted })
}
