//! What a vote counts.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{InvalidValue, text_value};

/// How much an attendee's vote counts: above 0, at most a billion, with up to six decimals.
/// Text: the shortest decimal, such as `3.25`; never a binary fraction, so that sums are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VotingWeight {
    millionths: u64,
}

impl VotingWeight {
    const ONE: u64 = 1_000_000;
    const MAX: u64 = 1_000_000_000 * Self::ONE;

    /// Takes a weight in millionths.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::VotingWeightOutOfRange`] for zero and above a billion.
    pub fn from_millionths(millionths: u64) -> Result<Self, InvalidValue> {
        if !(1..=Self::MAX).contains(&millionths) {
            return Err(InvalidValue::VotingWeightOutOfRange);
        }
        Ok(Self { millionths })
    }

    /// Reads a decimal such as `3.25`: no sign, no exponent, no needless leading zero.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::NotAVotingWeight`] or [`InvalidValue::VotingWeightOutOfRange`].
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        if !is_whole_number(whole) || !is_decimals(decimals) {
            return Err(InvalidValue::NotAVotingWeight);
        }
        let whole: u64 = whole.parse().map_err(|_| InvalidValue::VotingWeightOutOfRange)?;
        let decimals: u64 = format!("{decimals:0<6}").parse().map_err(|_| InvalidValue::NotAVotingWeight)?;
        whole
            .checked_mul(Self::ONE)
            .and_then(|millionths| millionths.checked_add(decimals))
            .ok_or(InvalidValue::VotingWeightOutOfRange)
            .and_then(Self::from_millionths)
    }

    /// The weight in millionths.
    pub const fn as_millionths(self) -> u64 {
        self.millionths
    }

    /// Both weights together, unless that is above a billion.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::from_millionths(self.millionths.checked_add(other.millionths)?).ok()
    }
}

fn is_whole_number(text: &str) -> bool {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits && (text == "0" || !text.starts_with('0'))
}

fn is_decimals(text: &str) -> bool {
    (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for VotingWeight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.millionths / Self::ONE;
        let decimals = format!("{:06}", self.millionths % Self::ONE);
        match decimals.trim_end_matches('0') {
            "" => write!(f, "{whole}"),
            decimals => write!(f, "{whole}.{decimals}"),
        }
    }
}

text_value!(VotingWeight, {
    "type": "string",
    "pattern": "^(0|[1-9][0-9]{0,9})(\\.[0-9]{1,6})?$",
});
