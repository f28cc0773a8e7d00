//! `POST /sessions/{id}/cancel`.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, Params, SessionsOperate, Text, given, personal};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// Why the session is cancelled.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct CancelSessionBody {
    /// The reason, in words; it is sealed.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Remark>)]
    reason: Option<Text<1_000>>,
}

impl Body for CancelSessionBody {
    fn when_empty() -> Option<Self> {
        Some(Self::default())
    }
}

/// Cancel a session that is scheduled.
#[utoipa::path(
    post, path = "/sessions/{id}/cancel", tag = "sessions", operation_id = "cancel_session", params(SessionPath),
    request_body = Option<CancelSessionBody>, responses((status = 200, description = "Recorded.", body = Recorded)),
    security(("bearer" = [])),
)]
pub(super) async fn cancel_session(
    State(app): State<App>,
    allowed: Allowed<SessionsOperate>,
    Params(path): Params<SessionPath>,
    command: Command<CancelSessionBody>,
) -> Result<Written<Recorded>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let reason = personal(command.body.reason);
    let accepted = app.use_cases.cancel_session(&context, path.session, reason).await?;
    Ok(Written::done(accepted))
}
