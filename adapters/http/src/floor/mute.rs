//! `POST /sessions/{id}/floor/attendees/{userId}/mute`.

use axum::extract::State;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Command, FloorModerate, NoBody, Params};
use crate::paths::PersonPath;
use crate::problem::Problem;
use crate::state::App;

/// Mute somebody: they cannot be given a turn.
#[utoipa::path(
    post, path = "/sessions/{id}/floor/attendees/{userId}/mute", tag = "floor", operation_id = "mute_attendee",
    params(PersonPath), responses((status = 200, description = "Recorded.", body = Recorded)),
    security(("bearer" = [])),
)]
pub(super) async fn mute_attendee(
    State(app): State<App>,
    allowed: Allowed<FloorModerate>,
    Params(path): Params<PersonPath>,
    command: Command<NoBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let accepted = app.use_cases.mute_attendee(&context, path.session, path.person).await?;
    Ok(Written::done(accepted))
}
