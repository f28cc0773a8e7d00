//! [`PostgresLog`] keeps the issued heads too.

use acta_application::evidence::{HeadArchive, IssuedHead};
use acta_application::log::LogError;
use acta_domain::{SessionId, TenantId};
use async_trait::async_trait;

use super::{PostgresLog, keep};

#[async_trait]
impl HeadArchive for PostgresLog {
    async fn latest_head(
        &self,
        tenant: TenantId,
        session: SessionId,
    ) -> Result<Option<IssuedHead>, LogError> {
        keep::latest_head(&self.database, tenant, session).await
    }

    async fn heads(
        &self,
        tenant: TenantId,
        session: SessionId,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<IssuedHead>, LogError> {
        keep::heads(&self.database, tenant, session, skip, limit).await
    }

    async fn keep_head(
        &self,
        tenant: TenantId,
        session: SessionId,
        head: &IssuedHead,
    ) -> Result<(), LogError> {
        keep::keep_head(&self.database, tenant, session, head).await
    }
}
