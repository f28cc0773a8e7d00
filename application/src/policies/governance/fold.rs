//! What the governance service has still to hear of one session.

use acta_domain::{AssemblyId, GovernanceNotice, Modality, Session, SessionEvent, Timestamp};
use serde::{Deserialize, Serialize};

use crate::log::{Position, RecordedEvent};

/// Something that has still to be done about the event at `cause`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Owed {
    pub(super) at: Timestamp,
    pub(super) cause: Position,
    /// The trace that the event belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) traceparent: Option<String>,
}

impl Owed {
    fn of(event: &RecordedEvent, at: Timestamp) -> Self {
        let traceparent = event.traceparent().map(|parent| parent.to_string());
        Self { at, cause: event.position, traceparent }
    }
}

/// What is done next about a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The governance service is told.
    Tell(GovernanceNotice),
    /// What it holds of the assembly is read.
    Read,
}

impl Step {
    /// Its name, in metrics and in the subjects of commands.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Tell(notice) => notice.as_str(),
            Self::Read => "event_data",
        }
    }
}

/// A step, with all that is needed to take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Task {
    pub(super) step: Step,
    pub(super) owed: Owed,
    pub(super) assembly_id: AssemblyId,
    pub(super) modality: Modality,
}

/// What the governance service has still to hear of one session, and what it has still to be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SessionNotices {
    /// The assembly that the session serves. One that serves none yet may still be said to.
    assembly_id: Option<AssemblyId>,
    modality: Option<Modality>,
    started: Option<Owed>,
    ended: Option<Owed>,
    /// What it holds, after it was told of the end.
    data: Option<Owed>,
}

/// Whether an event can change any of it.
pub(super) fn concerns(event: &RecordedEvent) -> bool {
    matches!(
        event.event_type.as_str(),
        "session.started.v1"
            | "session.ended.v1"
            | "session.sealed.v1"
            | "governance.assembly-activated.v1"
            | "governance.assembly-completed.v1"
            | "governance.notified.v1"
            | "governance.data-recorded.v1"
    )
}

impl SessionNotices {
    /// What is to be done next: the start is told before the end.
    pub(super) fn next(&self) -> Option<Task> {
        let (assembly_id, modality) = (self.assembly_id.clone()?, self.modality?);
        let steps = [
            (Step::Tell(GovernanceNotice::SessionStarted), &self.started),
            (Step::Tell(GovernanceNotice::SessionEnded), &self.ended),
            (Step::Read, &self.data),
        ];
        let (step, owed) = steps.into_iter().find_map(|(step, owed)| Some((step, owed.clone()?)))?;
        Some(Task { step, owed, assembly_id, modality })
    }

    /// Whether it has still to be looked up how the session is held, and for whom.
    pub(super) fn is_unacquainted(&self) -> bool {
        self.modality.is_none() && (self.started.is_some() || self.ended.is_some())
    }

    /// Takes over how `session` is held, and for whom.
    pub(super) fn acquaint(&mut self, session: &Session) {
        self.modality = session.details().map(|details| details.modality);
        self.assembly_id = session.assembly_id().cloned();
    }

    pub(super) fn apply(&mut self, event: &RecordedEvent, fact: &SessionEvent) {
        match fact {
            SessionEvent::Started { at } => self.started = Some(Owed::of(event, *at)),
            SessionEvent::Ended { at } => self.ended = Some(Owed::of(event, *at)),
            SessionEvent::AssemblyActivated { assembly_id, .. }
            | SessionEvent::AssemblyCompleted { assembly_id, .. } => {
                self.assembly_id = Some(assembly_id.clone());
            }
            SessionEvent::GovernanceNotified { notice: GovernanceNotice::SessionStarted, .. } => {
                self.started = None;
            }
            SessionEvent::GovernanceNotified { notice: GovernanceNotice::SessionEnded, at, .. } => {
                self.ended = None;
                self.data = Some(Owed::of(event, *at));
            }
            // After the seal, what is told goes on being told, but nothing can be recorded any more.
            SessionEvent::GovernanceDataRecorded { .. } | SessionEvent::Sealed { .. } => self.data = None,
            _ => {}
        }
    }

    /// Strikes what was owed because of the event at `cause`.
    pub(super) fn settle(&mut self, cause: Position) {
        for owed in [&mut self.started, &mut self.ended, &mut self.data] {
            if owed.as_ref().is_some_and(|owed| owed.cause == cause) {
                *owed = None;
            }
        }
    }
}
