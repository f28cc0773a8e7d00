//! The three countings of an event: in the log, in its session, in its stream.

use serde::{Deserialize, Serialize};

macro_rules! counting {
    ($(#[$doc:meta])* $name:ident, first = $first:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            /// The number of the first event.
            pub const FIRST: Self = Self($first);

            /// The counting `number`.
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// The plain number.
            pub const fn get(self) -> u64 {
                self.0
            }

            /// The number that follows.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0 + 1)
            }

            /// The number `count` places further on.
            #[must_use]
            pub const fn plus(self, count: u64) -> Self {
                Self(self.0 + count)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

counting!(
    /// Place in the whole log: 1, 2, 3 … without gaps, in the order of commits. `0` stands before the first event.
    Position,
    first = 1
);
counting!(
    /// Place in one session: 0, 1, 2 … without gaps; the leaf index of the session's tree.
    SessionIndex,
    first = 0
);
counting!(
    /// Place in one stream: 1, 2, 3 … without gaps. `0` is the version of a stream that has no event yet.
    Sequence,
    first = 1
);
