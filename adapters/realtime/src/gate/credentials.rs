//! What somebody shows to be let in.

use std::fmt;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::refusal::{Refusal, RoomProblem};

const DPOP: HeaderName = HeaderName::from_static("dpop");

/// What somebody shows to be let in: an access token and, if it is bound to a key, the proof of holding it. The proof is that of
/// `GET {origin}/api/v1/sessions/{id}/live`, on every transport.
#[derive(Clone)]
pub(crate) struct Credentials(HeaderMap);

impl Credentials {
    /// A token, and a proof if there is one.
    ///
    /// # Errors
    /// `invalid-body` when one of them is not visible ASCII.
    pub(crate) fn new(token: &str, dpop: Option<&str>) -> Result<Self, Refusal> {
        let scheme = if dpop.is_some() { "DPoP" } else { "Bearer" };
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, secret(&format!("{scheme} {}", visible("token", token)?)));
        if let Some(proof) = dpop {
            headers.insert(DPOP, secret(visible("dpop", proof)?));
        }
        Ok(Self(headers))
    }

    /// Those of a request, as they were sent; [`None`] when it brings none.
    pub(crate) fn of_request(headers: &HeaderMap) -> Option<Self> {
        headers.contains_key(AUTHORIZATION).then(|| {
            let shown = |(name, value): (&HeaderName, &HeaderValue)| (name.clone(), value.clone());
            Self(headers.iter().filter(|(name, _)| [AUTHORIZATION, DPOP].contains(name)).map(shown).collect())
        })
    }

    /// The headers that they are sent in.
    pub(super) fn headers(&self) -> HeaderMap {
        self.0.clone()
    }
}

impl fmt::Debug for Credentials {
    /// Never the texts: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

fn visible<'a>(member: &str, text: &'a str) -> Result<&'a str, Refusal> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(text);
    }
    let detail = format!("`{member}` is a text of visible ASCII characters, without spaces");
    Err(Refusal::at_field(RoomProblem::InvalidBody, &format!("/{member}"), detail))
}

fn secret(text: &str) -> HeaderValue {
    let mut value = HeaderValue::from_str(text).expect("visible ASCII can be sent in a header");
    value.set_sensitive(true);
    value
}
