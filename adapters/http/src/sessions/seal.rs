//! `POST /sessions/{id}/seal`.

use axum::extract::State;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Command, NoBody, Params, SessionsOperate};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::state::App;

/// Seal a session that is over: nothing can be added to its record any more.
#[utoipa::path(
    post, path = "/sessions/{id}/seal", tag = "sessions", operation_id = "seal_session", params(SessionPath),
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(super) async fn seal_session(
    State(app): State<App>,
    allowed: Allowed<SessionsOperate>,
    Params(path): Params<SessionPath>,
    command: Command<NoBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let accepted = app.use_cases.seal_session(&context, path.session).await?;
    Ok(Written::done(accepted))
}
