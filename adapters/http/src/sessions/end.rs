//! `POST /sessions/{id}/end`.

use axum::extract::State;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Command, NoBody, Params, SessionsEnd};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::state::App;

/// End a session that is active; votes must be closed.
#[utoipa::path(
    post, path = "/sessions/{id}/end", tag = "sessions", operation_id = "end_session", params(SessionPath),
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(super) async fn end_session(
    State(app): State<App>,
    allowed: Allowed<SessionsEnd>,
    Params(path): Params<SessionPath>,
    command: Command<NoBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let accepted = app.use_cases.end_session(&context, path.session).await?;
    Ok(Written::done(accepted))
}
