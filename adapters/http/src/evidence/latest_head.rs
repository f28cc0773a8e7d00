//! `GET /sessions/{id}/heads/latest`.

use acta_application::evidence::IssuedHead;
use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::COSE;
use super::head::HeadResource;
use crate::extract::{Accept, Params, Query};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::queries::NoQuery;
use crate::state::App;

const JSON: &str = "application/json";
const JOSE: &str = "application/jose";

/// A head that covers everything the session has.
#[utoipa::path(
    get, path = "/sessions/{id}/heads/latest", tag = "evidence", operation_id = "get_latest_head", params(SessionPath),
    responses((status = 200, description = "The head.", content(
        (HeadResource = "application/json"), (Vec<u8> = "application/cose"), (String = "application/jose"),
    ))),
)]
pub(super) async fn get_latest_head(
    State(app): State<App>,
    Params(path): Params<SessionPath>,
    _: Query<NoQuery>,
    accept: Accept,
) -> Result<Response, Problem> {
    let media = accept.best(&[JSON, COSE, JOSE])?;
    let tenant = app.evidence.tenant_of(path.session).await?;
    let head = app.evidence.head(tenant, path.session).await?;
    answer(media, head)
}

fn answer(media: &'static str, head: IssuedHead) -> Result<Response, Problem> {
    Ok(match media {
        COSE => ([(CONTENT_TYPE, COSE)], head.signed.cose).into_response(),
        JOSE => ([(CONTENT_TYPE, JOSE)], head.signed.jws).into_response(),
        _ => Json(HeadResource::try_from(head).map_err(|error| Problem::internal(&error))?).into_response(),
    })
}
