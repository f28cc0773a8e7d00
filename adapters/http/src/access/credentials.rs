//! The access token of a request, as it was sent.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::challenge::Challenge;
use crate::problem::Problem;

/// How a token was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// Whoever has it may use it (RFC 6750 §2.1).
    Bearer,
    /// With a proof that its key is held (RFC 9449 §7.1).
    DPoP,
}

/// The token of the request, if one was sent.
pub(super) fn token(headers: &HeaderMap) -> Result<Option<(Scheme, &str)>, Problem> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => {
            let sent = value.to_str().ok().and_then(parse);
            sent.map(Some)
                .ok_or_else(|| malformed("`Authorization` is neither `DPoP <token>` nor `Bearer <token>`"))
        }
        (Some(_), Some(_)) => Err(malformed("`Authorization` was sent more than once")),
    }
}

fn malformed(detail: &'static str) -> Problem {
    Problem::unauthorized(detail, Challenge::Either)
}

fn parse(text: &str) -> Option<(Scheme, &str)> {
    let (scheme, token) = text.split_once(' ')?;
    let scheme = match scheme {
        scheme if scheme.eq_ignore_ascii_case("bearer") => Scheme::Bearer,
        scheme if scheme.eq_ignore_ascii_case("dpop") => Scheme::DPoP,
        _ => return None,
    };
    let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    is_token.then_some((scheme, token))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemKind;

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (AUTHORIZATION, value.parse().unwrap())).collect()
    }

    #[test]
    fn the_scheme_is_read_whatever_its_case() {
        assert_eq!(token(&headers(&["bearer abc.def"])).unwrap(), Some((Scheme::Bearer, "abc.def")));
        assert_eq!(token(&headers(&["dPoP abc.def"])).unwrap(), Some((Scheme::DPoP, "abc.def")));
        assert_eq!(token(&headers(&[])).unwrap(), None);
    }

    #[test]
    fn anything_but_one_token_is_unauthorized() {
        for values in [&["Basic abc"][..], &["Bearer"], &["DPoP "], &["Bearer a b"], &["Bearer a", "DPoP b"]]
        {
            let problem = token(&headers(values)).unwrap_err();
            assert_eq!(problem.kind(), ProblemKind::Unauthorized, "{values:?}");
        }
    }
}
