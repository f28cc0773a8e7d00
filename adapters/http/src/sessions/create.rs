//! `POST /sessions`.

use acta_application::session::CreateSession;
use acta_domain::{AssemblyId, Languages, Modality, SessionDetails, SessionId};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::resource::{LimitsBody, Planned, ScheduleBody};
use crate::answer::{Recorded, Written};
use crate::extract::{Allowed, Body, Command, SessionsCreate, Text, given};
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// A session to be created.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct CreateSessionBody {
    /// What it is called; sealed.
    #[schema(value_type = schema::Title)]
    title: Text<300>,
    /// Where it takes place.
    #[schema(value_type = schema::Modality)]
    modality: Modality,
    /// When it is planned.
    #[schema(value_type = ScheduleBody)]
    schedule: Planned,
    /// What is spoken; the first is the main one.
    #[schema(value_type = schema::Languages)]
    languages: Languages,
    /// How many may come, and speak at once.
    #[serde(default)]
    limits: LimitsBody,
    /// The assembly whose session it is, as the governance service names it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::AssemblyId>)]
    assembly_id: Option<AssemblyId>,
}

impl Body for CreateSessionBody {}

impl From<CreateSessionBody> for CreateSession {
    fn from(body: CreateSessionBody) -> Self {
        let details = SessionDetails {
            modality: body.modality,
            schedule: body.schedule.0,
            languages: body.languages,
            limits: body.limits.into(),
            assembly_id: body.assembly_id,
        };
        Self { title: body.title.into(), details }
    }
}

/// A session that was created.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionCreated {
    /// Its id.
    #[schema(value_type = Uuid)]
    session_id: SessionId,
    #[serde(flatten)]
    recorded: Recorded,
}

/// Create a session.
#[utoipa::path(
    post, path = "/sessions", tag = "sessions", operation_id = "create_session", request_body = CreateSessionBody,
    responses((status = 201, description = "Created.", body = SessionCreated, headers(("Location" = String, description = "Where it is.")))),
    security(("bearer" = [])),
)]
pub(super) async fn create_session(
    State(app): State<App>,
    allowed: Allowed<SessionsCreate>,
    command: Command<CreateSessionBody>,
) -> Result<Written<SessionCreated>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let created = app.use_cases.create_session(&context, command.body.into()).await?;
    let body = SessionCreated { session_id: created.session_id, recorded: created.accepted.into() };
    Ok(Written::created(created.accepted, body).at(format!("/api/v1/sessions/{}", created.session_id)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn example() -> Value {
        json!({ "title": "General meeting", "modality": "hybrid", "languages": ["en"],
            "schedule": { "starts_at": "2026-11-22T10:00:00+01:00" } })
    }

    fn read(body: Value) -> Result<CreateSessionBody, serde_json::Error> {
        serde_json::from_value(body)
    }

    #[test]
    fn a_session_needs_no_limits() {
        let input = CreateSession::from(read(example()).unwrap());
        assert_eq!(input.details.limits, acta_domain::Limits::default());
        assert_eq!(input.details.schedule.starts_at().to_string(), "2026-11-22T09:00:00.000000Z");
    }

    #[test]
    fn a_body_that_says_too_much_or_too_little_is_refused() {
        for (member, value) in [
            ("titel", json!("x")),
            ("title", json!(" \n")),
            ("title", json!("a\u{0}b")),
            ("title", json!("x".repeat(301))),
            ("modality", json!("Hybrid")),
            ("languages", json!([])),
            ("languages", json!(["en", "EN"])),
            ("schedule", json!({ "starts_at": "2026-11-22T10:00:00Z", "ends_at": "2026-11-22T10:00:00Z" })),
            ("schedule", json!({ "starts_at": "2026-11-22T10:00:00Z", "ends_at": null })),
            ("limits", json!({ "capacity": 0 })),
            ("limits", json!({ "concurrent_turns": 17 })),
            ("limits", json!(null)),
            ("assembly_id", json!(null)),
            ("assembly_id", json!("a b")),
        ] {
            let mut body = example();
            body[member] = value;
            assert!(read(body.clone()).is_err(), "{body}");
        }
    }
}
