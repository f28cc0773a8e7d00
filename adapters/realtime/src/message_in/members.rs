//! The members of a message, each as it was sent.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::refusal::{Refusal, RoomProblem};

/// The members of a message, in the order in which they were sent; one that was sent twice is there twice, for the API to refuse.
#[derive(Debug)]
pub(super) struct Members(Vec<(String, Box<RawValue>)>);

impl Members {
    /// Those of `data`.
    pub(super) fn of(data: &RawValue) -> Result<Self, Refusal> {
        serde_json::from_str(data.get())
            .map_err(|_| Refusal::new(RoomProblem::InvalidBody, "the data of a message is an object"))
    }

    /// Takes out the UUID called `name`.
    pub(super) fn take_id(&mut self, name: &str) -> Result<Uuid, Refusal> {
        let malformed = |detail: &str| {
            Refusal::at_field(RoomProblem::InvalidBody, &format!("/{name}"), format!("`{name}` {detail}"))
        };
        let text = self.take_text(name)?.ok_or_else(|| malformed("is missing: a UUID"))?;
        text.parse().map_err(|_| malformed("is a UUID"))
    }

    /// Takes out the text called `name`, if there is one.
    pub(super) fn take_text(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        let malformed = |detail: &str| {
            Refusal::at_field(RoomProblem::InvalidBody, &format!("/{name}"), format!("`{name}` {detail}"))
        };
        let mut taken = self.0.extract_if(.., |(member, _)| member == name);
        let Some((_, value)) = taken.next() else { return Ok(None) };
        if taken.next().is_some() {
            return Err(malformed("is there twice"));
        }
        serde_json::from_str(value.get()).map(Some).map_err(|_| malformed("is a text"))
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        let mut map = writer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        reader.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(text: &str) -> Result<Members, Refusal> {
        Members::of(&RawValue::from_string(text.to_owned()).unwrap())
    }

    #[test]
    fn what_is_not_taken_out_stays_as_it_was_sent() {
        let mut members =
            members(r#"{"b": 1.0, "request_id": "00000000-0000-0000-0000-000000000007", "a": [ ], "b": 2}"#)
                .unwrap();
        assert_eq!(members.take_id("request_id").unwrap(), Uuid::from_u128(7));
        assert_eq!(serde_json::to_string(&members).unwrap(), r#"{"b":1.0,"a":[ ],"b":2}"#);
    }

    #[test]
    fn data_that_is_no_object_is_refused() {
        for text in ["3", "null", "[]", r#""x""#] {
            assert_eq!(members(text).unwrap_err().slug, "invalid-body", "{text}");
        }
    }

    #[test]
    fn an_id_is_there_once_and_is_a_uuid() {
        for text in [
            "{}",
            r#"{"id": null}"#,
            r#"{"id": 7}"#,
            r#"{"id": "x/../y"}"#,
            r#"{"id": "00000000-0000-0000-0000-000000000007", "id": "00000000-0000-0000-0000-000000000007"}"#,
        ] {
            let refusal = members(text).unwrap().take_id("id").unwrap_err();
            assert_eq!(refusal.slug, "invalid-body", "{text}");
            assert!(refusal.document().get().contains(r#""field":"/id""#), "{text}");
        }
    }
}
