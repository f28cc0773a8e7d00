//! What became of a message.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::refusal::Refusal;

/// What became of a message, as its sender is told: what the API answered, or `{"problem": …}`.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// It was carried out.
    Done(Box<RawValue>),
    /// It was not.
    Refused(Refusal),
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Done(body) => body.serialize(writer),
            Self::Refused(refusal) => {
                let mut map = writer.serialize_map(Some(1))?;
                map.serialize_entry("problem", refusal.document())?;
                map.end()
            }
        }
    }
}
