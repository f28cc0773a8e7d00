//! `POST /sessions/{id}/attendance/{userId}/mark-left`.

use axum::extract::State;

use super::AttendanceAnswer;
use crate::answer::Written;
use crate::extract::{Allowed, AttendanceManage, Command, NoBody, Params};
use crate::paths::PersonPath;
use crate::problem::Problem;
use crate::state::App;

/// Record that somebody left.
#[utoipa::path(
    post, path = "/sessions/{id}/attendance/{userId}/mark-left", tag = "attendance", operation_id = "mark_left",
    params(PersonPath), responses((status = 200, description = "Recorded.", body = AttendanceAnswer)),
    security(("bearer" = [])),
)]
pub(super) async fn mark_left(
    State(app): State<App>,
    allowed: Allowed<AttendanceManage>,
    Params(path): Params<PersonPath>,
    command: Command<NoBody>,
) -> Result<Written<AttendanceAnswer>, Problem> {
    let context = command.context(&app, &allowed.principal);
    Ok(app.use_cases.mark_left(&context, path.session, path.person).await?.into())
}
