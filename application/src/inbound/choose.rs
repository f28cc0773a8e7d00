//! Which session of an assembly a message is about.

use acta_domain::{SessionId, SessionStatus};

use super::{AssemblySession, Reason, Verdict};
use crate::session::AssemblyNews;

/// How many sessions are named when several could be meant.
const NAMED: usize = 16;

/// The session out of `sessions`, all of one assembly, that `news` is about: the active one, else the only scheduled one, else the one
/// that was completed last; but a completion is about a completed one rather than about one that is yet to come. Cancelled and sealed
/// ones do not count.
pub(super) fn choose(sessions: &[AssemblySession], news: &AssemblyNews) -> Result<SessionId, Verdict> {
    use SessionStatus::{Active, Completed, Scheduled};
    let preferred = match news {
        AssemblyNews::Completed => [Active, Completed, Scheduled],
        _ => [Active, Scheduled, Completed],
    };
    let (status, mut candidates) = preferred
        .into_iter()
        .map(|status| (status, candidates(sessions, status)))
        .find(|(_, candidates)| !candidates.is_empty())
        .ok_or(Verdict::NotYet(Reason::NoSession))?;
    if candidates.len() > 1 && status != Completed {
        return Err(ambiguous(candidates, status, news));
    }
    Ok(candidates.pop().expect("there is at least one"))
}

/// Those with this status, oldest first: ids are ordered by time.
fn candidates(sessions: &[AssemblySession], status: SessionStatus) -> Vec<SessionId> {
    let open = sessions.iter().filter(|session| session.status == status && !session.sealed);
    let mut ids: Vec<_> = open.map(|session| session.session_id).collect();
    ids.sort_unstable();
    ids
}

/// An activation must say which session it starts. Anything else may still become clear, once one of them has been started.
fn ambiguous(mut sessions: Vec<SessionId>, status: SessionStatus, news: &AssemblyNews) -> Verdict {
    sessions.truncate(NAMED);
    let reason = Reason::Ambiguous { sessions };
    if status == SessionStatus::Scheduled && *news != AssemblyNews::Activated {
        return Verdict::NotYet(reason);
    }
    Verdict::Never(reason)
}

#[cfg(test)]
mod tests;
