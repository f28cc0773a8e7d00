//! `POST /sessions/{id}/floor/requests/{requestId}/pause`.

use axum::extract::State;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Command, FloorModerate, NoBody, Params};
use crate::paths::RequestPath;
use crate::problem::Problem;
use crate::state::App;

/// Stop the clock of a turn; it is still their turn, and can be finished.
#[utoipa::path(
    post, path = "/sessions/{id}/floor/requests/{requestId}/pause", tag = "floor", operation_id = "pause_turn",
    params(RequestPath), responses((status = 200, description = "Recorded.", body = Recorded)),
    security(("bearer" = [])),
)]
pub(super) async fn pause_turn(
    State(app): State<App>,
    allowed: Allowed<FloorModerate>,
    Params(path): Params<RequestPath>,
    command: Command<NoBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let accepted = app.use_cases.pause_turn(&context, path.session, path.request).await?;
    Ok(Written::done(accepted))
}
