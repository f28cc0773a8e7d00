//! `POST /sessions/{id}/attendance/validate-biometric`.

use acta_application::access::Principal;
use acta_application::attendance::ValidateBiometric;
use acta_application::neighbours::BiometricSample;
use acta_domain::PersonId;
use axum::extract::State;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::AttendanceAnswer;
use super::geolocation::{self, GeolocationBody};
use super::whose::whose;
use crate::answer::Written;
use crate::extract::{Allowed, AttendanceManageOrValidate, Body, Command, Names, Params, given, secret};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::state::App;

const LONGEST: usize = 180_000;
const FORM: &str = "1 to 180000 characters of base64";

/// A biometric sample. It goes to the identity service and stays nowhere.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct ValidateBiometricBody {
    /// The sample, in base64 or base64url.
    #[serde(deserialize_with = "sample")]
    #[schema(value_type = String, min_length = 1, max_length = 180_000, pattern = "^[A-Za-z0-9+/_-]+={0,2}$")]
    sample: Zeroizing<String>,
    /// Whose it is: one's own without it; somebody else's only if one manages attendance.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    user_id: Option<PersonId>,
    /// Where they are; sealed.
    #[serde(default, deserialize_with = "given")]
    geolocation: Option<GeolocationBody>,
    /// Whether they agree that the place is kept.
    #[serde(default, deserialize_with = "given")]
    geolocation_consent: Option<bool>,
}

impl Body for ValidateBiometricBody {
    const NAMES: Option<Names> = Some(&[&["sample", "user_id"], &geolocation::NAMES]);
}

impl ValidateBiometricBody {
    fn into_input(self, principal: &Principal) -> Result<ValidateBiometric, Problem> {
        Ok(ValidateBiometric {
            person_id: whose(self.user_id, principal)?,
            sample: BiometricSample::new(self.sample),
            location: geolocation::location(self.geolocation, self.geolocation_consent)?,
        })
    }
}

fn sample<'de, D: Deserializer<'de>>(reader: D) -> Result<Zeroizing<String>, D::Error> {
    secret(reader, LONGEST, is_base64, FORM)
}

fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let plain = digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/_-".contains(&byte));
    plain && !digits.is_empty() && text.len() - digits.len() <= 2
}

/// Validate attendance by a biometric sample: one's own, or anybody's as whoever manages attendance.
///
/// The identity service looks at the sample; this service keeps a keyed digest of it and nothing else.
#[utoipa::path(
    post, path = "/sessions/{id}/attendance/validate-biometric", tag = "attendance", operation_id = "validate_biometric",
    params(SessionPath), request_body = ValidateBiometricBody,
    responses((status = 200, description = "Recorded.", body = AttendanceAnswer)), security(("bearer" = [])),
)]
pub(super) async fn validate_biometric(
    State(app): State<App>,
    allowed: Allowed<AttendanceManageOrValidate>,
    Params(path): Params<SessionPath>,
    command: Command<ValidateBiometricBody>,
) -> Result<Written<AttendanceAnswer>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let input = command.body.into_input(&allowed.principal)?;
    Ok(app.use_cases.validate_biometric(&context, path.session, input).await?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_base64_of_either_alphabet() {
        for text in ["AA", "QUJD", "QUI=", "QQ==", "+/8=", "-_8"] {
            assert!(is_base64(text), "{text}");
        }
        for text in ["=", "Q=Q", "QQ===", "Q Q", "é"] {
            assert!(!is_base64(text), "{text}");
        }
    }
}
