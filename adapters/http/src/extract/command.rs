//! A command: its body, its idempotency key and what it follows from.

use acta_application::CommandContext;
use acta_application::access::Principal;
use acta_application::log::CommandDigest;
use axum::RequestExt as _;
use axum::extract::{FromRequest, OriginalUri, Request};
use axum::http::HeaderMap;

use super::content::Content;
use super::whole;
use crate::problem::{Problem, ProblemKind};
use crate::state::{App, HttpState};
use crate::traced::RequestSpan;

const KEY: &str = "idempotency-key";

/// A command, read whole. Its bytes are gone: what they were is kept as a digest, and that only under an idempotency key.
pub(crate) struct Command<B> {
    /// What it says.
    pub(crate) body: B,
    named: Option<(String, CommandDigest)>,
    span: Option<RequestSpan>,
}

impl<B> Command<B> {
    /// Its context, sent by `principal`.
    pub(crate) fn context(&self, app: &HttpState, principal: &Principal) -> CommandContext {
        let traceparent = self.span.map(|RequestSpan(span)| span.to_string());
        let context = CommandContext::of_request(principal, traceparent, &*app.clock, &*app.randomness);
        match &self.named {
            Some((key, digest)) => context.under_digest(&app.command_secret, key, *digest),
            None => context,
        }
    }
}

impl<B: Content> FromRequest<App> for Command<B> {
    type Rejection = Problem;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, Problem> {
        let path: OriginalUri =
            request.extract_parts().await.unwrap_or_else(|never: std::convert::Infallible| match never {});
        let (parts, body) = request.into_parts();
        let key = idempotency_key(&parts.headers)?;
        let span = parts.extensions.get().copied();
        let bytes = whole::read(body, B::MOST).await?;
        let named = key.map(|key| {
            let whole = [parts.method.as_str().as_bytes(), path.path().as_bytes(), &bytes];
            let digest = CommandDigest::of_request(&app.command_secret, &key, &whole);
            (key, digest)
        });
        Ok(Self { body: B::read(&parts.headers, &bytes)?, named, span })
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
