//! One statement, its answer, and the longest that it may take.
//!
//! A connection that did not answer in time is closed and not given back: it might never answer, and it would hold its place in the
//! pool until the operating system gives up on it.

use acta_domain::TenantId;
use futures::TryStreamExt;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{Connection, Postgres};
use tokio::time::timeout;

use super::{Database, Role};

/// In whose name something is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum As {
    /// One who sees this tenant's rows and nobody else's.
    Tenant(TenantId),
    /// One who serves and sees no tenant's rows.
    Service,
    /// One who sees every tenant's rows and writes views.
    Projection,
}

type Statement<'q> = Query<'q, Postgres, PgArguments>;

impl Database {
    /// All rows of the answer.
    pub(crate) async fn ask(&self, who: As, statement: Statement<'_>) -> Result<Vec<PgRow>, sqlx::Error> {
        self.ask_until(who, statement, |_| false).await
    }

    /// The first row of the answer.
    pub(crate) async fn ask_one(
        &self,
        who: As,
        statement: Statement<'_>,
    ) -> Result<Option<PgRow>, sqlx::Error> {
        Ok(self.ask(who, statement).await?.into_iter().next())
    }

    /// The rows of the answer up to the one with which it is enough.
    pub(crate) async fn ask_until(
        &self,
        who: As,
        statement: Statement<'_>,
        enough: impl FnMut(&PgRow) -> bool + Send,
    ) -> Result<Vec<PgRow>, sqlx::Error> {
        let mut connection = self.acquire(who).await?;
        let asked = async {
            let As::Tenant(tenant) = who else {
                return rows_until(&mut connection, statement, enough).await;
            };
            let mut transaction = connection.begin_with(named(tenant)).await?;
            rows_until(&mut transaction, statement, enough).await
        };
        let answer = timeout(self.patience(), asked).await;
        answer.unwrap_or_else(|_| Err(late(connection)))
    }

    /// Writes what is `tenant`'s, durably; gives the number of rows.
    pub(crate) async fn tell(&self, tenant: TenantId, statement: Statement<'_>) -> Result<u64, sqlx::Error> {
        let mut connection = self.acquire(As::Tenant(tenant)).await?;
        let told = async {
            let mut transaction = connection.begin_with(named(tenant)).await?;
            let done = statement.execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(done.rows_affected())
        };
        let answer = timeout(self.patience(), told).await;
        answer.unwrap_or_else(|_| Err(late(connection)))
    }

    async fn acquire(&self, who: As) -> Result<PoolConnection<Postgres>, sqlx::Error> {
        match who {
            As::Tenant(_) | As::Service => self.pool(Role::Serve).acquire().await,
            As::Projection => self.pool(Role::Project).acquire().await,
        }
    }
}

/// What begins a transaction that sees `tenant`'s rows: one message.
fn named(tenant: TenantId) -> String {
    format!("BEGIN; SET LOCAL app.tenant_id = '{}'", tenant.as_uuid())
}

async fn rows_until(
    connection: &mut PgConnection,
    statement: Statement<'_>,
    mut enough: impl FnMut(&PgRow) -> bool + Send,
) -> Result<Vec<PgRow>, sqlx::Error> {
    let mut answer = statement.fetch(connection);
    let mut rows = Vec::new();
    while let Some(row) = answer.try_next().await? {
        let last = enough(&row);
        rows.push(row);
        if last {
            break;
        }
    }
    Ok(rows)
}

fn late(mut connection: PoolConnection<Postgres>) -> sqlx::Error {
    connection.close_on_drop();
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}
