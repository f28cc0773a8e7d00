//! `POST /sessions/{id}/floor/requests/{requestId}/deny`.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, FloorModerate, Params, Text, given, personal};
use crate::paths::RequestPath;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// Why the floor is not given.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct DenySpeechBody {
    /// The reason, in words; sealed.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Remark>)]
    reason: Option<Text<1_000>>,
}

impl Body for DenySpeechBody {
    fn when_empty() -> Option<Self> {
        Some(Self::default())
    }
}

/// Deny somebody the floor.
#[utoipa::path(
    post, path = "/sessions/{id}/floor/requests/{requestId}/deny", tag = "floor", operation_id = "deny_speech",
    params(RequestPath), request_body = Option<DenySpeechBody>,
    responses((status = 200, description = "Recorded.", body = Recorded)), security(("bearer" = [])),
)]
pub(super) async fn deny_speech(
    State(app): State<App>,
    allowed: Allowed<FloorModerate>,
    Params(path): Params<RequestPath>,
    command: Command<DenySpeechBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let reason = personal(command.body.reason);
    let accepted = app.use_cases.deny_speech(&context, path.session, path.request, reason).await?;
    Ok(Written::done(accepted))
}
