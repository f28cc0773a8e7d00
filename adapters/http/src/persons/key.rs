//! `GET /sessions/{id}/keys/{subject}`.

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Allowed, DossierRead, Params, Query};
use crate::paths::SubjectPath;
use crate::problem::Problem;
use crate::queries::NoQuery;
use crate::state::App;

/// The key of a person in a session. Whoever keeps it can go on reading after the person was erased here.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonKey {
    /// Whose: as in the sealed parts that it opens.
    #[schema(example = "session")]
    subject: String,
    /// Which key: as in the sealed parts that it opens, in hex.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    key_id: String,
    /// How it is used.
    #[schema(value_type = String)]
    algorithm: &'static str,
    /// The key, in base64.
    key: String,
}

/// The key that opens the sealed parts about somebody in a session, in the feed, in topics and in copies of both.
///
/// That it was handed out is recorded.
#[utoipa::path(
    get, path = "/sessions/{id}/keys/{subject}", tag = "persons", operation_id = "get_person_key",
    params(SubjectPath), responses((status = 200, description = "The key.", body = PersonKey)),
    security(("bearer" = [])),
)]
pub(super) async fn get_person_key(
    State(app): State<App>,
    allowed: Allowed<DossierRead>,
    Params(path): Params<SubjectPath>,
    _: Query<NoQuery>,
) -> Result<Json<PersonKey>, Problem> {
    let key = app.use_cases.hand_out_key(&allowed.principal, path.session, path.subject).await?;
    Ok(Json(PersonKey {
        subject: path.subject.to_string(),
        key_id: hex::encode(key.key_id()),
        algorithm: "A256GCM",
        key: STANDARD.encode(key.expose()),
    }))
}
