//! JSON objects whose names are unique.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A JSON object in which each name occurs once (RFC 7515 §4, RFC 7519 §4); values are read when somebody asks for them.
pub(crate) struct Members<'a>(BTreeMap<Cow<'a, str>, &'a RawValue>);

/// The member is there and has another type than it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

impl<'a> Members<'a> {
    /// Reads a JSON object; nothing if it is none or says something twice.
    pub(crate) fn parse(json: &'a [u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// Whether there is a member of this name, whatever it is.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The member of this name.
    pub(crate) fn get<T: Deserialize<'a>>(&self, name: &str) -> Result<Option<T>, Malformed> {
        self.0.get(name).map(|value| serde_json::from_str(value.get())).transpose().map_err(|_| Malformed)
    }

    /// The member of this name, which is text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<Cow<'a, str>>, Malformed> {
        Ok(self.get::<Text<'a>>(name)?.map(|text| text.0))
    }

    /// The member of this name, which is an object.
    pub(crate) fn object(&self, name: &str) -> Result<Option<Self>, Malformed> {
        self.get(name)
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(UniqueNames)
    }
}

/// Borrowed unless the text has escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

struct UniqueNames;

impl<'de> Visitor<'de> for UniqueNames {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
            if members.insert(name.0, value).is_some() {
                return Err(A::Error::custom("a name occurs twice"));
            }
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_occurs_once_however_it_is_written() {
        assert!(Members::parse(br#"{"alg":"ES256","typ":"x"}"#).is_some());
        for twice in [r#"{"alg":"a","alg":"a"}"#, r#"{"alg":"a","\u0061lg":"b"}"#] {
            assert!(Members::parse(twice.as_bytes()).is_none(), "{twice}");
        }
    }

    #[test]
    fn what_is_no_object_has_no_members() {
        for other in ["", "[]", "null", "\"a\"", "{\"a\":1}x", "{\"a\":1,}", "{\"a\":\"\u{1}\"}"] {
            assert!(Members::parse(other.as_bytes()).is_none(), "{other}");
        }
    }

    #[test]
    fn a_member_of_another_type_is_malformed() {
        let members = Members::parse(br#"{"a":1,"b":null,"c":"\u0063"}"#).unwrap();
        assert_eq!(members.text("a"), Err(Malformed));
        assert_eq!(members.text("b"), Err(Malformed));
        assert_eq!(members.text("c"), Ok(Some("c".into())));
        assert_eq!(members.text("d"), Ok(None));
        assert!(members.has("b"));
    }
}
