//! Wrapping the keys anew under another master key, while no service runs.

use acta_application::persons::{KeyWrap, PersonKeysError};
use acta_domain::{SessionId, TenantId};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnection, SqliteRow, SqliteSynchronous};
use uuid::Uuid;

use super::scrub::{self, ScrubError};
use super::table::{Owner, damaged};
use super::unavailable;
use crate::columns::{self, Damage};
use crate::database::{Database, KEYS};
use crate::folder::{DataFolder, OpenError};

/// Keys in one transaction.
const BATCH: i64 = 200;

const NEXT: &str = "
    SELECT tenant_id, session_id, subject, wrapped FROM person_keys
    WHERE (tenant_id, session_id, subject) > (?1, ?2, ?3) AND wrapped IS NOT NULL
    ORDER BY tenant_id, session_id, subject LIMIT ?4";

const REPLACE: &str = "
    UPDATE person_keys SET wrapped = ?5
    WHERE tenant_id = ?1 AND session_id = ?2 AND subject = ?3 AND wrapped = ?4";

/// The keys are not all wrapped anew; those that are stay so, and doing it again goes on with the others.
#[derive(Debug, thiserror::Error)]
pub enum RewrapError {
    /// The file cannot be opened.
    #[error("the person keys cannot be opened")]
    Open(#[from] OpenError),
    /// The file cannot be read or written.
    #[error("the person keys cannot be read or written")]
    Keys(#[from] PersonKeysError),
    /// The keys are wrapped anew, but the older forms are not out of the files yet.
    #[error("the older forms of the person keys are not out of the files yet: do it again")]
    Unfinished(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<ScrubError> for RewrapError {
    fn from(error: ScrubError) -> Self {
        Self::Unfinished(Box::new(error))
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

/// Wraps with `wrap` every key of `folder` that stands and whose wrapped form is `outdated`, and tells `progress` after each batch,
/// which is durable then. In the end no file holds an older form any more.
///
/// # Errors
/// See [`RewrapError`].
pub async fn rewrap_keys(
    folder: &DataFolder,
    wrap: &dyn KeyWrap,
    outdated: &(dyn Fn(&[u8]) -> bool + Sync),
    progress: &mut (dyn FnMut(Rewrapped) + Send),
) -> Result<Rewrapped, RewrapError> {
    let mut connection = open(folder).await?;
    let (mut last, mut so_far) = (None, Rewrapped::default());
    loop {
        let batch = next(&mut connection, last.as_ref()).await?;
        let Some(behind) = batch.last() else { break };
        last = Some(behind.owner);
        rewrap(&mut connection, &batch, wrap, outdated, &mut so_far).await?;
        progress(so_far);
    }
    scrub::rewrite(&mut connection).await?;
    connection.close().await.map_err(unavailable)?;
    Ok(so_far)
}

/// How many keys of `folder` stand whose wrapped form is `counted`.
///
/// # Errors
/// See [`RewrapError`].
pub async fn count_keys(
    folder: &DataFolder,
    counted: &(dyn Fn(&[u8]) -> bool + Sync),
) -> Result<u64, RewrapError> {
    let mut connection = open(folder).await?;
    let (mut last, mut count) = (None, 0);
    loop {
        let batch = next(&mut connection, last.as_ref()).await?;
        let Some(behind) = batch.last() else { break };
        last = Some(behind.owner);
        count += batch.iter().filter(|key| counted(&key.wrapped)).map(|_| 1).sum::<u64>();
    }
    connection.close().await.map_err(unavailable)?;
    Ok(count)
}

async fn open(folder: &DataFolder) -> Result<SqliteConnection, RewrapError> {
    let database = Database::prepare(folder, "keys.sqlite", SqliteSynchronous::Full, KEYS).await?;
    Ok(database.connect().await.map_err(unavailable)?)
}

/// The next keys behind `last`, in the order of their owners.
async fn next(
    connection: &mut SqliteConnection,
    last: Option<&Owner>,
) -> Result<Vec<Standing>, PersonKeysError> {
    let id = |id: fn(&Owner) -> Uuid| last.map_or_else(Vec::new, |owner| id(owner).as_bytes().to_vec());
    let subject = last.map_or_else(String::new, |owner| owner.subject.to_string());
    let statement = sqlx::query(NEXT)
        .bind(id(|owner| owner.tenant.as_uuid()))
        .bind(id(|owner| owner.session.as_uuid()))
        .bind(subject)
        .bind(BATCH);
    let rows = statement.fetch_all(connection).await.map_err(unavailable)?;
    rows.iter().map(standing).collect::<Result<_, _>>().map_err(damaged)
}

fn standing(row: &SqliteRow) -> Result<Standing, Damage> {
    let subject: &str = columns::get(row, "subject")?;
    let subject = subject.parse().map_err(|error| Damage::of("subject", error))?;
    let (tenant, session): (TenantId, SessionId) = (columns::tenant(row)?, columns::session(row)?);
    Ok(Standing { owner: Owner { tenant, session, subject }, wrapped: columns::get(row, "wrapped")? })
}

/// Wraps the outdated ones of `batch` anew, in one transaction.
async fn rewrap(
    connection: &mut SqliteConnection,
    batch: &[Standing],
    wrap: &dyn KeyWrap,
    outdated: &(dyn Fn(&[u8]) -> bool + Sync),
    so_far: &mut Rewrapped,
) -> Result<(), PersonKeysError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(unavailable)?;
    for key in batch {
        so_far.seen += 1;
        if !outdated(&key.wrapped) {
            continue;
        }
        let context = key.owner.context();
        let Ok(opened) = wrap.unwrap(&key.wrapped, &context) else {
            so_far.unreadable += 1;
            continue;
        };
        let statement = sqlx::query(REPLACE)
            .bind(key.owner.tenant.as_uuid())
            .bind(key.owner.session.as_uuid())
            .bind(key.owner.subject.to_string())
            .bind(&key.wrapped)
            .bind(wrap.wrap(&opened, &context));
        so_far.rewrapped += statement.execute(&mut *transaction).await.map_err(unavailable)?.rows_affected();
    }
    transaction.commit().await.map_err(unavailable)
}
