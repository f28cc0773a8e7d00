//! Ids, one type for each thing that has one.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::values::{InvalidValue, text_value};

macro_rules! uuid_id {
    ($(#[$doc:meta])* $type:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $type(Uuid);

        impl $type {
            /// Takes a UUID as this id.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// Reads the usual text of a UUID.
            ///
            /// # Errors
            ///
            /// [`InvalidValue::NotAUuid`] for anything else.
            pub fn parse(text: &str) -> Result<Self, InvalidValue> {
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidValue::NotAUuid { what: $what })
            }

            /// The UUID.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl FromStr for $type {
            type Err = InvalidValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $type {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$type> for Uuid {
            fn from(id: $type) -> Self {
                id.0
            }
        }
    };
}

uuid_id! {
    /// The organisation that a session belongs to.
    TenantId, "a tenant id"
}

uuid_id! {
    /// A session; also the id of each of its four streams.
    SessionId, "a session id"
}

uuid_id! {
    /// A person, by a number that says nothing about them.
    PersonId, "a person id"
}

uuid_id! {
    /// One request for the floor.
    SpeechRequestId, "a speech request id"
}

uuid_id! {
    /// Somebody who can sign in. The same login in the same tenant is the same user.
    UserId, "a user id"
}

uuid_id! {
    /// A service that gets tokens of its own.
    ClientId, "a client id"
}

uuid_id! {
    /// One sign-in of a user, from the login to the last token that was renewed from it.
    SignInId, "a sign-in id"
}

uuid_id! {
    /// A password or a client's secret. What it is stands outside the log.
    CredentialId, "a credential id"
}

uuid_id! {
    /// A one-time code that was sent to somebody. What it says stands nowhere.
    CodeId, "a code id"
}

uuid_id! {
    /// A list of those who may attend, as it was imported.
    RollId, "a roll id"
}

uuid_id! {
    /// Where signals of one person's presence come from one after the other: a door, an instance's sockets, one participant of a
    /// provider's room. It says nothing about anybody.
    ChannelId, "a channel id"
}

macro_rules! outside_id {
    ($(#[$doc:meta])* $type:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// Reads 1 to 128 characters of `A-Z a-z 0-9 . _ : -`.
            ///
            /// # Errors
            ///
            /// [`InvalidValue::NotAnOutsideId`] for anything else.
            pub fn parse(text: &str) -> Result<Self, InvalidValue> {
                if !is_outside_id(text) {
                    return Err(InvalidValue::NotAnOutsideId { what: $what });
                }
                Ok(Self(text.to_owned()))
            }

            /// The id.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        text_value!($type, { "type": "string", "pattern": "^[A-Za-z0-9._:-]{1,128}$" });
    };
}

outside_id! {
    /// An assembly, as the governance service names it.
    AssemblyId, "an assembly id"
}

outside_id! {
    /// A vote, as the governance service names it.
    VoteId, "a vote id"
}

outside_id! {
    /// What somebody wanted to do, as the interface names it: `create_session`.
    OperationName, "an operation"
}

outside_id! {
    /// Whom a key is about, inside one session: `person:<uuid>` or `session`.
    KeySubject, "the subject of a key"
}

fn is_outside_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte))
}

/// The name of a session in public proofs: 128 random bits that lead to nobody who does not know the session already.
/// Text: `urn:acta:s:` and 26 characters of base32 (RFC 4648, section 6), lower case, no padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicId([u8; 16]);

impl PublicId {
    const PREFIX: &str = "urn:acta:s:";
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    const LENGTH: usize = 26;

    /// Takes 16 random bytes.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads the one text that a public id has.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::NotAPublicId`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        text.strip_prefix(Self::PREFIX)
            .and_then(Self::decode)
            .map(|bits| Self(bits.to_be_bytes()))
            .ok_or(InvalidValue::NotAPublicId)
    }

    fn decode(code: &str) -> Option<u128> {
        let (last, head) = code.as_bytes().split_last()?;
        if code.len() != Self::LENGTH {
            return None;
        }
        let bits = head.iter().try_fold(0_u128, |bits, byte| Some((bits << 5) | Self::digit(*byte)?))?;
        let last = Self::digit(*last)?;
        // 26 characters hold 130 bits: the last two must be zero, or one id would have several texts.
        (last % 4 == 0).then_some((bits << 3) | (last / 4))
    }

    fn digit(byte: u8) -> Option<u128> {
        let place = Self::ALPHABET.iter().position(|digit| *digit == byte)?;
        u128::try_from(place).ok()
    }
}

impl fmt::Display for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = u128::from_be_bytes(self.0);
        let head = (0..Self::LENGTH - 1).map(|place| bits >> (123 - 5 * place));
        f.write_str(Self::PREFIX)?;
        for digit in head.chain([bits << 2]) {
            let digit = usize::from(digit.to_le_bytes()[0] & 0b1_1111);
            f.write_str(char::from(Self::ALPHABET[digit]).encode_utf8(&mut [0; 4]))?;
        }
        Ok(())
    }
}

text_value!(PublicId, { "type": "string", "pattern": "^urn:acta:s:[a-z2-7]{26}$" });
