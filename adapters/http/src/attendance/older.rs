//! The paths that older clients know; each does what the newer one does. What is written there counts as written here.

use axum::extract::State;

use super::AttendanceAnswer;
use super::register::{RegisterAttendeeBody, register_attendee};
use super::validate_biometric::{ValidateBiometricBody, validate_biometric};
use super::validate_code::{ValidateCodeBody, validate_code};
use super::validate_qr::{ValidateQrBody, validate_qr};
use crate::answer::Written;
use crate::extract::{Allowed, AttendanceManage, AttendanceManageOrValidate, Command, Params};
use crate::paths::SessionPath;
use crate::problem::Problem;
use crate::state::App;

/// Use `POST /sessions/{id}/attendance/validate-qr`: this is the same.
#[utoipa::path(
    post, path = "/sessions/{id}/validate-qr", tag = "attendance", operation_id = "validate_qr_older",
    params(SessionPath), request_body = ValidateQrBody,
    responses((status = 200, description = "Recorded.", body = AttendanceAnswer)), security(("bearer" = [])),
)]
pub(super) async fn validate_qr_older(
    app: State<App>,
    allowed: Allowed<AttendanceManageOrValidate>,
    path: Params<SessionPath>,
    command: Command<ValidateQrBody>,
) -> Result<Written<AttendanceAnswer>, Problem> {
    validate_qr(app, allowed, path, command).await
}

/// Use `POST /sessions/{id}/attendance/validate-biometric`: this is the same.
#[utoipa::path(
    post, path = "/sessions/{id}/validate-biometric", tag = "attendance", operation_id = "validate_biometric_older",
    params(SessionPath), request_body = ValidateBiometricBody,
    responses((status = 200, description = "Recorded.", body = AttendanceAnswer)), security(("bearer" = [])),
)]
pub(super) async fn validate_biometric_older(
    app: State<App>,
    allowed: Allowed<AttendanceManageOrValidate>,
    path: Params<SessionPath>,
    command: Command<ValidateBiometricBody>,
) -> Result<Written<AttendanceAnswer>, Problem> {
    validate_biometric(app, allowed, path, command).await
}

/// Use `POST /sessions/{id}/attendance/validate-code`: this is the same.
#[utoipa::path(
    post, path = "/sessions/{id}/validate-code", tag = "attendance", operation_id = "validate_code_older",
    params(SessionPath), request_body = ValidateCodeBody,
    responses((status = 200, description = "Recorded.", body = AttendanceAnswer)), security(("bearer" = [])),
)]
pub(super) async fn validate_code_older(
    app: State<App>,
    allowed: Allowed<AttendanceManageOrValidate>,
    path: Params<SessionPath>,
    command: Command<ValidateCodeBody>,
) -> Result<Written<AttendanceAnswer>, Problem> {
    validate_code(app, allowed, path, command).await
}

/// Use `POST /sessions/{id}/attendance/register-attendee`: this is the same.
#[utoipa::path(
    post, path = "/sessions/{id}/register-attendee", tag = "attendance", operation_id = "register_attendee_older",
    params(SessionPath), request_body = RegisterAttendeeBody,
    responses((status = 200, description = "Recorded.", body = AttendanceAnswer)), security(("bearer" = [])),
)]
pub(super) async fn register_attendee_older(
    app: State<App>,
    allowed: Allowed<AttendanceManage>,
    path: Params<SessionPath>,
    command: Command<RegisterAttendeeBody>,
) -> Result<Written<AttendanceAnswer>, Problem> {
    register_attendee(app, allowed, path, command).await
}
