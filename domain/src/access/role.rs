//! The roles that every tenant has.

use crate::values::RoleName;

use super::Permission;

/// A template of permissions that every tenant has. Others are defined by a tenant itself: [`crate::role`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything inside the tenant.
    Administrator,
    /// Runs a session.
    Chair,
    /// Runs the room of a session for the chair: who is present, and who has the floor.
    Moderator,
    /// Takes part as one of those who are to speak; may do what a participant may.
    Speaker,
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
    pub const ALL: [Self; 8] = [
        Self::Administrator,
        Self::Chair,
        Self::Moderator,
        Self::Speaker,
        Self::Participant,
        Self::Observer,
        Self::Auditor,
        Self::Service,
    ];

    /// The role's name in tokens.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Chair => "chair",
            Self::Moderator => "moderator",
            Self::Speaker => "speaker",
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
            AttendanceManage, AttendanceValidate, AuditRead, DossierRead, FeedRead, FloorModerate,
            FloorRequest, GovernanceRecord, PersonsRead, SessionsManage, SessionsOperate, SessionsRead,
            TranscriptWrite,
        };
        match self {
            Self::Administrator => Permission::ALL,
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
            Self::Moderator => &[
                SessionsRead,
                AttendanceManage,
                AttendanceValidate,
                FloorRequest,
                FloorModerate,
                PersonsRead,
            ],
            Self::Speaker | Self::Participant => {
                &[SessionsRead, AttendanceValidate, FloorRequest, PersonsRead]
            }
            Self::Observer => &[SessionsRead],
            Self::Auditor => &[SessionsRead, PersonsRead, DossierRead, FeedRead, AuditRead],
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

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        Self::parse(role.name()).expect("the names of roles are plain")
    }
}
