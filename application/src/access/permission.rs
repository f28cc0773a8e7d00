//! Permissions, and the roles that are templates of them.

/// One thing that a principal may do, inside its own tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// Read sessions, attendance, the floor and the transcript.
    SessionsRead,
    /// Create and change sessions.
    SessionsManage,
    /// Start, end, cancel and seal sessions.
    SessionsOperate,
    /// Record what the governance service says: assemblies and votes.
    GovernanceRecord,
    /// Register, refuse and mark attendees, and issue QR codes.
    AttendanceManage,
    /// Validate one's own attendance.
    AttendanceValidate,
    /// Ask for the floor, withdraw, and finish one's own turn.
    FloorRequest,
    /// Approve, deny, finish and mute.
    FloorModerate,
    /// Add chunks to the transcript and correct them.
    TranscriptWrite,
    /// See names, titles and words: open sealed parts.
    PersonsRead,
    /// Destroy a person's key.
    PersonsErase,
    /// Download a dossier.
    DossierRead,
    /// Follow the feed of events.
    FeedRead,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 13] = [
        Self::SessionsRead,
        Self::SessionsManage,
        Self::SessionsOperate,
        Self::GovernanceRecord,
        Self::AttendanceManage,
        Self::AttendanceValidate,
        Self::FloorRequest,
        Self::FloorModerate,
        Self::TranscriptWrite,
        Self::PersonsRead,
        Self::PersonsErase,
        Self::DossierRead,
        Self::FeedRead,
    ];
}

/// A template of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything inside the tenant.
    Administrator,
    /// Runs a session.
    Chair,
    /// Takes part.
    Participant,
    /// Watches, and sees no names.
    Observer,
    /// Reads everything, changes nothing.
    Auditor,
    /// Another service that schedules sessions and feeds transcripts.
    Service,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] =
        [Self::Administrator, Self::Chair, Self::Participant, Self::Observer, Self::Auditor, Self::Service];

    /// The role's name in tokens.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Chair => "chair",
            Self::Participant => "participant",
            Self::Observer => "observer",
            Self::Auditor => "auditor",
            Self::Service => "service",
        }
    }

    /// The role called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What the role may do.
    pub const fn permissions(self) -> &'static [Permission] {
        use Permission::{
            AttendanceManage, AttendanceValidate, DossierRead, FeedRead, FloorModerate, FloorRequest,
            GovernanceRecord, PersonsRead, SessionsManage, SessionsOperate, SessionsRead, TranscriptWrite,
        };
        match self {
            Self::Administrator => &Permission::ALL,
            Self::Chair => &[
                SessionsRead,
                SessionsManage,
                SessionsOperate,
                GovernanceRecord,
                AttendanceManage,
                AttendanceValidate,
                FloorRequest,
                FloorModerate,
                TranscriptWrite,
                PersonsRead,
            ],
            Self::Participant => &[SessionsRead, AttendanceValidate, FloorRequest, PersonsRead],
            Self::Observer => &[SessionsRead],
            Self::Auditor => &[SessionsRead, PersonsRead, DossierRead, FeedRead],
            Self::Service => &[
                SessionsRead,
                SessionsManage,
                SessionsOperate,
                GovernanceRecord,
                AttendanceManage,
                TranscriptWrite,
                FeedRead,
            ],
        }
    }
}
