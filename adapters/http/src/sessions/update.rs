//! `PATCH /sessions/{id}`.

use acta_application::log::Sequence;
use acta_application::session::UpdateSession;
use acta_domain::{AssemblyId, Languages, Modality};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use super::resource::{LimitsBody, Planned, ScheduleBody};
use crate::answer::{Recorded, Written, entity_tag};
use crate::extract::{Allowed, Body, Command, IfMatch, Params, SessionsManage, Text, given, personal};
use crate::paths::SessionPath;
use crate::problem::{Problem, ProblemKind};
use crate::schema;
use crate::state::App;

/// What is to change; what is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
#[schema(min_properties = 1)]
pub(crate) struct UpdateSessionBody {
    /// What it is called; sealed.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Title>)]
    title: Option<Text<300>>,
    /// Where it takes place.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Modality>)]
    modality: Option<Modality>,
    /// When it is planned; replaced whole.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<ScheduleBody>)]
    schedule: Option<Planned>,
    /// What is spoken; replaced whole.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Languages>)]
    languages: Option<Languages>,
    /// How many may come, and speak at once; replaced whole.
    #[serde(default, deserialize_with = "given")]
    limits: Option<LimitsBody>,
    /// The assembly whose session it is, as the governance service names it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::AssemblyId>)]
    assembly_id: Option<AssemblyId>,
}

impl Body for UpdateSessionBody {}

impl UpdateSessionBody {
    fn is_empty(&self) -> bool {
        self.title.is_none()
            && self.modality.is_none()
            && self.schedule.is_none()
            && self.languages.is_none()
            && self.limits.is_none()
            && self.assembly_id.is_none()
    }

    fn into_input(self, expected_version: Option<Sequence>) -> UpdateSession {
        UpdateSession {
            title: personal(self.title),
            modality: self.modality,
            schedule: self.schedule.map(|planned| planned.0),
            languages: self.languages,
            limits: self.limits.map(Into::into),
            assembly_id: self.assembly_id,
            expected_version,
        }
    }
}

/// Change a session that is scheduled.
#[utoipa::path(
    patch, path = "/sessions/{id}", tag = "sessions", operation_id = "update_session", params(SessionPath),
    request_body = UpdateSessionBody,
    responses((status = 200, description = "Recorded.", body = Recorded, headers(("ETag" = String, description = "The new version.")))),
    security(("bearer" = [])),
)]
pub(super) async fn update_session(
    State(app): State<App>,
    allowed: Allowed<SessionsManage>,
    Params(path): Params<SessionPath>,
    IfMatch(expected): IfMatch,
    command: Command<UpdateSessionBody>,
) -> Result<Response, Problem> {
    if command.body.is_empty() {
        return Err(Problem::new(ProblemKind::InvalidBody, "there is nothing in it to change").at_field(""));
    }
    let context = command.context(&app, &allowed.principal);
    let input = command.body.into_input(expected);
    let accepted = app.use_cases.update_session(&context, path.session, input).await?;
    Ok((entity_tag(accepted.appended.sequence), Written::done(accepted)).into_response())
}
