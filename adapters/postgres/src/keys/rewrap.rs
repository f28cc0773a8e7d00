//! Wrapping the keys anew under another master key, while the service runs.
//!
//! The owner of the tables does it: while the setting `app.rewrapping` is on, the policies show it the keys that stand and let it change
//! them. A key is replaced only if it still is what was read, so one that is erased meanwhile stays erased.

use acta_application::persons::{KeyWrap, Subject};
use acta_domain::{SessionId, TenantId};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{ConnectOptions, Connection, Executor, query};
use uuid::Uuid;

use super::table::Owner;
use crate::columns::{self, Damage};

/// Keys in one transaction.
const BATCH: i64 = 200;

const BEGIN: &str = "SET app.rewrapping = 'on'";

// Whoever is not bound by the owner's policies would see fewer keys than there are, and take that for none.
const OWNS: &str = "
    SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('person_keys')";

const NEXT: &str = "
    SELECT tenant_id, session_id, subject, wrapped FROM person_keys
    WHERE (tenant_id, session_id, subject) > ($1, $2, $3) AND wrapped IS NOT NULL
    ORDER BY tenant_id, session_id, subject LIMIT $4";

const REPLACE: &str = "
    UPDATE person_keys AS stands SET wrapped = newer.wrapped
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::bytea[])
        AS newer (tenant_id, session_id, subject, older, wrapped)
    WHERE stands.tenant_id = newer.tenant_id AND stands.session_id = newer.session_id
        AND stands.subject = newer.subject AND stands.wrapped = newer.older";

/// The keys are not all wrapped anew; those that are stay so, and doing it again goes on with the others.
#[derive(Debug, thiserror::Error)]
pub enum RewrapError {
    /// The database failed.
    #[error("the person keys cannot be read or written")]
    Database(#[from] sqlx::Error),
    /// The table is somebody else's, or there is none.
    #[error("only the login that owns the tables sees all keys: give it in MIGRATE_DATABASE_URL")]
    NotTheOwner,
    /// A row is not of the form that this service writes.
    #[error("a row of the person keys is damaged")]
    Damaged(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<Damage> for RewrapError {
    fn from(damage: Damage) -> Self {
        Self::Damaged(Box::new(damage))
    }
}

/// How far it has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rewrapped {
    /// Keys that were looked at.
    pub seen: u64,
    /// Keys that were wrapped anew.
    pub rewrapped: u64,
    /// Keys that no master key here opens; they are left as they are.
    pub unreadable: u64,
}

/// A key that stands, and whose it is.
struct Standing {
    owner: Owner,
    wrapped: Vec<u8>,
}

/// Wraps with `wrap` every key that stands and whose wrapped form is `outdated`, as the owner of the table, and tells `progress` after
/// each batch, which is durable then. The older forms are in the table's file until it is written anew
/// ([`rewrite_keys`](super::rewrite_keys)).
///
/// # Errors
/// See [`RewrapError`].
pub async fn rewrap_keys(
    login: &PgConnectOptions,
    wrap: &dyn KeyWrap,
    outdated: &(dyn Fn(&[u8]) -> bool + Sync),
    progress: &mut (dyn FnMut(Rewrapped) + Send),
) -> Result<Rewrapped, RewrapError> {
    let mut connection = connect(login).await?;
    let (mut last, mut so_far) = (None, Rewrapped::default());
    loop {
        let batch = next(&mut connection, last.as_ref()).await?;
        let Some(behind) = batch.last() else { break };
        last = Some(behind.owner);
        let newer = anew(&batch, wrap, outdated, &mut so_far);
        so_far.rewrapped += replace(&mut connection, &newer).await?;
        progress(so_far);
    }
    connection.close().await?;
    Ok(so_far)
}

/// How many keys stand whose wrapped form is `counted`, as the owner of the table sees them.
///
/// # Errors
/// See [`RewrapError`].
pub async fn count_keys(
    login: &PgConnectOptions,
    counted: &(dyn Fn(&[u8]) -> bool + Sync),
) -> Result<u64, RewrapError> {
    let mut connection = connect(login).await?;
    let (mut last, mut count) = (None, 0);
    loop {
        let batch = next(&mut connection, last.as_ref()).await?;
        let Some(behind) = batch.last() else { break };
        last = Some(behind.owner);
        count += batch.iter().filter(|key| counted(&key.wrapped)).map(|_| 1).sum::<u64>();
    }
    connection.close().await?;
    Ok(count)
}

async fn connect(login: &PgConnectOptions) -> Result<PgConnection, RewrapError> {
    let login = login.clone().application_name("acta keys rewrap").disable_statement_logging();
    let mut connection = login.connect().await?;
    let owns: Option<bool> = sqlx::query_scalar(OWNS).fetch_optional(&mut connection).await?;
    if owns != Some(true) {
        return Err(RewrapError::NotTheOwner);
    }
    connection.execute(BEGIN).await?;
    Ok(connection)
}

/// The next keys behind `last`, in the order of their owners.
async fn next(connection: &mut PgConnection, last: Option<&Owner>) -> Result<Vec<Standing>, RewrapError> {
    let id = |id: fn(&Owner) -> Uuid| last.map_or_else(Uuid::nil, id);
    let statement = query(NEXT)
        .bind(id(|owner| owner.tenant.as_uuid()))
        .bind(id(|owner| owner.session.as_uuid()))
        .bind(last.map_or_else(String::new, |owner| owner.subject.to_string()))
        .bind(BATCH);
    let rows = statement.fetch_all(connection).await?;
    Ok(rows.iter().map(standing).collect::<Result<_, _>>()?)
}

fn standing(row: &PgRow) -> Result<Standing, Damage> {
    let subject = columns::get::<&str>(row, "subject")?.parse::<Subject>();
    let owner = Owner {
        tenant: TenantId::new(columns::get(row, "tenant_id")?),
        session: SessionId::new(columns::get(row, "session_id")?),
        subject: subject.map_err(|error| Damage::of("subject", error))?,
    };
    Ok(Standing { owner, wrapped: columns::get(row, "wrapped")? })
}

/// The outdated ones of `batch`, each with its newer form.
fn anew<'a>(
    batch: &'a [Standing],
    wrap: &dyn KeyWrap,
    outdated: &(dyn Fn(&[u8]) -> bool + Sync),
    so_far: &mut Rewrapped,
) -> Vec<(&'a Standing, Vec<u8>)> {
    let mut newer = Vec::new();
    for key in batch {
        so_far.seen += 1;
        let context = key.owner.context();
        if outdated(&key.wrapped) {
            match wrap.unwrap(&key.wrapped, &context) {
                Ok(opened) => newer.push((key, wrap.wrap(&opened, &context))),
                Err(_) => so_far.unreadable += 1,
            }
        }
    }
    newer
}

/// Puts each newer form where the older one still stands; gives how many.
async fn replace(connection: &mut PgConnection, newer: &[(&Standing, Vec<u8>)]) -> Result<u64, sqlx::Error> {
    let owners = || newer.iter().map(|(key, _)| &key.owner);
    let statement = query(REPLACE)
        .bind(owners().map(|owner| owner.tenant.as_uuid()).collect::<Vec<_>>())
        .bind(owners().map(|owner| owner.session.as_uuid()).collect::<Vec<_>>())
        .bind(owners().map(|owner| owner.subject.to_string()).collect::<Vec<_>>())
        .bind(newer.iter().map(|(key, _)| key.wrapped.as_slice()).collect::<Vec<_>>())
        .bind(newer.iter().map(|(_, wrapped)| wrapped.as_slice()).collect::<Vec<_>>());
    Ok(statement.execute(connection).await?.rows_affected())
}
