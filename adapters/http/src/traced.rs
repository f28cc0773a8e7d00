//! Each request in a span of its own: what log lines and traces call it.

use acta_application::access::Principal;
use acta_application::log::TraceParent;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::Instant;
use tracing::field::{Empty, display};
use tracing::{Instrument as _, Span};
use uuid::Uuid;

use crate::extract::traceparent;
use crate::state::App;

/// The span of a request, which everything that it sets off follows from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestSpan(pub(crate) TraceParent);

/// Answers inside a span: of the trace that the request names, else of a new one. Says in the end, in one line, what was answered.
pub(crate) async fn traced(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let parent = traceparent(request.headers());
    let own =
        parent.map_or_else(|| TraceParent::begin(&*app.randomness), |parent| parent.child(&*app.randomness));
    request.extensions_mut().insert(RequestSpan(own));
    let asked = Asked::of(&request);
    let span = asked.span(parent, own);
    let began = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    asked.answered(&span, response.status(), began);
    response
}

/// Lets the log lines of this request say who sent it.
pub(crate) fn sent_by(principal: &Principal) {
    let span = Span::current();
    span.record("tenant_id", display(&principal.tenant));
    span.record("user_id", display(&principal.actor));
}

/// What is said of a request: its route and not its path or query, which can hold words.
struct Asked {
    method: Method,
    route: Option<MatchedPath>,
    session: Option<Uuid>,
}

impl Asked {
    fn of(request: &Request) -> Self {
        Self {
            method: request.method().clone(),
            route: request.extensions().get::<MatchedPath>().cloned(),
            session: session(request.uri().path()),
        }
    }

    fn route(&self) -> &str {
        self.route.as_ref().map_or("", MatchedPath::as_str)
    }

    fn span(&self, parent: Option<TraceParent>, own: TraceParent) -> Span {
        let (method, route) = (self.method.as_str(), self.route());
        tracing::info_span!(
            "request",
            otel.name = format_args!("{method} {route}"),
            otel.kind = "server",
            otel.status_code = Empty,
            http.request.method = method,
            http.route = route,
            http.response.status_code = Empty,
            traceparent = parent.map(display),
            trace_id = own.trace_id(),
            span_id = own.span_id(),
            tenant_id = Empty,
            session_id = self.session.map(display),
            user_id = Empty,
        )
    }

    fn answered(&self, span: &Span, status: StatusCode, began: Instant) {
        span.record("http.response.status_code", status.as_u16());
        if status.is_server_error() {
            span.record("otel.status_code", "ERROR");
        }
        let (method, route, status) = (self.method.as_str(), self.route(), status.as_u16());
        let duration_ms = micros(began) / 1_000.0;
        if self.is_a_look() {
            tracing::debug!(parent: span, method, route, status, duration_ms, "answered");
        } else {
            tracing::info!(parent: span, method, route, status, duration_ms, "answered");
        }
    }

    /// Whether it is a machine that looks in every few seconds.
    fn is_a_look(&self) -> bool {
        let route = self.route();
        route == "/metrics" || route.trim_start_matches("/api/v1").starts_with("/health")
    }
}

#[expect(clippy::cast_precision_loss, reason = "a request takes far less than 2^52 microseconds")]
fn micros(began: Instant) -> f64 {
    began.elapsed().as_micros() as f64
}

/// The session that a path is about.
fn session(path: &str) -> Option<Uuid> {
    let mut parts = path.split('/');
    parts.find(|part| *part == "sessions")?;
    parts.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_stands_in_the_path() {
        let id = "0190b6a5-5b1e-7c3a-8a4b-0123456789ab";
        assert_eq!(session(&format!("/api/v1/sessions/{id}/floor")), id.parse().ok());
        for path in ["/api/v1/sessions", "/api/v1/sessions/x", "/api/v1/events", "/"] {
            assert_eq!(session(path), None, "{path}");
        }
    }
}
