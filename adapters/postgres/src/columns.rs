//! Single columns: how a value of the database becomes one of ours, and back.

use acta_domain::{SessionId, TenantId, Timestamp};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgRow, PgTypeInfo, PgValueRef};
use sqlx::{Decode, Encode, Postgres, Row, Type, TypeInfo as _};
use uuid::Uuid;

/// Microseconds from the Unix epoch to the start of 2000, where PostgreSQL counts from.
const EPOCH_MICROS: i64 = 946_684_800_000_000;

/// A row does not have the form that this service writes; says which column, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Damage(pub(crate) String);

impl Damage {
    pub(crate) fn of(column: &str, why: impl std::fmt::Display) -> Self {
        Self(format!("{column}: {why}"))
    }
}

/// A `timestamptz`: microseconds, like a [`Timestamp`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) Timestamp);

impl Type<Postgres> for Moment {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("timestamptz")
    }

    fn compatible(info: &PgTypeInfo) -> bool {
        info.name().eq_ignore_ascii_case("timestamptz")
    }
}

impl PgHasArrayType for Moment {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("_timestamptz")
    }
}

impl Encode<'_, Postgres> for Moment {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode(self.0.as_micros() - EPOCH_MICROS, buffer)
    }
}

impl Decode<'_, Postgres> for Moment {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        let micros: i64 = Decode::<Postgres>::decode(value)?;
        let micros = micros.checked_add(EPOCH_MICROS).ok_or("the time is out of range")?;
        Ok(Self(Timestamp::from_micros(micros)?))
    }
}

/// The value of `column`, as the database holds it.
pub(crate) fn get<'r, T>(row: &'r PgRow, column: &'static str) -> Result<T, Damage>
where
    T: Decode<'r, Postgres> + Type<Postgres>,
{
    row.try_get(column).map_err(|error| Damage::of(column, error))
}

/// The text of a column of any type that is sent as text, such as `json`.
pub(crate) fn text(row: &PgRow, column: &'static str) -> Result<String, Damage> {
    row.try_get_unchecked(column).map_err(|error| Damage::of(column, error))
}

/// How many bytes the value of a column takes as it was sent; 0 if it has none.
pub(crate) fn length(row: &PgRow, column: &'static str) -> usize {
    let value = row.try_get_raw(column).ok();
    value.and_then(|value| value.as_bytes().ok().map(<[u8]>::len)).unwrap_or_default()
}

/// A counting or size.
pub(crate) fn count(row: &PgRow, column: &'static str) -> Result<u64, Damage> {
    u64::try_from(get::<i64>(row, column)?).map_err(|error| Damage::of(column, error))
}

/// Exactly `N` bytes.
pub(crate) fn bytes<const N: usize>(row: &PgRow, column: &'static str) -> Result<[u8; N], Damage> {
    let bytes: &[u8] = get(row, column)?;
    bytes.try_into().map_err(|_| Damage::of(column, format_args!("{} bytes, not {N}", bytes.len())))
}

/// A tenant.
pub(crate) fn tenant(row: &PgRow) -> Result<TenantId, Damage> {
    get::<Uuid>(row, "tenant_id").map(TenantId::new)
}

/// A session.
pub(crate) fn session(row: &PgRow) -> Result<SessionId, Damage> {
    get::<Uuid>(row, "session_id").map(SessionId::new)
}

/// A moment.
pub(crate) fn moment(row: &PgRow, column: &'static str) -> Result<Timestamp, Damage> {
    get::<Moment>(row, column).map(|moment| moment.0)
}

/// A number of ours as the database keeps it; what does not fit stands for "behind everything".
pub(crate) fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
