//! `POST /sessions/{id}/floor/requests/{requestId}/approve`.

use acta_application::floor::ApproveSpeech;
use acta_domain::{SpeechRequestId, TimeLimit};
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, FloorModerate, Params, Text, given, personal};
use crate::paths::RequestPath;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// How the floor is given.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct ApproveSpeechBody {
    /// After how many seconds the turn ends by itself; without it, it does not.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::TimeLimit>)]
    time_limit_seconds: Option<TimeLimit>,
    /// Why somebody speaks out of turn, or beyond the time that they have; sealed. Without need, it is left aside.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Title>)]
    override_reason: Option<Text<300>>,
}

impl Body for ApproveSpeechBody {
    fn when_empty() -> Option<Self> {
        Some(Self::default())
    }
}

impl ApproveSpeechBody {
    fn into_input(self, request_id: SpeechRequestId) -> ApproveSpeech {
        let override_reason = personal(self.override_reason);
        ApproveSpeech { request_id, time_limit: self.time_limit_seconds, override_reason }
    }
}

/// Give somebody the floor: whoever is next, or with a reason anybody.
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
    let input = command.body.into_input(path.request);
    let accepted = app.use_cases.approve_speech(&context, path.session, input).await?;
    Ok(Written::done(accepted))
}
