//! Persons: their keys, and the sealed parts of events that only those keys open.
//!
//! Names, titles, reasons, contact data and spoken words are sealed before a command is decided, under a key of that person in
//! that session. Destroying the key makes them unreadable in the log, the views, the feed and every copy, and leaves every
//! commitment as it was.

#[cfg(feature = "contract")]
pub mod contract;
mod erase;
mod hand_out;
mod keys;
mod part;
mod stored_part;
mod subject;
mod text;
mod wrap;

pub use erase::PersonErased;
pub use keys::{KeyState, PersonKeys, PersonKeysError};
pub use part::{PersonalPart, Persons, SealError};
pub use stored_part::{InvalidStoredPart, StoredPart};
pub use subject::{InvalidSubject, Subject};
pub use text::{InvalidText, PersonalText};
pub use wrap::{KeyWrap, UnwrapError};
