//! Values that tests of several aggregates speak of.

use uuid::Uuid;

use crate::ids::{CredentialId, PersonId};
use crate::values::{RoleName, Timestamp};

/// A moment so many seconds after ten o'clock on 22 November 2026.
pub(crate) fn at(seconds: u32) -> Timestamp {
    let start = Timestamp::parse("2026-11-22T10:00:00Z").expect("a valid value").as_micros();
    Timestamp::from_micros(start + i64::from(seconds) * 1_000_000).expect("a valid value")
}

/// The person with this number.
pub(crate) fn person(number: u8) -> PersonId {
    PersonId::new(Uuid::from_u128(u128::from(number)))
}

/// The password or secret with this number.
pub(crate) fn credential(number: u8) -> CredentialId {
    CredentialId::new(Uuid::from_u128(u128::from(number)))
}

/// The name of a role.
pub(crate) fn role(name: &str) -> RoleName {
    RoleName::parse(name).expect("a valid value")
}
