//! How events become the row.

use acta_application::log::RecordedEvent;
use acta_application::views::Columns;
use acta_domain::values::SessionStatus;
use acta_domain::{AnyEvent, AssemblyId, SessionEvent};
use sha2::{Digest, Sha256};

use super::AssemblyView;
use crate::{Poison, Projection};

/// The id of a session's only row.
pub const ROW: &str = "assembly";

/// The read model of assemblies. Columns: `status`, `kind` = the assembly's id, `rank` = a hash of it, because rows are found quickly by
/// rank.
#[derive(Debug, Clone, Copy)]
pub struct Assemblies;

impl Projection for Assemblies {
    const NAME: &'static str = "assemblies";
    type View = AssemblyView;

    fn concerns(aggregate_type: &str) -> bool {
        aggregate_type == "session"
    }

    fn row(_: &RecordedEvent, decoded: &AnyEvent) -> Option<String> {
        matches!(decoded, AnyEvent::Session(fact) if matters(fact)).then(|| ROW.to_owned())
    }

    fn fold(
        view: Option<AssemblyView>,
        event: &RecordedEvent,
        decoded: &AnyEvent,
    ) -> Result<AssemblyView, Poison> {
        let AnyEvent::Session(fact) = decoded else {
            return Err(Poison::new("not an event of a session"));
        };
        let mut view = match (view, fact) {
            (None, SessionEvent::Created { assembly_id, .. }) => created(event, assembly_id.as_ref()),
            (Some(_), SessionEvent::Created { .. }) => {
                return Err(Poison::new("a session was created twice"));
            }
            (Some(view), _) => changed(view, fact),
            (None, _) => return Err(Poison::new("an event of a session that was never created")),
        };
        view.position = event.position;
        Ok(view)
    }

    fn columns(view: &AssemblyView) -> Columns {
        Columns {
            status: Some(view.status.as_str().to_owned()),
            kind: view.assembly_id().map(|id| id.as_str().to_owned()),
            person: None,
            rank: view.assembly_id().map_or(0, rank),
        }
    }
}

/// Where the rows of an assembly are: from 0 on, and seldom where those of another are.
pub(super) fn rank(assembly: &AssemblyId) -> i64 {
    let digest = Sha256::digest(assembly.as_str());
    let head = digest.first_chunk::<8>().expect("a digest has 32 bytes");
    i64::from_be_bytes(*head) & (i64::MAX >> 1)
}

/// Whether the event changes the row.
fn matters(fact: &SessionEvent) -> bool {
    !matches!(
        fact,
        SessionEvent::Described { .. }
            | SessionEvent::GovernanceNotified { .. }
            | SessionEvent::GovernanceDataRecorded { .. }
            | SessionEvent::VoteOpened { .. }
            | SessionEvent::VoteClosed { .. }
    )
}

fn created(event: &RecordedEvent, planned: Option<&AssemblyId>) -> AssemblyView {
    AssemblyView {
        session_id: event.session_id,
        planned: planned.cloned(),
        marked: None,
        status: SessionStatus::Scheduled,
        sealed: false,
        position: event.position,
    }
}

/// The row after another event.
fn changed(mut view: AssemblyView, fact: &SessionEvent) -> AssemblyView {
    match fact {
        SessionEvent::Updated { assembly_id, .. } => view.planned.clone_from(assembly_id),
        SessionEvent::Started { .. } => view.status = SessionStatus::Active,
        SessionEvent::Ended { .. } => view.status = SessionStatus::Completed,
        SessionEvent::Cancelled { .. } => view.status = SessionStatus::Cancelled,
        SessionEvent::Sealed { .. } => view.sealed = true,
        SessionEvent::AssemblyActivated { assembly_id, .. }
        | SessionEvent::AssemblyCompleted { assembly_id, .. } => {
            view.marked.get_or_insert_with(|| assembly_id.clone());
        }
        SessionEvent::Created { .. }
        | SessionEvent::Described { .. }
        | SessionEvent::GovernanceNotified { .. }
        | SessionEvent::GovernanceDataRecorded { .. }
        | SessionEvent::VoteOpened { .. }
        | SessionEvent::VoteClosed { .. } => {}
    }
    view
}
