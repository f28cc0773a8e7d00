//! `POST /sessions/{id}/attendance/validate-code`.

use acta_application::access::Principal;
use acta_application::attendance::ValidateCode;
use acta_domain::PersonId;
use axum::extract::State;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::AttendanceAnswer;
use super::code_method::CodeMethod;
use super::geolocation::{self, GeolocationBody};
use super::whose::whose;
use crate::answer::Written;
use crate::extract::{Allowed, AttendanceManageOrValidate, Body, Command, Names, Params, given, secret};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::state::App;

const LONGEST: usize = 64;
const FORM: &str = "1 to 64 characters of A-Z, a-z, 0-9 and '-'";

/// A one-time code that somebody typed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct ValidateCodeBody {
    /// The code that they were sent.
    #[serde(deserialize_with = "code")]
    #[schema(value_type = String, min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9-]+$", example = "042137")]
    code: Zeroizing<String>,
    /// Whose it is: one's own without it; somebody else's only if one manages attendance.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    user_id: Option<PersonId>,
    /// How it reached them, for a code that the identity service sent; this service knows that of its own.
    #[serde(default, deserialize_with = "given")]
    method: Option<CodeMethod>,
    /// Where they are; sealed.
    #[serde(default, deserialize_with = "given")]
    geolocation: Option<GeolocationBody>,
    /// Whether they agree that the place is kept.
    #[serde(default, deserialize_with = "given")]
    geolocation_consent: Option<bool>,
}

impl Body for ValidateCodeBody {
    const NAMES: Option<Names> = Some(&[&["code", "user_id", "method"], &geolocation::NAMES]);
}

impl ValidateCodeBody {
    fn into_input(self, principal: &Principal) -> Result<ValidateCode, Problem> {
        Ok(ValidateCode {
            person_id: whose(self.user_id, principal)?,
            method: self.method.map(Into::into),
            code: self.code,
            location: geolocation::location(self.geolocation, self.geolocation_consent)?,
        })
    }
}

fn code<'de, D: Deserializer<'de>>(reader: D) -> Result<Zeroizing<String>, D::Error> {
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    secret(reader, LONGEST, plain, FORM)
}

/// Validate attendance by a one-time code: one's own, or anybody's as whoever manages attendance.
///
/// After five wrong codes, the one that was sent is good for nothing any more.
#[utoipa::path(
    post, path = "/sessions/{id}/attendance/validate-code", tag = "attendance", operation_id = "validate_code",
    params(SessionPath), request_body = ValidateCodeBody,
    responses((status = 200, description = "Recorded.", body = AttendanceAnswer)), security(("bearer" = [])),
)]
pub(super) async fn validate_code(
    State(app): State<App>,
    allowed: Allowed<AttendanceManageOrValidate>,
    Params(path): Params<SessionPath>,
    command: Command<ValidateCodeBody>,
) -> Result<Written<AttendanceAnswer>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let input = command.body.into_input(&allowed.principal)?;
    Ok(app.use_cases.validate_code(&context, path.session, input).await?.into())
}
