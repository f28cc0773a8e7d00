//! What this service's own events say of the session that a head names. The proof format knows no event types.

use acta_domain::{AnyEvent, SessionEvent, UnknownEvent};
use acta_proof::event::EventStatement;
use acta_proof::head::HeadState;
use acta_proof::verify::Report;

const CREATED: &str = "session.created.v1";
const SEALED: &str = "session.sealed.v1";

/// Why a valid proof is not one of the session that its head names.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionFailure {
    /// The event that creates the session is not one.
    #[error("event {index} cannot be read as {CREATED}")]
    Unreadable {
        /// The session index of the event.
        index: u64,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The head was signed for the session of another name.
    #[error("event {index} creates session {created:?}, but the head is that of {signed:?}")]
    OtherSession {
        /// The session index of the event.
        index: u64,
        /// The public name in the event.
        created: String,
        /// The public name in the head.
        signed: String,
    },
    /// The head says that the record is complete; its last event does not.
    #[error("the head says that the record is closed, but {SEALED} is not its last opened event")]
    NotSealed,
}

/// Checks the name that the session was created under, and that a closed record ends with its seal. Gives what holds, in words.
///
/// # Errors
/// [`SessionFailure`], the first thing that does not hold.
pub(super) fn check(report: &Report) -> Result<Vec<String>, SessionFailure> {
    let mut found = vec![check_created(report)?];
    if report.state == HeadState::Closed {
        check_sealed(report)?;
        found.push(format!("The record ends with {SEALED}, as a closed one must."));
    }
    Ok(found)
}

fn check_created(report: &Report) -> Result<String, SessionFailure> {
    let mut opened = report.events.iter().map(|event| &event.statement);
    let Some(event) = opened.find(|event| event.event_type == CREATED) else {
        return Ok(format!("No {CREATED} is opened: that the head names this session was not checked."));
    };
    let created = created_as(event)
        .map_err(|source| SessionFailure::Unreadable { index: event.session_index, source })?;
    if created != report.subject {
        let (index, signed) = (event.session_index, report.subject.clone());
        return Err(SessionFailure::OtherSession { index, created, signed });
    }
    Ok("The session was created under the name that stands in the head.".to_owned())
}

/// The public name in a `session.created.v1`.
fn created_as(event: &EventStatement) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let payload = serde_json::from_slice(&event.payload)?;
    match AnyEvent::from_parts(&event.event_type, &payload)? {
        AnyEvent::Session(SessionEvent::Created { public_id, .. }) => Ok(public_id.to_string()),
        _ => Err(UnknownEvent::Type { event_type: event.event_type.clone() }.into()),
    }
}

fn check_sealed(report: &Report) -> Result<(), SessionFailure> {
    let last = report.events.last().map(|event| &event.statement);
    let sealed = last.is_some_and(|last| last.session_index + 1 == report.size && last.event_type == SEALED);
    if sealed { Ok(()) } else { Err(SessionFailure::NotSealed) }
}

#[cfg(test)]
mod tests;
