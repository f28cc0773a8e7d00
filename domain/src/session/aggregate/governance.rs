//! The marks of the assembly that a session serves, and of what its governance service was told and holds.

use crate::ids::{AssemblyId, VoteId};
use crate::values::{ContentDigest, GovernanceNotice, Timestamp};

use super::{Session, SessionError, SessionEvent, Vote};

impl Session {
    pub(super) fn mark_activated(
        &self,
        assembly_id: AssemblyId,
        at: Timestamp,
    ) -> Result<SessionEvent, SessionError> {
        self.must_serve(&assembly_id)?;
        if self.activated_assembly.is_some() {
            return Err(SessionError::AssemblyAlreadyActivated);
        }
        if self.completed_assembly.is_some() {
            return Err(SessionError::AssemblyAlreadyCompleted);
        }
        Ok(SessionEvent::AssemblyActivated { assembly_id, at })
    }

    pub(super) fn mark_completed(
        &self,
        assembly_id: AssemblyId,
        at: Timestamp,
    ) -> Result<SessionEvent, SessionError> {
        self.must_serve(&assembly_id)?;
        if self.completed_assembly.is_some() {
            return Err(SessionError::AssemblyAlreadyCompleted);
        }
        Ok(SessionEvent::AssemblyCompleted { assembly_id, at })
    }

    pub(super) fn mark_notified(
        &self,
        assembly_id: AssemblyId,
        notice: GovernanceNotice,
        at: Timestamp,
    ) -> Result<SessionEvent, SessionError> {
        self.must_serve_already(&assembly_id)?;
        if self.notified.contains(&notice) {
            return Err(SessionError::AlreadyNotified { notice });
        }
        Ok(SessionEvent::GovernanceNotified { assembly_id, notice, at })
    }

    pub(super) fn record_governance_data(
        &self,
        assembly_id: AssemblyId,
        digest: ContentDigest,
        bytes: u64,
        at: Timestamp,
    ) -> Result<SessionEvent, SessionError> {
        self.must_serve_already(&assembly_id)?;
        if self.governance_digest == Some(digest) {
            return Err(SessionError::GovernanceDataUnchanged);
        }
        Ok(SessionEvent::GovernanceDataRecorded { assembly_id, digest, bytes, at })
    }

    pub(super) fn open_vote(&self, vote_id: VoteId, at: Timestamp) -> Result<SessionEvent, SessionError> {
        self.must_be_active()?;
        if self.votes.contains_key(&vote_id) {
            return Err(SessionError::VoteAlreadyOpened { vote_id });
        }
        Ok(SessionEvent::VoteOpened { vote_id, at })
    }

    pub(super) fn close_vote(&self, vote_id: VoteId, at: Timestamp) -> Result<SessionEvent, SessionError> {
        self.must_be_active()?;
        if self.votes.get(&vote_id) != Some(&Vote::Open) {
            return Err(SessionError::VoteNotOpen { vote_id });
        }
        Ok(SessionEvent::VoteClosed { vote_id, at })
    }

    /// A session without an assembly takes the first one that is marked as its own.
    fn must_serve(&self, assembly_id: &AssemblyId) -> Result<(), SessionError> {
        self.unsealed()?;
        match self.assembly_id() {
            Some(expected) => must_be_the_same(expected, assembly_id),
            None => Ok(()),
        }
    }

    /// What this service says to governance itself makes no assembly the session's own.
    fn must_serve_already(&self, assembly_id: &AssemblyId) -> Result<(), SessionError> {
        self.must_serve(assembly_id)?;
        self.assembly_id().map(drop).ok_or(SessionError::NoAssembly)
    }

    pub(super) fn marked_assembly(&self) -> Option<&AssemblyId> {
        self.activated_assembly.as_ref().or(self.completed_assembly.as_ref())
    }
}

pub(super) fn must_be_the_same(expected: &AssemblyId, given: &AssemblyId) -> Result<(), SessionError> {
    if expected == given {
        return Ok(());
    }
    Err(SessionError::OtherAssembly { expected: expected.clone() })
}
