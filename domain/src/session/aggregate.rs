//! The rules of a session's life.
//!
//! scheduled → active → completed → sealed, or scheduled → cancelled → sealed. A session may start before or after the
//! planned time. What the governance service reports is noted once each: an activation, a completion (which may come
//! without an activation, never before one), and each vote's opening and closing. So is what it accepted to be told of the
//! session, and what it held of the assembly whenever that had changed.

mod governance;

use std::collections::{BTreeMap, BTreeSet};

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::ids::{AssemblyId, PublicId, SessionId, VoteId};
use crate::values::{
    ContentDigest, GovernanceNotice, Languages, Limits, Modality, Schedule, SessionStatus, Timestamp,
};

use self::governance::must_be_the_same;
use super::{SessionCommand, SessionError, SessionEvent};

/// What can be changed about a session while it is scheduled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionDetails {
    /// Where it takes place.
    pub modality: Modality,
    /// When it is planned.
    pub schedule: Schedule,
    /// The languages spoken, the main one first.
    pub languages: Languages,
    /// What it bounds.
    pub limits: Limits,
    /// The assembly that it serves, if any.
    pub assembly_id: Option<AssemblyId>,
}

/// A session, as far as its decisions need to remember it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    created: Option<Created>,
    sealed: bool,
    /// When it was started; none in what was kept before this was, too.
    #[serde(default)]
    started_at: Option<Timestamp>,
    activated_assembly: Option<AssemblyId>,
    completed_assembly: Option<AssemblyId>,
    /// Every vote that was opened, because a vote opens only once.
    votes: BTreeMap<VoteId, Vote>,
    /// What the governance service accepted to be told.
    #[serde(default)]
    notified: BTreeSet<GovernanceNotice>,
    /// What it was last seen to hold.
    #[serde(default)]
    governance_digest: Option<ContentDigest>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Created {
    session_id: SessionId,
    public_id: PublicId,
    details: SessionDetails,
    status: SessionStatus,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Vote {
    Open,
    Closed,
}

impl Session {
    /// The session's id, once it was created.
    pub fn session_id(&self) -> Option<SessionId> {
        self.created.as_ref().map(|created| created.session_id)
    }

    /// The session's name in public proofs, once it was created.
    pub fn public_id(&self) -> Option<PublicId> {
        self.created.as_ref().map(|created| created.public_id)
    }

    /// The details in force, once it was created.
    pub fn details(&self) -> Option<&SessionDetails> {
        self.created.as_ref().map(|created| &created.details)
    }

    /// What the session bounds, once it was created.
    pub fn limits(&self) -> Option<Limits> {
        self.details().map(|details| details.limits)
    }

    /// The assembly that it serves: the one that was marked as its own, or else the planned one.
    pub fn assembly_id(&self) -> Option<&AssemblyId> {
        self.marked_assembly().or_else(|| self.details()?.assembly_id.as_ref())
    }

    /// Where the session is in its life, once it was created.
    pub fn status(&self) -> Option<SessionStatus> {
        self.created.as_ref().map(|created| created.status)
    }

    /// When it was started, if that is known.
    pub fn started_at(&self) -> Option<Timestamp> {
        self.started_at
    }

    /// Whether the record is closed for good.
    pub const fn is_sealed(&self) -> bool {
        self.sealed
    }

    /// Whether people may come and go: from the announcement to the end.
    pub fn accepts_presence(&self) -> bool {
        matches!(self.open_status(), Some(SessionStatus::Scheduled | SessionStatus::Active))
    }

    /// Whether the floor is open: only while the session is active.
    pub fn accepts_floor(&self) -> bool {
        self.open_status() == Some(SessionStatus::Active)
    }

    /// Whether the rules of the floor, its groups and its time accounts may be set: from the announcement to the end.
    pub fn accepts_floor_rules(&self) -> bool {
        self.accepts_presence()
    }

    /// Whether chunks may be added or corrected: from the start until the record is sealed.
    pub fn accepts_transcript(&self) -> bool {
        matches!(self.open_status(), Some(SessionStatus::Active | SessionStatus::Completed))
    }

    /// The votes that are open now.
    pub fn open_votes(&self) -> impl Iterator<Item = &VoteId> {
        self.votes.iter().filter(|(_, vote)| **vote == Vote::Open).map(|(vote_id, _)| vote_id)
    }

    fn open_status(&self) -> Option<SessionStatus> {
        self.status().filter(|_| !self.sealed)
    }

    /// Decides a command.
    ///
    /// # Errors
    ///
    /// [`SessionError`] when the rules refuse it; nothing happened then.
    pub fn decide(&self, command: SessionCommand) -> Result<Vec<SessionEvent>, SessionError> {
        let event = match command {
            SessionCommand::Create { session_id, public_id, details, at } => {
                self.create(session_id, public_id, details, at)
            }
            SessionCommand::Update { details, at } => self.update(details, at),
            SessionCommand::Describe { at } => self.unsealed().map(|_| SessionEvent::Described { at }),
            SessionCommand::Start { at } => self.must_be_scheduled().map(|()| SessionEvent::Started { at }),
            SessionCommand::End { at } => self.end(at),
            SessionCommand::Cancel { at } => {
                self.must_be_scheduled().map(|()| SessionEvent::Cancelled { at })
            }
            SessionCommand::Seal { at } => self.seal(at),
            SessionCommand::MarkAssemblyActivated { assembly_id, at } => self.mark_activated(assembly_id, at),
            SessionCommand::MarkAssemblyCompleted { assembly_id, at } => self.mark_completed(assembly_id, at),
            SessionCommand::MarkGovernanceNotified { assembly_id, notice, at } => {
                self.mark_notified(assembly_id, notice, at)
            }
            SessionCommand::RecordGovernanceData { assembly_id, digest, bytes, at } => {
                self.record_governance_data(assembly_id, digest, bytes, at)
            }
            SessionCommand::OpenVote { vote_id, at } => self.open_vote(vote_id, at),
            SessionCommand::CloseVote { vote_id, at } => self.close_vote(vote_id, at),
        }?;
        Ok(vec![event])
    }

    fn create(
        &self,
        session_id: SessionId,
        public_id: PublicId,
        details: SessionDetails,
        at: Timestamp,
    ) -> Result<SessionEvent, SessionError> {
        if self.created.is_some() {
            return Err(SessionError::AlreadyCreated);
        }
        let SessionDetails { modality, schedule, languages, limits, assembly_id } = details;
        Ok(SessionEvent::Created {
            session_id,
            public_id,
            modality,
            schedule,
            languages,
            limits,
            assembly_id,
            at,
        })
    }

    fn update(&self, details: SessionDetails, at: Timestamp) -> Result<SessionEvent, SessionError> {
        self.must_be_scheduled()?;
        let SessionDetails { modality, schedule, languages, limits, assembly_id } = details;
        if let (Some(marked), Some(wanted)) = (self.marked_assembly(), &assembly_id) {
            must_be_the_same(marked, wanted)?;
        }
        Ok(SessionEvent::Updated { modality, schedule, languages, limits, assembly_id, at })
    }

    fn end(&self, at: Timestamp) -> Result<SessionEvent, SessionError> {
        self.must_be_active()?;
        match self.open_votes().next() {
            Some(vote_id) => Err(SessionError::VoteStillOpen { vote_id: vote_id.clone() }),
            None => Ok(SessionEvent::Ended { at }),
        }
    }

    fn seal(&self, at: Timestamp) -> Result<SessionEvent, SessionError> {
        match self.unsealed()?.status {
            SessionStatus::Completed | SessionStatus::Cancelled => Ok(SessionEvent::Sealed { at }),
            status => Err(SessionError::NotOver { status }),
        }
    }

    fn unsealed(&self) -> Result<&Created, SessionError> {
        if self.sealed {
            return Err(SessionError::Sealed);
        }
        self.created.as_ref().ok_or(SessionError::NotCreated)
    }

    fn must_be_scheduled(&self) -> Result<(), SessionError> {
        match self.unsealed()?.status {
            SessionStatus::Scheduled => Ok(()),
            status => Err(SessionError::NotScheduled { status }),
        }
    }

    fn must_be_active(&self) -> Result<(), SessionError> {
        match self.unsealed()?.status {
            SessionStatus::Active => Ok(()),
            status => Err(SessionError::NotActive { status }),
        }
    }

    fn set_status(&mut self, status: SessionStatus) {
        if let Some(created) = &mut self.created {
            created.status = status;
        }
    }
}

impl Aggregate for Session {
    const TYPE: &'static str = "session";
    type Command = SessionCommand;
    type Event = SessionEvent;
    type Error = SessionError;
    type Services = ();

    async fn handle(
        &mut self,
        command: Self::Command,
        _services: &Self::Services,
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        for event in self.decide(command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Self::Event) {
        match event {
            SessionEvent::Created {
                session_id,
                public_id,
                modality,
                schedule,
                languages,
                limits,
                assembly_id,
                at: _,
            } => {
                let details = SessionDetails { modality, schedule, languages, limits, assembly_id };
                let status = SessionStatus::Scheduled;
                self.created = Some(Created { session_id, public_id, details, status });
            }
            SessionEvent::Updated { modality, schedule, languages, limits, assembly_id, at: _ } => {
                if let Some(created) = &mut self.created {
                    created.details = SessionDetails { modality, schedule, languages, limits, assembly_id };
                }
            }
            SessionEvent::Described { .. } => {}
            SessionEvent::Started { at } => {
                self.started_at = Some(at);
                self.set_status(SessionStatus::Active);
            }
            SessionEvent::Ended { .. } => self.set_status(SessionStatus::Completed),
            SessionEvent::Cancelled { .. } => self.set_status(SessionStatus::Cancelled),
            SessionEvent::Sealed { .. } => self.sealed = true,
            SessionEvent::AssemblyActivated { assembly_id, .. } => {
                self.activated_assembly = Some(assembly_id);
            }
            SessionEvent::AssemblyCompleted { assembly_id, .. } => {
                self.completed_assembly = Some(assembly_id);
            }
            SessionEvent::GovernanceNotified { notice, .. } => {
                self.notified.insert(notice);
            }
            SessionEvent::GovernanceDataRecorded { digest, .. } => self.governance_digest = Some(digest),
            SessionEvent::VoteOpened { vote_id, .. } => {
                self.votes.insert(vote_id, Vote::Open);
            }
            SessionEvent::VoteClosed { vote_id, .. } => {
                self.votes.insert(vote_id, Vote::Closed);
            }
        }
    }
}
