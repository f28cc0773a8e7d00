//! `POST /sessions/{id}/floor/attendees/{userId}/unmute`.

use axum::extract::State;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Command, FloorModerate, NoBody, Params};
use crate::paths::PersonPath;
use crate::problem::Problem;
use crate::state::App;

/// Let somebody who was muted have turns again.
#[utoipa::path(
    post, path = "/sessions/{id}/floor/attendees/{userId}/unmute", tag = "floor", operation_id = "unmute_attendee",
    params(PersonPath), responses((status = 200, description = "Recorded.", body = Recorded)),
    security(("bearer" = [])),
)]
pub(super) async fn unmute_attendee(
    State(app): State<App>,
    allowed: Allowed<FloorModerate>,
    Params(path): Params<PersonPath>,
    command: Command<NoBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let accepted = app.use_cases.unmute_attendee(&context, path.session, path.person).await?;
    Ok(Written::done(accepted))
}
