//! Who is connected, in the tables `presence_instances` and `presence_told`, by the database's clock.

mod table;

use std::time::Duration;

use acta_application::leases::HolderId;
use acta_application::log::Actor;
use acta_application::presence::{PresenceBoard, PresenceError, PresencePage, Told};
use acta_domain::{SessionId, TenantId};
use async_trait::async_trait;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Postgres, Row as _};

use crate::database::{As, Database, fault};

/// The board that all instances on one database share.
///
/// What they tell goes over the connections of projections: they tell of every tenant, and a full house on the connections of the API
/// must not make them look dead. Whoever asks who is connected sees its own tenant's alone.
#[derive(Debug, Clone)]
pub struct PostgresPresence {
    database: Database,
}

impl PostgresPresence {
    /// The board in `database`.
    pub fn new(database: &Database) -> Self {
        Self { database: database.clone() }
    }

    async fn ask(
        &self,
        who: As,
        statement: Query<'_, Postgres, PgArguments>,
    ) -> Result<Vec<PgRow>, PresenceError> {
        self.database.ask(who, statement).await.map_err(unavailable)
    }
}

fn unavailable(error: sqlx::Error) -> PresenceError {
    PresenceError::Unavailable(fault(error))
}

#[async_trait]
impl PresenceBoard for PostgresPresence {
    async fn tell(&self, instance: HolderId, told: &[Told]) -> Result<(), PresenceError> {
        self.ask(As::Projection, table::tell(instance, told)).await.map(drop)
    }

    async fn live(&self, instance: HolderId, term: Duration) -> Result<bool, PresenceError> {
        let rows = self.ask(As::Projection, table::live(instance, term)).await?;
        let row = rows.first().ok_or_else(|| unavailable(sqlx::Error::RowNotFound))?;
        let unbroken = row.try_get("unbroken").map_err(unavailable)?;
        // It lives, whatever comes of this.
        if let Err(error) = self.ask(As::Projection, table::sweep()).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "what dead instances told cannot be removed just now"
            );
        }
        Ok(unbroken)
    }

    async fn leave(&self, instance: HolderId) -> Result<(), PresenceError> {
        self.ask(As::Projection, table::leave(instance)).await.map(drop)
    }

    async fn connected(
        &self,
        tenant: TenantId,
        session: SessionId,
        after: Option<&Actor>,
        limit: u32,
    ) -> Result<PresencePage, PresenceError> {
        let rows = self.ask(As::Tenant(tenant), table::connected(tenant, session, after, limit)).await?;
        table::page(&rows, limit).map_err(|damage| unavailable(sqlx::Error::Decode(Box::new(damage))))
    }
}
