//! `POST /sessions/{id}/floor/requests/{requestId}/resume`.

use axum::extract::State;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Command, FloorModerate, NoBody, Params};
use crate::paths::RequestPath;
use crate::problem::Problem;
use crate::state::App;

/// Let the clock of a paused turn go on where it stood.
#[utoipa::path(
    post, path = "/sessions/{id}/floor/requests/{requestId}/resume", tag = "floor", operation_id = "resume_turn",
    params(RequestPath), responses((status = 200, description = "Recorded.", body = Recorded)),
    security(("bearer" = [])),
)]
pub(super) async fn resume_turn(
    State(app): State<App>,
    allowed: Allowed<FloorModerate>,
    Params(path): Params<RequestPath>,
    command: Command<NoBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let accepted = app.use_cases.resume_turn(&context, path.session, path.request).await?;
    Ok(Written::done(accepted))
}
