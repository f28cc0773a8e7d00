//! Attendance: who is there, and how that is known.

mod code_method;
mod eligible;
mod geolocation;
mod issue_code;
mod list;
mod mark_left;
mod mark_returned;
mod older;
mod qr;
mod qr_image;
mod quorum;
mod refuse;
mod register;
mod resource;
mod roll;
mod validate_biometric;
mod validate_code;
mod validate_qr;
mod whose;

use acta_application::attendance::AttendanceRecorded;
use acta_domain::PersonId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answer::{Recorded, Written};
use crate::state::App;

/// Somebody's attendance, recorded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AttendanceRecorded)]
pub(crate) struct AttendanceAnswer {
    /// Whose.
    #[schema(value_type = Uuid)]
    user_id: PersonId,
    #[serde(flatten)]
    recorded: Recorded,
}

impl From<AttendanceRecorded> for Written<AttendanceAnswer> {
    fn from(outcome: AttendanceRecorded) -> Self {
        let body = AttendanceAnswer { user_id: outcome.person_id, recorded: outcome.accepted.into() };
        Self::changed(outcome.accepted, body)
    }
}

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(register::register_attendee))
        .routes(routes!(qr::issue_qr))
        .routes(routes!(issue_code::issue_code))
        .routes(routes!(validate_qr::validate_qr))
        .routes(routes!(validate_code::validate_code))
        .routes(routes!(validate_biometric::validate_biometric))
        .routes(routes!(eligible::import_eligibility))
        .routes(routes!(refuse::refuse_attendee))
        .routes(routes!(list::list_attendance))
        .routes(routes!(quorum::get_quorum))
        .routes(routes!(mark_left::mark_left))
        .routes(routes!(mark_returned::mark_returned))
        .routes(routes!(older::validate_qr_older))
        .routes(routes!(older::validate_code_older))
        .routes(routes!(older::validate_biometric_older))
        .routes(routes!(older::register_attendee_older))
}
