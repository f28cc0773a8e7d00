//! `POST /sessions/{id}/floor/requests/{requestId}/approve`.

use acta_domain::TimeLimit;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, FloorModerate, Params, given};
use crate::paths::RequestPath;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// For how long the floor is given.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct ApproveSpeechBody {
    /// After how many seconds the turn ends by itself; without it, it does not.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::TimeLimit>)]
    time_limit_seconds: Option<TimeLimit>,
}

impl Body for ApproveSpeechBody {
    fn when_empty() -> Option<Self> {
        Some(Self::default())
    }
}

/// Give somebody the floor.
#[utoipa::path(
    post, path = "/sessions/{id}/floor/requests/{requestId}/approve", tag = "floor", operation_id = "approve_speech",
    params(RequestPath), request_body = Option<ApproveSpeechBody>,
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(super) async fn approve_speech(
    State(app): State<App>,
    allowed: Allowed<FloorModerate>,
    Params(path): Params<RequestPath>,
    command: Command<ApproveSpeechBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let limit = command.body.time_limit_seconds;
    let accepted = app.use_cases.approve_speech(&context, path.session, path.request, limit).await?;
    Ok(Written::done(accepted))
}
