//! `PUT /sessions/{id}/floor/attendees/{userId}/group`.

use acta_domain::GroupName;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, FloorModerate, Params, or_null};
use crate::paths::PersonPath;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// The group that somebody speaks for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct AssignGroupBody {
    /// Its name; null for no group any more.
    #[serde(deserialize_with = "or_null")]
    #[schema(required, value_type = Option<schema::GroupName>)]
    group: Option<GroupName>,
}

impl Body for AssignGroupBody {}

/// Say which group somebody speaks for: their turns count on its account.
#[utoipa::path(
    put, path = "/sessions/{id}/floor/attendees/{userId}/group", tag = "floor", operation_id = "assign_group",
    params(PersonPath), request_body = AssignGroupBody,
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(super) async fn assign_group(
    State(app): State<App>,
    allowed: Allowed<FloorModerate>,
    Params(path): Params<PersonPath>,
    command: Command<AssignGroupBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let group = command.body.group;
    let accepted = app.use_cases.assign_group(&context, path.session, path.person, group).await?;
    Ok(Written::done(accepted))
}
