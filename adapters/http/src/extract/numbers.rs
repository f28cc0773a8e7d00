//! Whole numbers with a range.

use serde::Deserialize;

/// The greatest whole number that every JSON reader keeps exactly (RFC 8259 §6): 2^53 - 1.
pub(crate) const MAX_EXACT: u64 = 9_007_199_254_740_991;

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "u64")]
pub(crate) struct Number<const MIN: u64, const MAX: u64>(u64);

/// A position, a size or an index.
pub(crate) type Count = Number<0, MAX_EXACT>;

impl<const MIN: u64, const MAX: u64> Number<MIN, MAX> {
    /// The number.
    pub(crate) const fn get(self) -> u64 {
        self.0
    }

    /// The number, or the greatest that fits.
    pub(crate) fn as_u32(self) -> u32 {
        u32::try_from(self.0).unwrap_or(u32::MAX)
    }
}

impl<const MIN: u64, const MAX: u64> TryFrom<u64> for Number<MIN, MAX> {
    type Error = String;

    fn try_from(number: u64) -> Result<Self, String> {
        if (MIN..=MAX).contains(&number) {
            return Ok(Self(number));
        }
        Err(format!("it must be between {MIN} and {MAX}"))
    }
}
