//! Conditional requests.

use axum::extract::FromRequestParts;
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;

use acta_application::log::Sequence;

use crate::problem::{Problem, ProblemKind};
use crate::state::App;

/// The version that a change was made for (`If-Match: "3"`, RFC 9110 §13.1.1), if it was made for one. `*` is any.
pub(crate) struct IfMatch(pub(crate) Option<Sequence>);

impl FromRequestParts<App> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(IF_MATCH).iter();
        let Some(value) = values.next() else {
            return Ok(Self(None));
        };
        let text = value.to_str().ok().filter(|_| values.next().is_none());
        if text == Some("*") {
            return Ok(Self(None));
        }
        text.and_then(version).map(|version| Self(Some(version))).ok_or_else(|| {
            Problem::new(
                ProblemKind::InvalidParameter,
                "send one entity tag as it was given, such as `\"3\"`, or `*`",
            )
            .at_parameter("If-Match")
        })
    }
}

/// The version that an entity tag stands for.
fn version(tag: &str) -> Option<Sequence> {
    let digits = tag.strip_prefix('"')?.strip_suffix('"')?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain).map(Sequence::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entity_tag_is_a_version_in_quotes() {
        assert_eq!(version("\"12\""), Some(Sequence::new(12)));
    }

    #[test]
    fn anything_else_is_no_entity_tag() {
        for text in ["", "12", "\"\"", "\"+1\"", "W/\"1\"", "\"1\", \"2\"", "\"99999999999999999999\""] {
            assert_eq!(version(text), None, "{text}");
        }
    }
}
