//! `POST /sessions/{id}/attendance/refuse`.

use acta_application::attendance::RefuseAttendee;
use acta_domain::{AttendanceMethod, PersonId, RefusalReason};
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::AttendanceAnswer;
use crate::answer::Written;
use crate::extract::{Allowed, AttendanceManage, Body, Command, Params, Text, given, personal};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// Somebody who was not let in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct RefuseAttendeeBody {
    /// Who, by opaque id.
    #[schema(value_type = Uuid)]
    user_id: PersonId,
    /// How they tried.
    #[schema(value_type = schema::AttendanceMethod)]
    method: AttendanceMethod,
    /// Why they were refused.
    #[schema(value_type = schema::RefusalReason)]
    reason: RefusalReason,
    /// More about it, in words; sealed.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Remark>)]
    note: Option<Text<1_000>>,
}

impl Body for RefuseAttendeeBody {}

impl From<RefuseAttendeeBody> for RefuseAttendee {
    fn from(body: RefuseAttendeeBody) -> Self {
        Self { person_id: body.user_id, method: body.method, reason: body.reason, note: personal(body.note) }
    }
}

/// Record that somebody was not let in.
#[utoipa::path(
    post, path = "/sessions/{id}/attendance/refuse", tag = "attendance", operation_id = "refuse_attendee",
    params(SessionPath), request_body = RefuseAttendeeBody,
    responses((status = 200, description = "Recorded.", body = AttendanceAnswer)), security(("bearer" = [])),
)]
pub(super) async fn refuse_attendee(
    State(app): State<App>,
    allowed: Allowed<AttendanceManage>,
    Params(path): Params<SessionPath>,
    command: Command<RefuseAttendeeBody>,
) -> Result<Written<AttendanceAnswer>, Problem> {
    let context = command.context(&app, &allowed.principal);
    Ok(app.use_cases.refuse_attendee(&context, path.session, command.body.into()).await?.into())
}
