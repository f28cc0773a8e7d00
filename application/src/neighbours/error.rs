//! Why a neighbour did not do what it was asked for.

use std::fmt;
use std::time::Duration;

use crate::log::Fault;

/// One of the services beside this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Neighbour {
    /// Checks evidence of identity.
    Identity,
    /// Runs the assemblies that sessions serve.
    Governance,
    /// Knows what tenants may have.
    Tenancy,
    /// Knows who may attend.
    Profiles,
    /// Brings messages to people.
    Notifications,
    /// Knows how long what is to be kept.
    Compliance,
}

impl Neighbour {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Identity,
        Self::Governance,
        Self::Tenancy,
        Self::Profiles,
        Self::Notifications,
        Self::Compliance,
    ];

    /// Its name, in metrics, in `/health` and in problems.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Governance => "governance",
            Self::Tenancy => "tenancy",
            Self::Profiles => "profiles",
            Self::Notifications => "notifications",
            Self::Compliance => "compliance",
        }
    }

    /// The settings of which one must be there for it to be asked.
    pub const fn settings(self) -> &'static str {
        match self {
            Self::Identity => "IDENTITY_SERVICE_URL",
            Self::Governance => "GOVERNANCE_SERVICE_URL",
            Self::Tenancy => "TENANCY_SERVICE_URL",
            Self::Profiles => "USER_PROFILES_SERVICE_URL",
            Self::Notifications => "NOTIFICATIONS_SERVICE_URL or, for e-mail, SMTP_URL",
            Self::Compliance => "COMPLIANCE_SERVICE_URL",
        }
    }
}

impl fmt::Display for Neighbour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a neighbour did not do what it was asked for. None of it says what was asked: that may be somebody's face.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NeighbourError {
    /// This service has no such neighbour.
    #[error("this needs the {neighbour} service, which is not configured: set {settings}")]
    NotConfigured {
        /// Which.
        neighbour: Neighbour,
        /// What to set.
        settings: &'static str,
    },
    /// It could not be reached, or the connection was cut.
    #[error("the {neighbour} service cannot be reached")]
    Unreachable {
        /// Which.
        neighbour: Neighbour,
        /// What happened.
        #[source]
        source: Fault,
    },
    /// It did not answer in time.
    #[error("the {neighbour} service did not answer within {} seconds", .after.as_secs_f32())]
    TimedOut {
        /// Which.
        neighbour: Neighbour,
        /// How long it was waited for.
        after: Duration,
    },
    /// It failed so often that it is left alone for a while.
    #[error("the {neighbour} service fails too often and is left alone for a while")]
    LeftAlone {
        /// Which.
        neighbour: Neighbour,
        /// For how long at most.
        retry_after: Duration,
    },
    /// It says that it failed, each time it was tried.
    #[error("the {neighbour} service fails with the status {status}")]
    Failed {
        /// Which.
        neighbour: Neighbour,
        /// Its last HTTP status.
        status: u16,
    },
    /// It has too much to do.
    #[error("the {neighbour} service has too much to do")]
    Busy {
        /// Which.
        neighbour: Neighbour,
        /// When it wants to be asked again, if it says so.
        retry_after: Option<Duration>,
    },
    /// It does not accept this service as who it is.
    #[error("the {neighbour} service does not accept this service: it answers with the status {status}")]
    Denied {
        /// Which.
        neighbour: Neighbour,
        /// 401 or 403.
        status: u16,
    },
    /// It refuses what it was told.
    #[error("the {neighbour} service refuses with the status {status}")]
    Refused {
        /// Which.
        neighbour: Neighbour,
        /// Its HTTP status, 4xx.
        status: u16,
    },
    /// Its answer has not the form that its contract gives.
    #[error("the answer of the {neighbour} service cannot be used: {what}")]
    Unusable {
        /// Which.
        neighbour: Neighbour,
        /// What is wrong with it, in words that hold nothing of it.
        what: &'static str,
    },
}

impl NeighbourError {
    /// There is no such neighbour.
    pub const fn of_none(neighbour: Neighbour) -> Self {
        Self::NotConfigured { neighbour, settings: neighbour.settings() }
    }

    /// Which neighbour it is about.
    pub const fn neighbour(&self) -> Neighbour {
        match self {
            Self::NotConfigured { neighbour, .. }
            | Self::Unreachable { neighbour, .. }
            | Self::TimedOut { neighbour, .. }
            | Self::LeftAlone { neighbour, .. }
            | Self::Failed { neighbour, .. }
            | Self::Busy { neighbour, .. }
            | Self::Denied { neighbour, .. }
            | Self::Refused { neighbour, .. }
            | Self::Unusable { neighbour, .. } => *neighbour,
        }
    }
}
