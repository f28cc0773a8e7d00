//! The life of a session.

mod create;
mod governance;
mod lifecycle;
mod update;

use acta_domain::{SessionId, TenantId};

pub use create::{CreateSession, SessionCreated};
pub use update::UpdateSession;

use crate::{UseCaseError, UseCases};

impl UseCases {
    /// Refuses a session that this tenant does not have.
    pub(crate) async fn known_session(&self, tenant: TenantId, session: SessionId) -> Result<(), UseCaseError> {
        let (status, _) = self.sessions.read(tenant, session, acta_domain::Session::status).await?;
        status.map(drop).ok_or(UseCaseError::UnknownSession)
    }
}
