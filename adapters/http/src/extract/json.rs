//! Bodies.

use axum::http::HeaderMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_path_to_error::{Path, Segment};

use super::content::media_type;
use crate::problem::{Problem, ProblemKind};

/// Names of members, in groups.
pub(crate) type Names = &'static [&'static [&'static str]];

/// A request body: JSON, every member known.
pub(crate) trait Body: DeserializeOwned + Send {
    /// The names of all its members, if a problem may name no other: somebody could have put there what nobody may see.
    const NAMES: Option<Names> = None;

    /// What an empty body means, if it may be empty.
    fn when_empty() -> Option<Self> {
        None
    }
}

/// The body of a request that needs none: empty, or `{}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object without members")]
pub(crate) struct NoBody {}

impl Body for NoBody {
    fn when_empty() -> Option<Self> {
        Some(Self {})
    }
}

/// Reads a body of type `B`.
pub(crate) fn parse<B: Body>(headers: &HeaderMap, bytes: &[u8]) -> Result<B, Problem> {
    if bytes.is_empty()
        && let Some(body) = B::when_empty()
    {
        return Ok(body);
    }
    if !is_json(headers) {
        return Err(Problem::new(ProblemKind::WrongContentType, "send the body as `application/json`"));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let body = serde_path_to_error::deserialize(&mut reader).map_err(|error| refused(&error, B::NAMES))?;
    reader.end().map_err(|error| Problem::new(ProblemKind::MalformedJson, error.to_string()))?;
    Ok(body)
}

fn refused(error: &serde_path_to_error::Error<serde_json::Error>, names: Option<Names>) -> Problem {
    let inner = error.inner();
    let detail = inner.to_string();
    if !inner.is_data() {
        return Problem::new(ProblemKind::MalformedJson, detail);
    }
    Problem::new(ProblemKind::InvalidBody, unquoted(detail)).at_field(pointer(error.path(), names))
}

/// `detail` without what was sent. Serde says what there is, quoted, and then what it expected, which is text of ours alone.
fn unquoted(detail: String) -> String {
    match detail.rsplit_once(", expected ") {
        Some((_, wanted)) => format!("expected {wanted}"),
        None => detail,
    }
}

/// `path` as a JSON pointer (RFC 6901), as far as it may be told: to the first member that is none of `names`.
fn pointer(path: &Path, names: Option<Names>) -> String {
    let mut pointer = String::new();
    for segment in path {
        if let (Segment::Map { key }, Some(names)) = (segment, names)
            && !names.iter().any(|group| group.contains(&key.as_str()))
        {
            break;
        }
        pointer.push('/');
        match segment {
            Segment::Seq { index } => pointer.push_str(&index.to_string()),
            Segment::Map { key } => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => pointer.push_str(variant),
            Segment::Unknown => pointer.push('?'),
        }
    }
    pointer
}

fn is_json(headers: &HeaderMap) -> bool {
    let essence = media_type(headers);
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// A member that may be left out but is not `null`: use with `#[serde(default, deserialize_with = "given")]`.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    reader: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(reader).map(Some)
}

/// A member that must be there and may be `null`: use with `#[serde(deserialize_with = "or_null")]`.
pub(crate) fn or_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    reader: D,
) -> Result<Option<T>, D::Error> {
    Option::deserialize(reader)
}

#[cfg(test)]
mod tests {
    use axum::http::header::CONTENT_TYPE;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, expecting = "an object")]
    struct Example {
        #[serde(default, deserialize_with = "given")]
        number: Option<u8>,
    }

    impl Body for Example {}

    fn json() -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, "application/json; charset=utf-8".parse().unwrap())])
    }

    fn kind_of(bytes: &[u8]) -> ProblemKind {
        parse::<Example>(&json(), bytes).unwrap_err().kind()
    }

    #[test]
    fn a_body_of_its_form_is_read() {
        assert_eq!(parse::<Example>(&json(), br#" {"number": 7} "#).unwrap().number, Some(7));
        assert_eq!(parse::<Example>(&json(), b"{}").unwrap().number, None);
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        let deep = "[".repeat(10_000);
        for bytes in [&b""[..], b"{", b"{}{}", b"{} x", b"nope", b"\xff\xfe", b"{\"number\": NaN}"] {
            assert_eq!(kind_of(bytes), ProblemKind::MalformedJson, "{bytes:?}");
        }
        assert_eq!(kind_of(format!("{{\"number\": {deep}").as_bytes()), ProblemKind::InvalidBody);
    }

    #[test]
    fn what_does_not_have_its_form_is_invalid() {
        for bytes in [
            &br#"{"number": 256}"#[..],
            br#"{"number": null}"#,
            br#"{"x": 1}"#,
            b"3",
            br#"{"number":1,"number":2}"#,
        ] {
            assert_eq!(kind_of(bytes), ProblemKind::InvalidBody, "{bytes:?}");
        }
    }

    #[test]
    fn a_body_of_another_type_is_refused() {
        let problem = parse::<Example>(&HeaderMap::new(), b"{}").unwrap_err();
        assert_eq!(problem.kind(), ProblemKind::WrongContentType);
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, expecting = "an object")]
    #[expect(dead_code, reason = "no such body is ever whole")]
    struct Discreet {
        number: u8,
        kind: Kind,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        Short,
        Long,
    }

    impl Body for Discreet {
        const NAMES: Option<Names> = Some(&[&["number"], &["kind"]]);
    }

    #[test]
    fn what_was_sent_does_not_come_back() {
        let marker = "marker, expected marker";
        for (body, field) in [
            (serde_json::json!(marker), ""),
            (serde_json::json!([marker]), "/0"),
            (serde_json::json!({ "number": marker }), "/number"),
            (serde_json::json!({ "number": { marker: 1 } }), "/number"),
            (serde_json::json!({ "number": 1, "kind": marker }), "/kind"),
            (serde_json::json!({ marker: 1 }), ""),
            (serde_json::json!({ marker: { marker: marker } }), ""),
        ] {
            let problem = parse::<Discreet>(&json(), body.to_string().as_bytes()).unwrap_err();
            assert_eq!(problem.kind(), ProblemKind::InvalidBody, "{body}");
            let told = format!("{problem:?}");
            assert!(!told.contains("marker"), "{body}: {told}");
            assert!(told.contains(&format!("field: Some({field:?})")), "{body}: {told}");
        }
    }
}
