//! `POST /sessions/{id}/start`.

use axum::extract::State;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Command, NoBody, Params, SessionsOperate};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::state::App;

/// Start a session that is scheduled.
#[utoipa::path(
    post, path = "/sessions/{id}/start", tag = "sessions", operation_id = "start_session", params(SessionPath),
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(super) async fn start_session(
    State(app): State<App>,
    allowed: Allowed<SessionsOperate>,
    Params(path): Params<SessionPath>,
    command: Command<NoBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let accepted = app.use_cases.start_session(&context, path.session).await?;
    Ok(Written::done(accepted))
}
