//! A moment, to the microsecond.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{InvalidValue, TimeLimit, text_value};

/// A moment in UTC to the microsecond, in the years 1970 to 9999.
/// Text: RFC 3339 with exactly six fraction digits and `Z`, such as `2026-11-22T10:00:00.000000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp {
    micros: i64,
}

impl Timestamp {
    /// The start of 1970.
    pub const MIN: Self = Self { micros: 0 };
    /// The last microsecond of 9999.
    pub const MAX: Self = Self { micros: 253_402_300_799_999_999 };

    /// Takes microseconds since the Unix epoch.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::TimestampOutOfRange`] before 1970 or after 9999.
    pub fn from_micros(micros: i64) -> Result<Self, InvalidValue> {
        if !(Self::MIN.micros..=Self::MAX.micros).contains(&micros) {
            return Err(InvalidValue::TimestampOutOfRange);
        }
        Ok(Self { micros })
    }

    /// Microseconds since the Unix epoch.
    pub const fn as_micros(self) -> i64 {
        self.micros
    }

    /// Reads an RFC 3339 time with any offset. What is finer than a microsecond is cut off.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::NotATimestamp`] or [`InvalidValue::TimestampOutOfRange`].
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| InvalidValue::NotATimestamp)?;
        let micros = moment.unix_timestamp_nanos().div_euclid(1_000);
        i64::try_from(micros).map_err(|_| InvalidValue::TimestampOutOfRange).and_then(Self::from_micros)
    }

    /// The moment when a time limit that starts now has passed; the last moment of all when that is too late.
    #[must_use]
    pub fn plus(self, limit: TimeLimit) -> Self {
        self.plus_micros(u64::from(limit.get()) * 1_000_000)
    }

    /// The moment so many microseconds later; the last moment of all when that is too late.
    #[must_use]
    pub fn plus_micros(self, micros: u64) -> Self {
        Self { micros: self.micros.saturating_add_unsigned(micros).min(Self::MAX.micros) }
    }

    /// The moment so many microseconds earlier; the first moment of all when that is too early.
    #[must_use]
    pub fn minus_micros(self, micros: u64) -> Self {
        Self { micros: self.micros.saturating_sub_unsigned(micros).max(Self::MIN.micros) }
    }

    /// How many microseconds this is after `earlier`; none if it is not after it.
    pub fn micros_since(self, earlier: Self) -> u64 {
        u64::try_from(self.micros - earlier.micros).unwrap_or(0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.micros) * 1_000)
            .expect("a timestamp lies between 1970 and 9999");
        let (year, month, day) = moment.to_calendar_date();
        let (hour, minute, second, micro) = moment.to_hms_micro();
        let month = u8::from(month);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z")
    }
}

text_value!(Timestamp, {
    "type": "string",
    "format": "date-time",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z$",
});
