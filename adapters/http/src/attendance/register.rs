//! `POST /sessions/{id}/attendance/register-attendee`.

use acta_application::attendance::{Contact, RegisterAttendee};
use acta_domain::{PersonId, VotingWeight};
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::AttendanceAnswer;
use super::geolocation::{self, GeolocationBody};
use crate::answer::Written;
use crate::extract::{Allowed, AttendanceManage, Body, Command, Names, Params, Text, given, personal};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::schema;
use crate::state::App;

/// Somebody whom a person at the door lets in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct RegisterAttendeeBody {
    /// Who, by opaque id.
    #[schema(value_type = Uuid)]
    user_id: PersonId,
    /// What they are called; sealed.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Name>)]
    name: Option<Text<200>>,
    /// Their e-mail address; sealed.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Contact>)]
    email: Option<Text<254>>,
    /// Their telephone number; sealed.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Contact>)]
    phone: Option<Text<254>>,
    /// What their vote weighs, if they have one.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::VotingWeight>)]
    voting_weight: Option<VotingWeight>,
    /// Where they are; sealed.
    #[serde(default, deserialize_with = "given")]
    geolocation: Option<GeolocationBody>,
    /// Whether they agree that the place is kept.
    #[serde(default, deserialize_with = "given")]
    geolocation_consent: Option<bool>,
    /// Why they are let in although they are not among those who may attend, or the session is full; sealed.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::Title>)]
    override_reason: Option<Text<300>>,
}

impl Body for RegisterAttendeeBody {
    const NAMES: Option<Names> = Some(&[
        &["user_id", "name", "email", "phone", "voting_weight", "override_reason"],
        &geolocation::NAMES,
    ]);
}

impl RegisterAttendeeBody {
    fn into_input(self) -> Result<RegisterAttendee, Problem> {
        Ok(RegisterAttendee {
            person_id: self.user_id,
            voting_weight: self.voting_weight,
            contact: Contact {
                name: personal(self.name),
                email: personal(self.email),
                phone: personal(self.phone),
            },
            location: geolocation::location(self.geolocation, self.geolocation_consent)?,
            override_reason: personal(self.override_reason),
        })
    }
}

/// Register somebody by hand: they are present from now on.
///
/// With a reason, whoever manages attendance lets in somebody whom the list of those who may attend does not have, or who finds the
/// session full; that is recorded, too. Where nobody can say who may attend, registering goes on, and that is recorded.
#[utoipa::path(
    post, path = "/sessions/{id}/attendance/register-attendee", tag = "attendance", operation_id = "register_attendee",
    params(SessionPath), request_body = RegisterAttendeeBody,
    responses((status = 200, description = "Recorded.", body = AttendanceAnswer)), security(("bearer" = [])),
)]
pub(super) async fn register_attendee(
    State(app): State<App>,
    allowed: Allowed<AttendanceManage>,
    Params(path): Params<SessionPath>,
    command: Command<RegisterAttendeeBody>,
) -> Result<Written<AttendanceAnswer>, Problem> {
    let context = command.context(&app, &allowed.principal);
    let input = command.body.into_input()?;
    Ok(app.use_cases.register_attendee(&context, path.session, input).await?.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PERSON: &str = "0198f2a0-0000-7000-8000-000000000001";

    #[test]
    fn a_person_needs_only_an_id() {
        let body: RegisterAttendeeBody = serde_json::from_value(json!({ "user_id": PERSON })).unwrap();
        let input = body.into_input().unwrap();
        assert_eq!(input.person_id.to_string(), PERSON);
        assert!(input.location.is_none() && input.override_reason.is_none());
    }

    #[test]
    fn a_weight_is_a_decimal_text() {
        for weight in
            [json!(3.25), json!("0"), json!("1e3"), json!("-1"), json!("1.1234567"), json!("1000000000.1")]
        {
            let body = json!({ "user_id": PERSON, "voting_weight": weight });
            assert!(serde_json::from_value::<RegisterAttendeeBody>(body).is_err(), "{weight}");
        }
    }
}
