//! `POST /sessions/{id}/attendance/validate-qr`.

use acta_application::access::{Permission, Principal};
use acta_application::attendance::ValidateQr;
use acta_domain::PersonId;
use axum::extract::State;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::AttendanceAnswer;
use super::geolocation::{self, GeolocationBody};
use crate::answer::Written;
use crate::extract::{Allowed, AttendanceManageOrValidate, Body, Command, Names, Params, given, secret};
use crate::paths::SessionPath;
use crate::problem::{Problem, ProblemKind};
use crate::state::App;

const LONGEST: usize = 4_096;
const FORM: &str = "1 to 4096 characters of A-Z, a-z, 0-9, '.', '_' and '-'";

/// A code that was scanned.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct ValidateQrBody {
    /// What the code says: one that this service issued, or one that the identity service knows.
    #[serde(deserialize_with = "token")]
    #[schema(value_type = String, min_length = 1, max_length = 4096, pattern = "^[A-Za-z0-9._-]+$")]
    token: Zeroizing<String>,
    /// Where they are; sealed.
    #[serde(default, deserialize_with = "given")]
    geolocation: Option<GeolocationBody>,
    /// Whether they agree that the place is kept.
    #[serde(default, deserialize_with = "given")]
    geolocation_consent: Option<bool>,
}

impl Body for ValidateQrBody {
    const NAMES: Option<Names> = Some(&[&["token"], &geolocation::NAMES]);
}

impl ValidateQrBody {
    fn into_input(self, principal: &Principal) -> Result<ValidateQr, Problem> {
        Ok(ValidateQr {
            token: self.token,
            presenter: presenter(principal)?,
            location: geolocation::location(self.geolocation, self.geolocation_consent)?,
        })
    }
}

fn token<'de, D: Deserializer<'de>>(reader: D) -> Result<Zeroizing<String>, D::Error> {
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    secret(reader, LONGEST, plain, FORM)
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
    let context = command.context(&app, &allowed.principal);
    let input = command.body.into_input(&allowed.principal)?;
    Ok(app.use_cases.validate_qr(&context, path.session, input).await?.into())
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
