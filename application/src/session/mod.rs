//! The life of a session.

mod assembly;
mod create;
mod governance;
mod governance_data;
mod lifecycle;
pub(crate) mod measures;
mod retention;
mod tenant_limits;
mod tenant_status;
mod update;

use acta_domain::{Session, SessionCommand, SessionError, SessionEvent, SessionId, TenantId};
use cqrs_es::Aggregate as _;

pub use assembly::AssemblyNews;
pub(crate) use assembly::{awaits_activation, is_so};
pub use create::{CreateSession, SessionCreated};
pub use governance_data::GovernanceDataNoted;
pub(crate) use tenant_limits::Room;
pub use tenant_limits::{ActiveSessions, LimitsOfTenants, TenantLimits};
pub use update::UpdateSession;

use crate::register::register_of;
use crate::{UseCaseError, UseCases};

impl UseCases {
    /// Refuses a session that this tenant does not have.
    ///
    /// # Errors
    /// [`UseCaseError::UnknownSession`], or when the log cannot be read.
    pub async fn known_session(&self, tenant: TenantId, session: SessionId) -> Result<(), UseCaseError> {
        let (status, _) = self.sessions.read(tenant, session, Session::status).await?;
        status.map(drop).ok_or(UseCaseError::UnknownSession)
    }

    /// Refuses what is neither a session nor the register of this tenant.
    pub(crate) async fn known_record(&self, tenant: TenantId, record: SessionId) -> Result<(), UseCaseError> {
        if record == register_of(tenant) { Ok(()) } else { self.known_session(tenant, record).await }
    }
}

/// Decides commands one after another, each on the state that the ones before it lead to: all of them or none.
fn decide_in_turn(
    session: &Session,
    commands: impl IntoIterator<Item = SessionCommand>,
) -> Result<Vec<SessionEvent>, UseCaseError> {
    let (mut state, mut events) = (session.clone(), Vec::new());
    for command in commands {
        for event in decide(&state, command)? {
            state.apply(event.clone());
            events.push(event);
        }
    }
    Ok(events)
}

fn decide(session: &Session, command: SessionCommand) -> Result<Vec<SessionEvent>, UseCaseError> {
    match session.decide(command) {
        Err(SessionError::NotCreated) => Err(UseCaseError::UnknownSession),
        decided => Ok(decided?),
    }
}
