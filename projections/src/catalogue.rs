//! The list of read models, by name.

use std::str::FromStr;

use acta_application::views::ViewName;

use crate::Projection;
use crate::access::Access;
use crate::assemblies::Assemblies;
use crate::attendance::Attendance;
use crate::clients::Clients;
use crate::floor::Floor;
use crate::roles::Roles;
use crate::sessions::Sessions;
use crate::transcript::Transcript;
use crate::users::Users;

/// Each of the read models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProjectionKind {
    /// One row per session.
    Sessions,
    /// One row per person per session.
    Attendance,
    /// One row per session: who waits, who speaks.
    Floor,
    /// One row per chunk of speech.
    Transcript,
    /// One row per session: which assembly it serves.
    Assemblies,
    /// One row per user.
    Users,
    /// One row per role that a tenant defined.
    Roles,
    /// One row per client.
    Clients,
    /// One row per event of a tenant's register: who did what to whom.
    Access,
}

/// There is no read model of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no projection of that name; there are `sessions`, `attendance`, `floor`, `transcript`, `assemblies`, `users`, `roles`, `clients` and `access`"
)]
pub struct UnknownProjection;

impl ProjectionKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Sessions,
        Self::Attendance,
        Self::Floor,
        Self::Transcript,
        Self::Assemblies,
        Self::Users,
        Self::Roles,
        Self::Clients,
        Self::Access,
    ];

    /// The name of its view.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sessions => Sessions::NAME,
            Self::Attendance => Attendance::NAME,
            Self::Floor => Floor::NAME,
            Self::Transcript => Transcript::NAME,
            Self::Assemblies => Assemblies::NAME,
            Self::Users => Users::NAME,
            Self::Roles => Roles::NAME,
            Self::Clients => Clients::NAME,
            Self::Access => Access::NAME,
        }
    }

    /// The name of its view, as the store knows it.
    pub fn view(self) -> ViewName {
        ViewName::new(self.as_str())
    }
}

impl std::fmt::Display for ProjectionKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ProjectionKind {
    type Err = UnknownProjection;

    fn from_str(text: &str) -> Result<Self, UnknownProjection> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownProjection)
    }
}
