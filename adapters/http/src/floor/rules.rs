//! `PUT /sessions/{id}/floor/rules`.

use acta_domain::{FloorRules, QueuePolicy, WarningTime};
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, FloorModerate, Params, given};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// What the floor goes by from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct SetFloorRulesBody {
    /// In which order the waiting are called.
    #[schema(value_type = schema::QueuePolicy)]
    queue_policy: QueuePolicy,
    /// How many seconds before its end a turn is warned; without it, a fifth of its limit, at most 30 seconds.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::WarningTime>)]
    warning_seconds: Option<WarningTime>,
}

impl Body for SetFloorRulesBody {}

impl From<SetFloorRulesBody> for FloorRules {
    fn from(body: SetFloorRulesBody) -> Self {
        Self { queue_policy: body.queue_policy, warning_seconds: body.warning_seconds }
    }
}

/// Set the rules of the floor, while the session is scheduled or active.
#[utoipa::path(
    put, path = "/sessions/{id}/floor/rules", tag = "floor", operation_id = "set_floor_rules", params(SessionPath),
    request_body = SetFloorRulesBody, responses((status = 200, description = "Recorded.", body = Recorded)),
    security(("bearer" = [])),
)]
pub(super) async fn set_floor_rules(
    State(app): State<App>,
    allowed: Allowed<FloorModerate>,
    Params(path): Params<SessionPath>,
    command: Command<SetFloorRulesBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let accepted = app.use_cases.set_floor_rules(&context, path.session, command.body.into()).await?;
    Ok(Written::done(accepted))
}
