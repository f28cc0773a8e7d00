//! Single columns: how a value of the database becomes one of ours.

use acta_domain::{SessionId, TenantId, Timestamp};
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Row, Sqlite, Type};
use uuid::Uuid;

/// A row does not have the form that this service writes; says which column, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Damage(pub(crate) String);

impl Damage {
    pub(crate) fn of(column: &str, why: impl std::fmt::Display) -> Self {
        Self(format!("{column}: {why}"))
    }
}

/// The value of `column`, as the database holds it.
pub(crate) fn get<'r, T>(row: &'r SqliteRow, column: &'static str) -> Result<T, Damage>
where
    T: Decode<'r, Sqlite> + Type<Sqlite>,
{
    row.try_get(column).map_err(|error| Damage::of(column, error))
}

/// A counting or size.
pub(crate) fn count(row: &SqliteRow, column: &'static str) -> Result<u64, Damage> {
    u64::try_from(get::<i64>(row, column)?).map_err(|error| Damage::of(column, error))
}

/// Exactly `N` bytes.
pub(crate) fn bytes<const N: usize>(row: &SqliteRow, column: &'static str) -> Result<[u8; N], Damage> {
    let bytes: &[u8] = get(row, column)?;
    bytes.try_into().map_err(|_| Damage::of(column, format_args!("{} bytes, not {N}", bytes.len())))
}

/// A tenant.
pub(crate) fn tenant(row: &SqliteRow) -> Result<TenantId, Damage> {
    get::<Uuid>(row, "tenant_id").map(TenantId::new)
}

/// A session.
pub(crate) fn session(row: &SqliteRow) -> Result<SessionId, Damage> {
    get::<Uuid>(row, "session_id").map(SessionId::new)
}

/// A moment, in microseconds.
pub(crate) fn moment(row: &SqliteRow, column: &'static str) -> Result<Timestamp, Damage> {
    Timestamp::from_micros(get(row, column)?).map_err(|error| Damage::of(column, error))
}

/// A number of ours as the database keeps it; what does not fit stands for "behind everything".
pub(crate) fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
