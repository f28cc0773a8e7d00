//! What a call comes to, in words.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::api::Answer;

/// What a call comes to for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    /// They may; whether it is done is another question.
    May,
    /// They may for themselves, and not for others.
    MayForOneself,
    /// They show no token.
    NoToken,
    /// Their token does not permit it.
    NoPermission,
    /// It is somebody else's.
    NotTheirs,
    /// For them it is not there.
    NotThere,
    /// They are shown a list, and nothing of it is on it.
    NothingOfIt,
    /// It is for other services, on the internal listener.
    InternalOnly,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::May => "may",
            Self::MayForOneself => "may for oneself",
            Self::NoToken => "no token",
            Self::NoPermission => "no permission",
            Self::NotTheirs => "not theirs",
            Self::NotThere => "not there",
            Self::NothingOfIt => "nothing of it",
            Self::InternalOnly => "internal only",
        })
    }
}

impl Outcome {
    /// What `answer` means. Whatever is wrong with the request itself is the trial's own fault.
    pub(super) fn of(operation: &Operation, answer: &Answer) -> Self {
        let is_problem = answer.header("content-type") == "application/problem+json";
        let kind = if is_problem { answer.member("type") } else { String::new() };
        match (answer.status, kind.strip_prefix("urn:acta:problem:").unwrap_or_default()) {
            (401, "unauthorized") => Self::NoToken,
            (403, "permission-needed") => Self::NoPermission,
            (403, "internal-only") => Self::InternalOnly,
            (403, "not-yours" | "not-the-requester" | "qr-for-another-person") => Self::NotTheirs,
            (404, kind) if !kind.is_empty() => Self::NotThere,
            // They were let in, and then something else was in the way.
            (200..300 | 409 | 410, _)
            | (426, "upgrade-required")
            | (503, "not-configured")
            | (401, "login-refused" | "refresh-refused") => Self::May,
            (400 | 401, "") if operation.is_open && answer.json()["error"].is_string() => Self::May,
            _ => panic!(
                "{} is called wrongly by this trial: {} {}",
                operation.id,
                answer.status,
                answer.text()
            ),
        }
    }

    /// Whether nothing of another tenant was reached.
    pub(super) fn keeps_tenants_apart(self) -> bool {
        !matches!(self, Self::May | Self::MayForOneself | Self::NotTheirs)
    }

    /// Whether they were let in.
    pub(super) fn is_may(self) -> bool {
        matches!(self, Self::May | Self::MayForOneself)
    }
}
