//! Names that an administrator gives, in plain letters, so that nobody's e-mail address becomes one.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{InvalidValue, text_value};

macro_rules! plain_name {
    ($(#[$doc:meta])* $type:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// Reads 1 to 64 characters of `a-z 0-9 -`.
            ///
            /// # Errors
            ///
            /// [`InvalidValue::NotAName`] for anything else.
            pub fn parse(text: &str) -> Result<Self, InvalidValue> {
                if !is_plain_name(text) {
                    return Err(InvalidValue::NotAName { what: $what });
                }
                Ok(Self(text.to_owned()))
            }

            /// The name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        text_value!($type, { "type": "string", "pattern": "^[a-z0-9-]{1,64}$" });
    };
}

plain_name! {
    /// The name of a role, in tokens and in the log.
    RoleName, "a role's name"
}

plain_name! {
    /// The name of a service: who it is when it acts, `service:<name>`.
    ServiceName, "a service's name"
}

plain_name! {
    /// The name of a group of people who share the time that they may speak: a party, a delegation, a side.
    GroupName, "a group's name"
}

fn is_plain_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
