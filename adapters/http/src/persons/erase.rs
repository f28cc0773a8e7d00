//! `DELETE /sessions/{id}/persons/{userId}`.

use acta_domain::{PersonId, Timestamp};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Allowed, Command, NoBody, Params, PersonsErase};
use crate::paths::PersonPath;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// Somebody who was forgotten in a session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonErased)]
pub(crate) struct PersonErasedAnswer {
    /// Who, by opaque id.
    #[schema(value_type = Uuid)]
    user_id: PersonId,
    /// Since when nothing of theirs can be read.
    #[schema(value_type = schema::Moment)]
    erased_at: Timestamp,
}

/// Forget somebody in a session: their key is destroyed.
///
/// Their names, contact data and words are unreadable from now on, here and in every copy; every proof stays valid.
#[utoipa::path(
    delete, path = "/sessions/{id}/persons/{userId}", tag = "persons", operation_id = "erase_person",
    params(PersonPath), responses((status = 200, description = "Erased.", body = PersonErasedAnswer)),
    security(("bearer" = [])),
)]
pub(super) async fn erase_person(
    State(app): State<App>,
    allowed: Allowed<PersonsErase>,
    Params(path): Params<PersonPath>,
    command: Command<NoBody>,
) -> Result<Json<PersonErasedAnswer>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let erased = app.use_cases.erase_person(&context, path.session, path.person).await?;
    Ok(Json(PersonErasedAnswer { user_id: path.person, erased_at: erased.at }))
}
