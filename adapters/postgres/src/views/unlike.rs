//! Comparing two views where their rows are.

use acta_application::views::{RowKey, Unlike, ViewName, ViewsError};
use acta_domain::{SessionId, TenantId};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::unavailable;
use crate::columns::number;
use crate::database::{As, Database};

const COMPARE: &str = "
    SELECT tenant, session, behind, compared, tenants, sessions, ids FROM compare_views($1, $2, $3, $4, $5, $6)";

/// Compares some `limit` rows of each view, behind `after`.
pub(super) async fn unlike(
    database: &Database,
    view: &ViewName,
    other: &ViewName,
    after: Option<&RowKey>,
    limit: u32,
) -> Result<Unlike, ViewsError> {
    let statement = sqlx::query(COMPARE)
        .bind(view.as_str())
        .bind(other.as_str())
        .bind(number(limit.into()))
        .bind(after.map_or(Uuid::nil(), |key| key.tenant.as_uuid()))
        .bind(after.map_or(Uuid::nil(), |key| key.session.as_uuid()))
        .bind(after.map_or("", |key| key.id.as_str()));
    let answer = database.ask_one(As::Projection, statement).await.map_err(unavailable)?;
    answer.ok_or(sqlx::Error::RowNotFound).and_then(|row| compared(&row)).map_err(unavailable)
}

fn compared(answer: &PgRow) -> Result<Unlike, sqlx::Error> {
    let compared: i64 = answer.try_get("compared")?;
    let (tenants, sessions): (Vec<Uuid>, Vec<Uuid>) =
        (answer.try_get("tenants")?, answer.try_get("sessions")?);
    let ids: Vec<String> = answer.try_get("ids")?;
    let keys = tenants.into_iter().zip(sessions).zip(ids);
    let next = match answer.try_get("tenant")? {
        Some(tenant) => Some(key(tenant, answer.try_get("session")?, answer.try_get("behind")?)),
        None => None,
    };
    Ok(Unlike {
        compared: compared.unsigned_abs(),
        keys: keys.map(|((tenant, session), id)| key(tenant, session, id)).collect(),
        next,
    })
}

fn key(tenant: Uuid, session: Uuid, id: String) -> RowKey {
    RowKey { tenant: TenantId::new(tenant), session: SessionId::new(session), id }
}
