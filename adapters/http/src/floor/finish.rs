//! `POST /sessions/{id}/floor/requests/{requestId}/finish`.

use axum::extract::State;

use super::on_whose_behalf;
use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Command, FloorRequestOrModerate, NoBody, Params};
use crate::paths::RequestPath;
use crate::problem::Problem;
use crate::state::App;

/// Finish a turn: one's own, or anybody's as the chair.
#[utoipa::path(
    post, path = "/sessions/{id}/floor/requests/{requestId}/finish", tag = "floor", operation_id = "finish_speech",
    params(RequestPath), responses((status = 200, description = "Recorded.", body = Recorded)),
    security(("bearer" = [])),
)]
pub(super) async fn finish_speech(
    State(app): State<App>,
    allowed: Allowed<FloorRequestOrModerate>,
    Params(path): Params<RequestPath>,
    command: Command<NoBody>,
) -> Result<Written<Recorded>, Problem> {
    let by = on_whose_behalf(&allowed.principal)?;
    let context = command.context(&app, &allowed.principal);
    let accepted = app.use_cases.finish_speech(&context, path.session, path.request, by).await?;
    Ok(Written::done(accepted))
}
