//! `GET /sessions/{id}/live`.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONNECTION, UPGRADE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::extract::{Allowed, Count, Params, Query, SessionsRead};
use crate::paths::SessionPath;
use crate::problem::{Problem, ProblemKind};
use crate::schema;
use crate::state::App;

/// From where on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct JoinSessionQuery {
    /// The last position that was seen: everything of the session behind it follows. Without it, the room begins as it is now.
    #[param(value_type = Option<schema::Whole>)]
    #[expect(dead_code, reason = "it is read where connections are upgraded; here it is only checked")]
    after: Option<Count>,
}

/// Join the room of a session: everything that happens in it as it happens, and taking part, over a WebSocket (RFC 6455).
///
/// The messages are described by `room.asyncapi.json`; they are the same over Socket.IO at `/socket.io/`, namespace `/moderation`.
/// Clients that can send headers authenticate here, as for any request; others send their token as the first message.
#[utoipa::path(
    get, path = "/sessions/{id}/live", tag = "sessions", operation_id = "join_session", params(SessionPath, JoinSessionQuery),
    responses((status = 101, description = "The connection is a WebSocket from now on.")),
    security(("bearer" = [])),
)]
pub(super) async fn join_session(
    State(app): State<App>,
    allowed: Allowed<SessionsRead>,
    Params(path): Params<SessionPath>,
    Query(_query): Query<JoinSessionQuery>,
) -> Result<Response, Problem> {
    app.use_cases.known_session(allowed.principal.tenant, path.session).await?;
    let problem = Problem::new(ProblemKind::UpgradeRequired, "ask for a WebSocket: `Upgrade: websocket`");
    let mut answer = problem.into_response();
    // RFC 9110 §15.5.22 and §7.8: what to ask for, and that it is about this connection.
    answer.headers_mut().insert(UPGRADE, HeaderValue::from_static("websocket"));
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("upgrade"));
    // For the door of this process that asked on behalf of a connection; it never leaves the process.
    if let Some(admitted) = allowed.into_admitted() {
        answer.extensions_mut().insert(admitted);
    }
    Ok(answer)
}
