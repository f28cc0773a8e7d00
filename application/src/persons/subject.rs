//! Whose key.

use std::fmt;
use std::str::FromStr;

use acta_domain::PersonId;

/// Whom a personal part is about, inside one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// One person.
    Person(PersonId),
    /// The session as a whole: its title, why it was cancelled, words of a speaker nobody named.
    Session,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Session => f.write_str("session"),
        }
    }
}

/// The text names no subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a subject is `session` or `person:<uuid>`")]
pub struct InvalidSubject;

impl FromStr for Subject {
    type Err = InvalidSubject;

    fn from_str(text: &str) -> Result<Self, InvalidSubject> {
        match text.strip_prefix("person:") {
            Some(id) => id.parse().map(Self::Person).map_err(|_| InvalidSubject),
            None if text == "session" => Ok(Self::Session),
            None => Err(InvalidSubject),
        }
    }
}
