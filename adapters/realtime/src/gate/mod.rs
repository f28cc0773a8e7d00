//! Who may come in: asked of the HTTP API, by the same code that lets requests in.

mod answer;
mod credentials;
mod handshake;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use acta_application::access::{Admitted, Revocations};
use acta_domain::SessionId;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use tower::ServiceExt as _;

pub(crate) use answer::refusal_of;
pub(crate) use credentials::Credentials;
pub(crate) use handshake::Handshake;

use crate::refusal::{Refusal, RoomProblem};

/// Lets people into sessions, and renews what let them in.
pub(crate) struct Gate {
    api: Router,
    revocations: Arc<dyn Revocations>,
    patience: Duration,
}

impl Gate {
    /// The gate of `api`, which has so long to answer.
    pub(crate) fn new(api: Router, revocations: Arc<dyn Revocations>, patience: Duration) -> Self {
        Self { api, revocations, patience }
    }

    /// Lets whoever shows `credentials` into `session`.
    ///
    /// # Errors
    /// What a request for the session would be refused with: no token that is accepted, a proof that is missing or wrong, a
    /// permission that is missing, no such session. And what was taken back before its time.
    pub(crate) async fn admit(
        &self,
        session: SessionId,
        credentials: &Credentials,
    ) -> Result<Admitted, Refusal> {
        let asked = tokio::time::timeout(self.patience, self.ask(session, credentials)).await;
        asked.unwrap_or_else(|_| Err(late()))
    }

    /// Lets whoever is `present` in `session` stay, with other credentials of theirs.
    ///
    /// # Errors
    /// As for [`Gate::admit`]; and `unauthorized` when the credentials are somebody else's, or promise less: a connection that has
    /// proven a key does not go on without one.
    pub(crate) async fn renew(
        &self,
        session: SessionId,
        credentials: &Credentials,
        present: &Admitted,
    ) -> Result<Admitted, Refusal> {
        let admitted = self.admit(session, credentials).await?;
        let (known, shown) = (&present.principal, &admitted.principal);
        if (known.tenant, &known.actor) != (shown.tenant, &shown.actor) {
            return Err(unauthorized("the access token is somebody else's"));
        }
        if present.proven && !admitted.proven {
            return Err(unauthorized("renew with a token that is bound to a key, and a proof, as it began"));
        }
        Ok(admitted)
    }

    async fn ask(&self, session: SessionId, credentials: &Credentials) -> Result<Admitted, Refusal> {
        let answer = self.answer(session, credentials).await;
        let Some(admitted) = answer.extensions().get::<Admitted>().cloned() else {
            return Err(refusal_of(answer).await);
        };
        match self.revocations.revoked(&admitted).await {
            Ok(None) => Ok(admitted),
            Ok(Some(revoked)) => Err(unauthorized(revoked.to_string())),
            Err(error) => {
                tracing::warn!(%error, "whether a token was taken back could not be told");
                Err(Refusal::after(
                    RoomProblem::Unavailable,
                    "it cannot be told whether the token still counts",
                    1,
                ))
            }
        }
    }

    async fn answer(&self, session: SessionId, credentials: &Credentials) -> Response {
        let mut request = Request::get(format!("/api/v1/sessions/{session}/live"))
            .body(Body::empty())
            .expect("the path is plain");
        request.headers_mut().extend(credentials.headers());
        let answered = self.api.clone().oneshot(request).await;
        answered.unwrap_or_else(|never: std::convert::Infallible| match never {})
    }
}

fn unauthorized(detail: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Refusal::new(RoomProblem::Unauthorized, detail)
}

fn late() -> Refusal {
    Refusal::after(RoomProblem::Unavailable, "the service took too long to let you in", 1)
}
