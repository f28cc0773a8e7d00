//! What becomes of the session itself.

use acta_domain::{AssemblyId, Modality, SessionEvent, SessionStatus, Timestamp, VoteId};
use schemars::JsonSchema;
use serde::Serialize;

use super::Untold;
use super::told::{Teller, Told};
use crate::frame::Frame;
use crate::room::State;

pub(super) const NAME: &str = "session_state";

/// What the session is after an event of its own life, or of the assembly that it serves.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SessionStateChanged<'a> {
    #[serde(flatten)]
    told: Told,
    /// `false`: only what there is to say after one event.
    snapshot: bool,
    /// Where it is in its life.
    status: SessionStatus,
    /// Whether its record is sealed: nothing can be added any more.
    sealed: bool,
    /// Where it takes place.
    modality: Modality,
    /// When it started.
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    /// When it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled_at: Option<Timestamp>,
    /// When its record was sealed.
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed_at: Option<Timestamp>,
    /// The assembly whose session it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    assembly_id: Option<&'a AssemblyId>,
    /// The vote that was opened or closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    vote_id: Option<&'a VoteId>,
    /// What it is called from now on, to readers who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    /// Why it was cancelled, to readers who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancellation_reason: Option<&'a str>,
    /// Whether the event has words that the reader does not see.
    words_sealed: bool,
}

pub(super) fn frame(teller: &Teller<'_>, fact: &SessionEvent, state: &State) -> Result<Frame, Untold> {
    let session = state.session.as_ref().ok_or(Untold::Unknown)?;
    teller.say_words(NAME, |words| SessionStateChanged {
        told: teller.told(),
        snapshot: false,
        status: session.status,
        sealed: session.sealed,
        modality: session.modality,
        started_at: session.started_at,
        ended_at: session.ended_at,
        cancelled_at: session.cancelled_at,
        sealed_at: session.sealed_at,
        assembly_id: session.assembly_id.as_ref(),
        vote_id: vote(fact),
        title: words.text("title"),
        cancellation_reason: words.text("reason"),
        words_sealed: words.is_sealed(),
    })
}

/// The vote that `fact` is about.
const fn vote(fact: &SessionEvent) -> Option<&VoteId> {
    match fact {
        SessionEvent::VoteOpened { vote_id, .. } | SessionEvent::VoteClosed { vote_id, .. } => Some(vote_id),
        SessionEvent::Created { .. }
        | SessionEvent::Updated { .. }
        | SessionEvent::Described { .. }
        | SessionEvent::Started { .. }
        | SessionEvent::Ended { .. }
        | SessionEvent::Cancelled { .. }
        | SessionEvent::Sealed { .. }
        | SessionEvent::AssemblyActivated { .. }
        | SessionEvent::AssemblyCompleted { .. }
        | SessionEvent::GovernanceNotified { .. }
        | SessionEvent::GovernanceDataRecorded { .. } => None,
    }
}
