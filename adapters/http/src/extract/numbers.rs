//! Whole numbers with a range.

use serde::Deserialize;

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u64")]
pub(crate) struct Number<const MIN: u64, const MAX: u64>(u32);

impl<const MIN: u64, const MAX: u64> Number<MIN, MAX> {
    /// The number.
    pub(crate) const fn get(self) -> u32 {
        self.0
    }
}

impl<const MIN: u64, const MAX: u64> TryFrom<u64> for Number<MIN, MAX> {
    type Error = String;

    fn try_from(number: u64) -> Result<Self, String> {
        let in_range = (MIN..=MAX).contains(&number);
        let number = u32::try_from(number).ok().filter(|_| in_range);
        number.map(Self).ok_or_else(|| format!("it must be between {MIN} and {MAX}"))
    }
}
