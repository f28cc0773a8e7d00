//! The list of read models, by name.

use std::str::FromStr;

use acta_application::views::ViewName;

use crate::Projection;
use crate::assemblies::Assemblies;
use crate::attendance::Attendance;
use crate::floor::Floor;
use crate::sessions::Sessions;
use crate::transcript::Transcript;

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
}

/// There is no read model of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no projection of that name; there are `sessions`, `attendance`, `floor`, `transcript` and `assemblies`"
)]
pub struct UnknownProjection;

impl ProjectionKind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Sessions, Self::Attendance, Self::Floor, Self::Transcript, Self::Assemblies];

    /// The name of its view.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sessions => Sessions::NAME,
            Self::Attendance => Attendance::NAME,
            Self::Floor => Floor::NAME,
            Self::Transcript => Transcript::NAME,
            Self::Assemblies => Assemblies::NAME,
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
