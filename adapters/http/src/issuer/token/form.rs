//! What a client sends to get a token.

use std::borrow::Cow;

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::error::TokenProblem;
use crate::schema;

/// What a client sends, form-encoded.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it describes a form that is read by hand, because a parameter must not come twice"
)]
pub(crate) struct TokenForm {
    /// By what the token is had.
    #[schema(pattern = "^client_credentials$")]
    grant_type: String,
    /// The permissions that are wanted, separated by spaces; all that the client has without it.
    #[schema(value_type = Option<String>, nullable = false)]
    scope: Option<String>,
    /// The client, unless it is in `Authorization: Basic`.
    #[schema(value_type = Option<schema::ClientName>, nullable = false)]
    client_id: Option<String>,
    /// Its secret, unless it is in `Authorization: Basic`.
    #[schema(value_type = Option<String>, nullable = false, format = "password")]
    client_secret: Option<String>,
}

/// What a client sends, read.
pub(super) struct Form {
    pub(super) credentials: Credentials,
    pub(super) scope: Option<String>,
}

/// Who the client says it is, and its secret.
pub(super) struct Credentials {
    pub(super) client_id: String,
    pub(super) secret: Zeroizing<String>,
}

/// Reads the request.
pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Form, TokenProblem> {
    if !is_form(headers) {
        return Err(TokenProblem::invalid_request(
            "send the parameters as `application/x-www-form-urlencoded`",
        ));
    }
    if parameter(body, "grant_type")?
        .ok_or_else(|| TokenProblem::invalid_request("`grant_type` is missing"))?
        != "client_credentials"
    {
        return Err(TokenProblem::unsupported_grant_type());
    }
    let scope = parameter(body, "scope")?.map(Cow::into_owned);
    Ok(Form { credentials: credentials(headers, body)?, scope })
}

fn is_form(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// A parameter, which must not come twice (RFC 6749 §3.2); an empty one is none.
fn parameter<'a>(body: &'a [u8], name: &str) -> Result<Option<Cow<'a, str>>, TokenProblem> {
    let mut values = form_urlencoded::parse(body).filter(|(key, _)| key == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(_), Some(_)) => Err(TokenProblem::invalid_request("a parameter came twice")),
        (value, _) => Ok(value.filter(|value| !value.is_empty())),
    }
}

/// The client's credentials: in the header or in the body, not in both (RFC 6749 §2.3).
fn credentials(headers: &HeaderMap, body: &[u8]) -> Result<Credentials, TokenProblem> {
    let id = parameter(body, "client_id")?.map(Cow::into_owned);
    let secret = parameter(body, "client_secret")?.map(|secret| Zeroizing::new(secret.into_owned()));
    let in_header = headers.get(AUTHORIZATION).map(|value| basic(value.as_bytes()));
    match (in_header, id, secret) {
        (Some(_), _, Some(_)) => Err(TokenProblem::invalid_request("the client shows who it is in two ways")),
        (Some(basic), id, None) => {
            let basic = basic.ok_or_else(TokenProblem::invalid_client)?;
            if id.is_some_and(|id| id != basic.client_id) {
                return Err(TokenProblem::invalid_request(
                    "`client_id` is another client than the header names",
                ));
            }
            Ok(basic)
        }
        (None, Some(client_id), Some(secret)) => Ok(Credentials { client_id, secret }),
        (None, ..) => Err(TokenProblem::invalid_client()),
    }
}

/// `Basic`, with both parts form-encoded before they are joined (RFC 6749 §2.3.1).
fn basic(value: &[u8]) -> Option<Credentials> {
    let (scheme, code) = std::str::from_utf8(value).ok()?.split_once(' ')?;
    let plain = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(code.trim()).ok()).flatten()?;
    let plain = Zeroizing::new(String::from_utf8(plain).ok()?);
    let (id, secret) = plain.split_once(':')?;
    Some(Credentials {
        client_id: decoded(id)?.into_owned(),
        secret: Zeroizing::new(decoded(secret)?.into_owned()),
    })
}

/// A form-encoded text that is neither a name nor a value.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    match form_urlencoded::parse(text.as_bytes()).next() {
        Some((text, value)) if value.is_empty() => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(authorization: Option<&str>) -> HeaderMap {
        let form = [(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=UTF-8".parse().unwrap())];
        form.into_iter().chain(authorization.map(|value| (AUTHORIZATION, value.parse().unwrap()))).collect()
    }

    fn basic_of(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    fn error_of(authorization: Option<&str>, body: &str) -> &'static str {
        read(&headers(authorization), body.as_bytes()).err().map_or("", |problem| problem.error())
    }

    #[test]
    fn a_client_shows_who_it_is_in_the_header_or_in_the_body() {
        let header = basic_of("acta%5Fx:a%2Bb");
        let form = read(&headers(Some(&header)), b"grant_type=client_credentials&scope=feed%3Aread").unwrap();
        assert_eq!(
            (form.credentials.client_id.as_str(), form.credentials.secret.as_str()),
            ("acta_x", "a+b")
        );
        assert_eq!(form.scope.as_deref(), Some("feed:read"));
        let body = b"grant_type=client_credentials&client_id=acta_x&client_secret=s&scope=";
        let form = read(&headers(None), body).unwrap();
        assert_eq!((form.credentials.client_id.as_str(), form.credentials.secret.as_str()), ("acta_x", "s"));
        assert_eq!(form.scope, None);
    }

    #[test]
    fn a_request_that_is_none_is_refused_by_its_error() {
        let good = basic_of("acta_x:s");
        for (authorization, body, error) in [
            (Some(good.as_str()), "", "invalid_request"),
            (Some(good.as_str()), "grant_type=password", "unsupported_grant_type"),
            (
                Some(good.as_str()),
                "grant_type=client_credentials&grant_type=client_credentials",
                "invalid_request",
            ),
            (Some(good.as_str()), "grant_type=client_credentials&client_secret=s", "invalid_request"),
            (Some(good.as_str()), "grant_type=client_credentials&client_id=acta_y", "invalid_request"),
            (Some("Bearer x"), "grant_type=client_credentials", "invalid_client"),
            (Some("Basic ???"), "grant_type=client_credentials", "invalid_client"),
            (None, "grant_type=client_credentials", "invalid_client"),
            (None, "grant_type=client_credentials&client_id=acta_x", "invalid_client"),
        ] {
            assert_eq!(error_of(authorization, body), error, "{authorization:?} {body}");
        }
        assert!(read(&HeaderMap::new(), b"grant_type=client_credentials").is_err());
    }
}
