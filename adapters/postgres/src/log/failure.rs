//! What an error of the database means for a batch: by SQLSTATE and constraint name, never by text.

use std::sync::Arc;

use acta_application::log::BatchFailure;

use crate::columns::Damage;

/// Why a batch that was admitted on belief, or from the truth, was not written as it stood.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The belief was wrong: somebody else appended to a stream or session of the batch, or one of its commands is in the log already.
    Stale,
    /// A session or a stream of the batch belongs to a tenant that is not in it.
    Foreign,
    /// Nothing to do with what was believed.
    Failed(BatchFailure),
}

impl From<BatchFailure> for Refusal {
    fn from(failure: BatchFailure) -> Self {
        Self::Failed(failure)
    }
}

/// Constraints that are met when somebody else appended.
const STALE: [&str; 4] = ["events_stream", "events_session", "events_command", "events_guard"];
/// Constraints that are met at the first event of what another tenant has.
const FOREIGN: [&str; 2] = ["events_session_owner", "events_stream_owner"];

/// What `error` means, met by a statement that commits by itself.
pub(super) fn of_append(error: sqlx::Error) -> Refusal {
    match met_constraint(&error) {
        Some(name) if STALE.contains(&name) => Refusal::Stale,
        Some(name) if FOREIGN.contains(&name) => Refusal::Foreign,
        _ => Refusal::Failed(of_commit(error)),
    }
}

/// What `error` means, met by a commit.
pub(super) fn of_commit(error: sqlx::Error) -> BatchFailure {
    if was_rolled_back(&error) { not_written(error) } else { BatchFailure::InDoubt(Arc::new(error)) }
}

/// What any error means that was met before a commit was asked for.
pub(super) fn not_written(error: sqlx::Error) -> BatchFailure {
    BatchFailure::NotWritten(Arc::new(error))
}

/// What a damaged row means that was read before anything was written.
pub(super) fn damaged(damage: Damage) -> BatchFailure {
    BatchFailure::NotWritten(Arc::new(damage))
}

fn met_constraint(error: &sqlx::Error) -> Option<&str> {
    let error = error.as_database_error()?;
    error.code().filter(|code| code.starts_with("23"))?;
    error.constraint()
}

/// Whether the server says that it has rolled the statement back. When it only says that it or the connection goes down, it may
/// have committed just before.
fn was_rolled_back(error: &sqlx::Error) -> bool {
    const CLASSES: [&str; 10] = ["0A", "22", "23", "25", "40", "42", "53", "54", "55", "P0"];
    const QUERY_CANCELED: &str = "57014";
    const STATEMENT_COMPLETION_UNKNOWN: &str = "40003";
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| {
        let known = code != STATEMENT_COMPLETION_UNKNOWN;
        known && (code == QUERY_CANCELED || CLASSES.iter().any(|class| code.starts_with(class)))
    })
}
