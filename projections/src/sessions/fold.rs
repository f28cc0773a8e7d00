//! How events become the row.

use acta_application::log::RecordedEvent;
use acta_application::views::Columns;
use acta_domain::values::{GovernanceNotice, SessionStatus};
use acta_domain::{AnyEvent, SessionEvent};

use super::{GovernanceDataView, GovernanceNotifiedView, SessionView, VoteView};
use crate::{Poison, Projection, StoredPart};

/// The id of a session's only row.
pub const ROW: &str = "session";

/// The read model of sessions. Columns: `status`, `kind` = modality, `rank` = planned start in microseconds since the Unix
/// epoch.
#[derive(Debug, Clone, Copy)]
pub struct Sessions;

impl Projection for Sessions {
    const NAME: &'static str = "sessions";
    type View = SessionView;

    fn concerns(aggregate_type: &str) -> bool {
        aggregate_type == "session"
    }

    fn row(_: &RecordedEvent, decoded: &AnyEvent) -> Option<String> {
        matches!(decoded, AnyEvent::Session(_)).then(|| ROW.to_owned())
    }

    fn fold(
        view: Option<SessionView>,
        event: &RecordedEvent,
        decoded: &AnyEvent,
    ) -> Result<SessionView, Poison> {
        let AnyEvent::Session(fact) = decoded else {
            return Err(Poison::new("not an event of a session"));
        };
        let mut view = match (view, fact) {
            (None, SessionEvent::Created { .. }) => created(event, fact)?,
            (Some(view), _) => changed(view, event, fact)?,
            (None, _) => return Err(Poison::new("an event of a session that was never created")),
        };
        view.version = event.sequence;
        view.position = event.position;
        Ok(view)
    }

    fn columns(view: &SessionView) -> Columns {
        Columns {
            status: Some(view.status.as_str().to_owned()),
            kind: Some(view.modality.as_str().to_owned()),
            person: None,
            rank: view.schedule.starts_at().as_micros(),
        }
    }
}

/// The row of a session that was just created.
fn created(event: &RecordedEvent, fact: &SessionEvent) -> Result<SessionView, Poison> {
    let SessionEvent::Created {
        session_id,
        public_id,
        modality,
        schedule,
        languages,
        limits,
        assembly_id,
        at,
    } = fact
    else {
        return Err(Poison::new("a session begins with its creation"));
    };
    Ok(SessionView {
        session_id: *session_id,
        public_id: *public_id,
        status: SessionStatus::Scheduled,
        sealed: false,
        modality: *modality,
        schedule: *schedule,
        languages: languages.clone(),
        limits: *limits,
        assembly_id: assembly_id.clone(),
        title: None,
        cancellation: None,
        created_at: *at,
        started_at: None,
        ended_at: None,
        cancelled_at: None,
        sealed_at: None,
        assembly_activated_at: None,
        assembly_completed_at: None,
        governance_notified: GovernanceNotifiedView::default(),
        governance_data: None,
        votes: Vec::new(),
        version: event.sequence,
        position: event.position,
    })
}

/// The row after another event.
fn changed(mut view: SessionView, event: &RecordedEvent, fact: &SessionEvent) -> Result<SessionView, Poison> {
    match fact {
        SessionEvent::Created { .. } => return Err(Poison::new("a session was created twice")),
        SessionEvent::Updated { modality, schedule, languages, limits, assembly_id, .. } => {
            view.modality = *modality;
            view.schedule = *schedule;
            view.languages = languages.clone();
            view.limits = *limits;
            view.assembly_id.clone_from(assembly_id);
        }
        SessionEvent::Described { .. } => described(&mut view, event),
        SessionEvent::Started { at } => {
            view.status = SessionStatus::Active;
            view.started_at = Some(*at);
        }
        SessionEvent::Ended { at } => {
            view.status = SessionStatus::Completed;
            view.ended_at = Some(*at);
        }
        SessionEvent::Cancelled { at } => {
            view.status = SessionStatus::Cancelled;
            view.cancelled_at = Some(*at);
        }
        SessionEvent::Sealed { at } => {
            view.sealed = true;
            view.sealed_at = Some(*at);
        }
        governance => return told_by_governance(view, governance),
    }
    Ok(view)
}

/// Words after a cancellation are about the cancellation; before it they are the title.
fn described(view: &mut SessionView, event: &RecordedEvent) {
    let words = if view.cancelled_at.is_some() { &mut view.cancellation } else { &mut view.title };
    *words = StoredPart::of(event);
}

/// The row after an event between the session and the governance service.
fn told_by_governance(mut view: SessionView, fact: &SessionEvent) -> Result<SessionView, Poison> {
    match fact {
        SessionEvent::AssemblyActivated { at, .. } => view.assembly_activated_at = Some(*at),
        SessionEvent::AssemblyCompleted { at, .. } => view.assembly_completed_at = Some(*at),
        SessionEvent::GovernanceNotified { notice: GovernanceNotice::SessionStarted, at, .. } => {
            view.governance_notified.started_at = Some(*at);
        }
        SessionEvent::GovernanceNotified { notice: GovernanceNotice::SessionEnded, at, .. } => {
            view.governance_notified.ended_at = Some(*at);
        }
        SessionEvent::GovernanceDataRecorded { digest, bytes, at, .. } => {
            view.governance_data = Some(GovernanceDataView { digest: *digest, bytes: *bytes, at: *at });
        }
        SessionEvent::VoteOpened { vote_id, at } => {
            view.votes.push(VoteView { vote_id: vote_id.clone(), opened_at: *at, closed_at: None });
        }
        SessionEvent::VoteClosed { vote_id, at } => {
            let open =
                view.votes.iter_mut().find(|vote| vote.vote_id == *vote_id && vote.closed_at.is_none());
            let vote = open.ok_or_else(|| Poison::new("a vote was closed that was not open"))?;
            vote.closed_at = Some(*at);
        }
        _ => return Err(Poison::new("not an event of the governance service")),
    }
    Ok(view)
}
