//! Whole numbers with a range.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::InvalidValue;

/// The greatest whole number that every JSON reader keeps exactly (RFC 8259, section 6): 2^53 - 1.
const MAX_EXACT: u64 = 9_007_199_254_740_991;

macro_rules! bounded {
    ($(#[$doc:meta])* $type:ident($number:ident), $what:literal, $min:expr, $max:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "u64", into = "u64")]
        pub struct $type($number);

        impl $type {
            /// The least value.
            pub const MIN: Self = Self($min);
            /// The greatest value.
            pub const MAX: Self = Self($max);

            /// Takes a number that is in the range.
            ///
            /// # Errors
            ///
            /// [`InvalidValue::OutOfRange`] outside of `MIN..=MAX`.
            pub fn new(number: u64) -> Result<Self, InvalidValue> {
                $number::try_from(number)
                    .ok()
                    .filter(|number| (Self::MIN.0..=Self::MAX.0).contains(number))
                    .map(Self)
                    .ok_or(InvalidValue::OutOfRange {
                        what: $what,
                        min: u64::from(Self::MIN.0),
                        max: u64::from(Self::MAX.0),
                    })
            }

            /// The number.
            pub const fn get(self) -> $number {
                self.0
            }
        }

        impl TryFrom<u64> for $type {
            type Error = InvalidValue;

            fn try_from(number: u64) -> Result<Self, Self::Error> {
                Self::new(number)
            }
        }

        impl From<$type> for u64 {
            fn from(value: $type) -> Self {
                Self::from(value.0)
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({
                    "type": "integer",
                    "minimum": Self::MIN.0,
                    "maximum": Self::MAX.0,
                })
            }
        }
    };
}

bounded! {
    /// How many people may be present at once.
    Capacity(u32), "a capacity", 1, u32::MAX
}

bounded! {
    /// How many people may have the floor at once, 1 to 16.
    ConcurrentTurns(u8), "the number of concurrent turns", 1, 16
}

bounded! {
    /// The longest a turn may take, in seconds, at most a day.
    TimeLimit(u32), "a time limit in seconds", 1, 86_400
}

bounded! {
    /// How long a person or a group may speak in one session altogether, in seconds, at most a week.
    TimeBudget(u32), "a time budget in seconds", 1, 604_800
}

bounded! {
    /// How long before the end of its time a turn is warned, in seconds, at most an hour.
    WarningTime(u16), "a warning time in seconds", 1, 3_600
}

bounded! {
    /// How urgent a speech request is, 0 (usual) to 9 (first).
    Priority(u8), "a priority", 0, 9
}

bounded! {
    /// The number of a transcript chunk in its session: 1, 2, 3, … without gaps.
    ChunkNumber(u64), "a chunk number", 1, MAX_EXACT
}

bounded! {
    /// A place on the session's own clock, in milliseconds since its media began.
    MediaTime(u64), "a media time in milliseconds", 0, MAX_EXACT
}

impl Default for ConcurrentTurns {
    fn default() -> Self {
        Self::MIN
    }
}

impl Default for Priority {
    fn default() -> Self {
        Self::MIN
    }
}

impl ChunkNumber {
    /// The chunk at this place, counting from 1; the greatest number when there are more.
    pub(crate) const fn saturating(number: u64) -> Self {
        match number {
            0 => Self::MIN,
            1..=MAX_EXACT => Self(number),
            _ => Self::MAX,
        }
    }
}

/// What a session bounds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// How many people may be present at once; without it, any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Capacity")]
    pub capacity: Option<Capacity>,
    /// How many people may have the floor at once.
    pub concurrent_turns: ConcurrentTurns,
}
