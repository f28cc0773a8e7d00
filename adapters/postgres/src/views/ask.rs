//! One statement, its answer, and the longest that it may take.

use acta_domain::TenantId;
use sqlx::Postgres;
use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::query::Query;
use tokio::time::timeout;

use crate::database::Database;

/// Asks as the one who sees every tenant's rows and writes views.
pub(super) async fn projecting(
    database: &Database,
    statement: Query<'_, Postgres, PgArguments>,
) -> Result<Vec<PgRow>, sqlx::Error> {
    by(database.projecting(), database, statement).await
}

/// Asks as the one who sees no tenant's rows.
pub(super) async fn serving(
    database: &Database,
    statement: Query<'_, Postgres, PgArguments>,
) -> Result<Vec<PgRow>, sqlx::Error> {
    by(database.serving(), database, statement).await
}

/// Asks as the one who sees `tenant`'s rows.
pub(super) async fn as_tenant(
    database: &Database,
    tenant: TenantId,
    statement: Query<'_, Postgres, PgArguments>,
) -> Result<Vec<PgRow>, sqlx::Error> {
    let answer = async {
        let mut transaction = database.as_tenant(tenant).await?;
        statement.fetch_all(&mut *transaction).await
    };
    timeout(database.patience(), answer).await.unwrap_or_else(|_| Err(late()))
}

async fn by(
    pool: &PgPool,
    database: &Database,
    statement: Query<'_, Postgres, PgArguments>,
) -> Result<Vec<PgRow>, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let answer = timeout(database.patience(), statement.fetch_all(&mut *connection)).await;
    answer.unwrap_or_else(|_| {
        // It may never answer again.
        connection.close_on_drop();
        Err(late())
    })
}

fn late() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}
