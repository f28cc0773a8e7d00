//! The cookie that carries the refresh token, out of reach of scripts (RFC 6265).

use std::time::Duration;

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use zeroize::Zeroizing;

const NAME: &str = "acta_refresh";

/// `Set-Cookie` that keeps `token` for `lifetime`; only sent to the routes below `/v2`, and by TLS alone if `secure`.
pub(super) fn keep(token: &str, lifetime: Duration, secure: bool) -> HeaderValue {
    let text = Zeroizing::new(format!("{NAME}={token}; {}", attributes(lifetime, secure)));
    let mut value = HeaderValue::try_from(text.as_str()).expect("a refresh token is base64url");
    value.set_sensitive(true);
    value
}

/// `Set-Cookie` that forgets the token.
pub(super) fn forget(secure: bool) -> HeaderValue {
    let text = format!("{NAME}=; {}", attributes(Duration::ZERO, secure));
    HeaderValue::try_from(text).expect("the attributes are visible ASCII")
}

fn attributes(lifetime: Duration, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("HttpOnly; SameSite=Strict; Path=/v2; Max-Age={}{secure}", lifetime.as_secs())
}

/// The refresh token that the request brings as a cookie, if it does.
pub(super) fn token(headers: &HeaderMap) -> Option<Zeroizing<String>> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, value)| *name == NAME && !value.is_empty())
        .map(|(_, value)| Zeroizing::new(value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_out_of_reach_of_scripts_other_sites_and_other_paths() {
        let cookie = keep("abc", Duration::from_mins(1), true);
        assert!(cookie.is_sensitive());
        assert_eq!(cookie, "acta_refresh=abc; HttpOnly; SameSite=Strict; Path=/v2; Max-Age=60; Secure");
        assert_eq!(forget(false), "acta_refresh=; HttpOnly; SameSite=Strict; Path=/v2; Max-Age=0");
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let headers = |values: &[&str]| -> HeaderMap {
            values.iter().map(|value| (COOKIE, value.parse().unwrap())).collect()
        };
        assert_eq!(
            token(&headers(&["a=b; acta_refresh=x-_y; c=d"])).as_deref().map(String::as_str),
            Some("x-_y")
        );
        assert_eq!(token(&headers(&["a=b", "acta_refresh=z"])).as_deref().map(String::as_str), Some("z"));
        for values in [&[][..], &["acta_refresh="], &["xacta_refresh=z"], &["acta_refresh"]] {
            assert_eq!(token(&headers(values)), None, "{values:?}");
        }
    }
}
