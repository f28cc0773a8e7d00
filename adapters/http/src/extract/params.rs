//! Parameters of the path and of the query.

use axum::extract::FromRequestParts;
use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::{Problem, ProblemKind};
use crate::state::App;

/// The parameters of the path.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, app).await;
        path.map(|axum::extract::Path(params)| Self(params)).map_err(misread)
    }
}

fn misread(rejection: PathRejection) -> Problem {
    let PathRejection::FailedToDeserializePathParams(error) = rejection else {
        return Problem::internal(&rejection);
    };
    match error.into_kind() {
        ErrorKind::ParseErrorAtKey { key, .. } => invalid("it cannot be read").at_parameter(key),
        ErrorKind::DeserializeError { key, message, .. } => invalid(message).at_parameter(key),
        ErrorKind::InvalidUtf8InPathParam { key } => invalid("it is not UTF-8").at_parameter(key),
        other => invalid(other.to_string()),
    }
}

/// The parameters of the query.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        parse(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let name = error.path().to_string();
        let problem = invalid(error.into_inner().to_string());
        if name == "." { problem } else { problem.at_parameter(name) }
    })
}

fn invalid(detail: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    Problem::new(ProblemKind::InvalidParameter, detail)
}

#[cfg(test)]
mod tests {
    use acta_domain::Timestamp;
    use serde::Deserialize;

    use super::*;
    use crate::extract::Number;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Example {
        limit: Option<Number<1, 200>>,
        at: Option<Timestamp>,
    }

    #[test]
    fn a_query_of_its_form_is_read() {
        let query: Example = parse("limit=200&at=2026-11-22T10%3A00%3A00Z").unwrap();
        assert_eq!(query.limit.unwrap().get(), 200);
        assert!(query.at.is_some());
        assert!(parse::<Example>("").unwrap().limit.is_none());
    }

    #[test]
    fn a_query_that_does_not_have_its_form_is_refused() {
        for query in
            ["limit=201", "limit=0", "limit=-1", "limit=", "limit=1&limit=2", "at=now", "x=1", "limit=1.0"]
        {
            assert_eq!(parse::<Example>(query).unwrap_err().kind(), ProblemKind::InvalidParameter, "{query}");
        }
    }
}
