//! Bodies.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_path_to_error::{Path, Segment};

use crate::problem::{Problem, ProblemKind};

/// A request body: JSON, every member known.
pub(crate) trait Body: DeserializeOwned + Send {
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
    let body = serde_path_to_error::deserialize(&mut reader).map_err(|error| refused(&error))?;
    reader.end().map_err(|error| Problem::new(ProblemKind::MalformedJson, error.to_string()))?;
    Ok(body)
}

fn refused(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let inner = error.inner();
    if !inner.is_data() {
        return Problem::new(ProblemKind::MalformedJson, inner.to_string());
    }
    Problem::new(ProblemKind::InvalidBody, inner.to_string()).at_field(pointer(error.path()))
}

/// `path` as a JSON pointer (RFC 6901).
fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
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
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
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
}
