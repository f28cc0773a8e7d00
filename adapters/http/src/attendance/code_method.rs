//! The ways on which one-time codes reach people.

use acta_domain::AttendanceMethod;
use serde::Deserialize;
use utoipa::ToSchema;

/// How a one-time code reaches somebody.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum CodeMethod {
    /// A text message.
    Sms,
    /// An e-mail.
    Email,
}

impl From<CodeMethod> for AttendanceMethod {
    fn from(method: CodeMethod) -> Self {
        match method {
            CodeMethod::Sms => Self::Sms,
            CodeMethod::Email => Self::Email,
        }
    }
}
