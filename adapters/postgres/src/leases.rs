//! Leases in the table `leases`, by the database's clock.

use std::time::Duration;

use acta_application::leases::{HolderId, LeaseName, Leases, LeasesError};
use async_trait::async_trait;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{Postgres, query};

use crate::database::{As, Database, fault};

// A crash of the server may forget the last renewals: no lease guards data, so nobody waits for the disk.
pub(crate) const TAKE: &str = "
    INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
    WHERE leases.holder = excluded.holder OR leases.expires_at <= clock_timestamp()
    RETURNING set_config('synchronous_commit', 'off', true)";

const GIVE_UP: &str = "UPDATE leases SET expires_at = '-infinity' WHERE name = $1 AND holder = $2";

/// The leases of all instances that share a database. Time is the database's.
///
/// Each request is one statement, which is its own transaction. The rows of leases that were given up stay.
#[derive(Debug, Clone)]
pub struct PostgresLeases {
    database: Database,
}

impl PostgresLeases {
    /// The leases in `database`.
    pub fn new(database: &Database) -> Self {
        Self { database: database.clone() }
    }

    // Not on the connections of the API: a full house there must not cost the instance its leases.
    async fn ask(&self, statement: Query<'_, Postgres, PgArguments>) -> Result<Option<PgRow>, LeasesError> {
        let answer = self.database.ask_one(As::Projection, statement).await;
        answer.map_err(|error| LeasesError::Unavailable(fault(error)))
    }
}

#[async_trait]
impl Leases for PostgresLeases {
    async fn take(&self, name: &LeaseName, holder: HolderId, term: Duration) -> Result<bool, LeasesError> {
        let statement = query(TAKE).bind(name.as_str()).bind(holder.0).bind(term.as_secs_f64());
        Ok(self.ask(statement).await?.is_some())
    }

    async fn give_up(&self, name: &LeaseName, holder: HolderId) -> Result<(), LeasesError> {
        self.ask(query(GIVE_UP).bind(name.as_str()).bind(holder.0)).await.map(drop)
    }
}
