//! `GET /retention`.

use acta_application::neighbours::{Asking, RetentionPolicy};
use axum::extract::State;
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Allowed, SessionsRead};
use crate::problem::Problem;
use crate::schema;
use crate::state::App;
use crate::traced::RequestSpan;

/// How long what is kept, as the compliance service says. What it leaves open is not there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Retention)]
pub(crate) struct RetentionResource {
    /// What the compliance service calls the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    /// Recordings, in days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Whole>)]
    recording_days: Option<u32>,
    /// Transcripts, in days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Whole>)]
    transcript_days: Option<u32>,
    /// Everything else about a session, in days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Whole>)]
    record_days: Option<u32>,
}

impl From<RetentionPolicy> for RetentionResource {
    fn from(kept: RetentionPolicy) -> Self {
        let RetentionPolicy { policy, recording_days, transcript_days, record_days } = kept;
        Self { policy, recording_days, transcript_days, record_days }
    }
}

/// How long the records of the caller's tenant are kept, as the compliance service says.
#[utoipa::path(
    get, path = "/retention", tag = "sessions", operation_id = "get_retention",
    responses((status = 200, description = "How long what is kept.", body = RetentionResource)),
    security(("bearer" = [])),
)]
async fn get_retention(
    State(app): State<App>,
    allowed: Allowed<SessionsRead>,
    span: Option<Extension<RequestSpan>>,
) -> Result<Json<RetentionResource>, Problem> {
    let traceparent = span.map(|Extension(RequestSpan(span))| span.to_string());
    let asking = Asking { tenant: allowed.principal.tenant, traceparent };
    Ok(Json(app.use_cases.retention(&asking).await?.into()))
}

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_retention))
}
