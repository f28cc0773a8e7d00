//! A command: its body, its idempotency key and what it follows from.

use acta_application::CommandContext;
use acta_application::access::Principal;
use axum::RequestExt as _;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, OriginalUri, Request};
use axum::http::{HeaderMap, Method};
use bytes::Bytes;

use super::json::{self, Body};
use super::trace::traceparent;
use crate::problem::{Problem, ProblemKind};
use crate::state::{App, HttpState};

const KEY: &str = "idempotency-key";

/// A command, read whole.
pub(crate) struct Command<B> {
    /// What it says.
    pub(crate) body: B,
    method: Method,
    path: OriginalUri,
    bytes: Bytes,
    key: Option<String>,
    traceparent: Option<String>,
}

impl<B> Command<B> {
    /// Its context, sent by `principal`.
    pub(crate) fn context(&self, app: &HttpState, principal: &Principal) -> CommandContext {
        let traceparent = self.traceparent.clone();
        let context = CommandContext::of_request(principal, traceparent, &*app.clock, &*app.randomness);
        let Some(key) = &self.key else {
            return context;
        };
        let request = [self.method.as_str().as_bytes(), self.path.path().as_bytes(), &self.bytes];
        context.under_key(&app.command_secret, key, &request)
    }
}

impl<B: Body> FromRequest<App> for Command<B> {
    type Rejection = Problem;

    async fn from_request(mut request: Request, _: &App) -> Result<Self, Problem> {
        let path =
            request.extract_parts().await.unwrap_or_else(|never: std::convert::Infallible| match never {});
        let method = request.method().clone();
        let headers = std::mem::take(request.headers_mut());
        let key = idempotency_key(&headers)?;
        let traceparent = traceparent(&headers);
        let bytes = Bytes::from_request(request, &()).await.map_err(|rejection| unread(&rejection))?;
        let body = json::parse(&headers, &bytes)?;
        Ok(Self { body, method, path, bytes, key, traceparent })
    }
}

/// The idempotency key, if one was sent: 1 to 255 visible ASCII characters.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(KEY).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().ok().filter(|text| is_key(text) && values.next().is_none());
    text.map(|text| Some(text.to_owned())).ok_or_else(|| {
        Problem::new(ProblemKind::InvalidParameter, "an idempotency key is 1 to 255 visible ASCII characters")
            .at_parameter("Idempotency-Key")
    })
}

fn is_key(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn unread(rejection: &BytesRejection) -> Problem {
    match rejection {
        BytesRejection::FailedToBufferBody(inner)
            if inner.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE =>
        {
            Problem::new(ProblemKind::TooLarge, "a body is at most 256 KiB")
        }
        _ => Problem::new(ProblemKind::MalformedJson, "the body could not be read to its end"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(values: &[&[u8]]) -> Result<Option<String>, Problem> {
        let header =
            |value: &&[u8]| (KEY.parse().unwrap(), axum::http::HeaderValue::from_bytes(value).unwrap());
        idempotency_key(&values.iter().map(header).collect())
    }

    #[test]
    fn a_key_of_255_visible_characters_is_taken() {
        let longest = "k".repeat(255);
        assert_eq!(key(&[longest.as_bytes()]).unwrap(), Some(longest));
        assert_eq!(key(&[]).unwrap(), None);
    }

    #[test]
    fn another_key_is_refused() {
        let long = "k".repeat(256);
        for values in [&[&b""[..]][..], &[b"a b"], &[long.as_bytes()], &[b"\xc3\xa9"], &[b"a", b"b"]] {
            assert_eq!(key(values).unwrap_err().kind(), ProblemKind::InvalidParameter, "{values:?}");
        }
    }
}
