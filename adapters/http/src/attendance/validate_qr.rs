//! `POST /sessions/{id}/attendance/validate-qr`.

use acta_application::access::{Permission, Principal};
use acta_domain::PersonId;
use axum::extract::State;
use serde::{Deserialize, Deserializer, de};
use utoipa::ToSchema;

use super::AttendanceAnswer;
use crate::answer::Written;
use crate::extract::{Allowed, AttendanceManageOrValidate, Body, Command, Params};
use crate::paths::SessionPath;
use crate::problem::{Problem, ProblemKind};
use crate::state::App;

const LONGEST: usize = 4_096;

/// A code that was scanned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct ValidateQrBody {
    /// What the code says.
    #[serde(deserialize_with = "token")]
    #[schema(min_length = 1, max_length = 4096, pattern = "^[A-Za-z0-9._-]+$")]
    token: String,
}

impl Body for ValidateQrBody {}

fn token<'de, D: Deserializer<'de>>(reader: D) -> Result<String, D::Error> {
    let token = String::deserialize(reader)?;
    let plain = token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if plain && (1..=LONGEST).contains(&token.len()) {
        return Ok(token);
    }
    Err(de::Error::custom("a token is 1 to 4096 characters of A-Z, a-z, 0-9, '.', '_' and '-'"))
}

/// Validate attendance by a QR code: one's own, or anybody's as whoever manages attendance.
#[utoipa::path(
    post, path = "/sessions/{id}/attendance/validate-qr", tag = "attendance", operation_id = "validate_qr",
    params(SessionPath), request_body = ValidateQrBody,
    responses((status = 200, description = "Recorded.", body = AttendanceAnswer)), security(("bearer" = [])),
)]
pub(super) async fn validate_qr(
    State(app): State<App>,
    allowed: Allowed<AttendanceManageOrValidate>,
    Params(path): Params<SessionPath>,
    command: Command<ValidateQrBody>,
) -> Result<Written<AttendanceAnswer>, Problem> {
    let presenter = presenter(&allowed.principal)?;
    let context = command.context(&app, &allowed.principal);
    Ok(app.use_cases.validate_qr(&context, path.session, &command.body.token, presenter).await?.into())
}

/// The one person that the code must be for, if it must be for one.
fn presenter(principal: &Principal) -> Result<Option<PersonId>, Problem> {
    if principal.may(Permission::AttendanceManage) {
        return Ok(None);
    }
    let person = principal.person();
    person
        .map(Some)
        .ok_or_else(|| Problem::new(ProblemKind::NotYours, "only a person can validate their own attendance"))
}
