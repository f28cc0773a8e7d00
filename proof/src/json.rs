//! Canonical JSON (RFC 8785): of everything that may be said there is one text, so that two readers cannot read two things.

use serde_json::{Map, Value};

/// Whether this is a JSON object, written as RFC 8785 writes it.
pub(crate) fn is_canonical_object(text: &[u8]) -> bool {
    // A member that occurs twice is read once, and so is missing in what is written again.
    let written = serde_json::from_slice::<Map<String, Value>>(text)
        .and_then(|object| serde_json_canonicalizer::to_vec(&object));
    written.is_ok_and(|written| written == text)
}

#[cfg(test)]
mod tests {
    use super::is_canonical_object;

    #[test]
    fn an_object_in_canonical_form_is_accepted() {
        for text in ["{}", r#"{"a":[1,2.5,null,true],"b":{"":"\u001b\n€"}}"#, r#"{"n":1e+30}"#] {
            assert!(is_canonical_object(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn an_object_that_says_something_twice_is_refused() {
        for text in [r#"{"yes":1,"yes":99}"#, r#"{"yes":1,"yes":1}"#, r#"{"a":{"b":1,"b":2}}"#] {
            assert!(!is_canonical_object(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn any_other_way_to_write_an_object_is_refused() {
        for text in [r#"{"b":1,"a":2}"#, " {}", "{}\n", r#"{"a": 1}"#, r#"{"a":1.0}"#, r#"{"a":"\u0041"}"#] {
            assert!(!is_canonical_object(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in ["", "{", "7", "null", "[]", r#""text""#, r#"{"a":"\ud800"}"#] {
            assert!(!is_canonical_object(text.as_bytes()), "{text}");
        }
    }
}
