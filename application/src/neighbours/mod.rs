//! The services beside this one, as ports: what is asked of each, and how its absence is told.
//!
//! None of them is needed for the record to go on. A neighbour that is away takes one feature with it, and whoever asks for that
//! feature hears which one it was.

mod codes;
mod compliance;
mod error;
mod governance;
mod identity;
mod profiles;
mod tenancy;

use std::sync::Arc;

use acta_domain::TenantId;

pub use codes::{CodeDelivery, CodeMessage};
pub use compliance::{Compliance, RetentionPolicy};
pub use error::{Neighbour, NeighbourError};
pub use governance::{Governance, GovernanceData, SessionNotice};
pub use identity::{
    BiometricSample, EvidenceRefusal, EvidenceVerdict, Identified, IdentityAttempt, IdentityService,
};
pub use profiles::Profiles;
pub use tenancy::{Tenancy, TenantStatus};

/// For whom a neighbour is asked, and in which trace.
#[derive(Debug, Clone)]
pub struct Asking {
    /// The tenant.
    pub tenant: TenantId,
    /// W3C trace context of what asks, passed on.
    pub traceparent: Option<String>,
}

/// The neighbours that this service has.
#[derive(Clone, Default)]
pub struct Neighbours {
    /// Checks evidence of identity.
    pub identity: Option<Arc<dyn IdentityService>>,
    /// Runs the assemblies that sessions serve.
    pub governance: Option<Arc<dyn Governance>>,
    /// Knows what tenants may have.
    pub tenancy: Option<Arc<dyn Tenancy>>,
    /// Knows who may attend.
    pub profiles: Option<Arc<dyn Profiles>>,
    /// Knows how long what is to be kept.
    pub compliance: Option<Arc<dyn Compliance>>,
    /// Brings one-time codes to people; built in, or the notifications service.
    pub codes: Option<Arc<dyn CodeDelivery>>,
}

impl Neighbours {
    /// The identity service.
    ///
    /// # Errors
    /// [`NeighbourError::NotConfigured`] where there is none.
    pub fn identity(&self) -> Result<&dyn IdentityService, NeighbourError> {
        self.identity.as_deref().ok_or(NeighbourError::of_none(Neighbour::Identity))
    }

    /// The governance service.
    ///
    /// # Errors
    /// [`NeighbourError::NotConfigured`] where there is none.
    pub fn governance(&self) -> Result<&dyn Governance, NeighbourError> {
        self.governance.as_deref().ok_or(NeighbourError::of_none(Neighbour::Governance))
    }

    /// The compliance service.
    ///
    /// # Errors
    /// [`NeighbourError::NotConfigured`] where there is none.
    pub fn compliance(&self) -> Result<&dyn Compliance, NeighbourError> {
        self.compliance.as_deref().ok_or(NeighbourError::of_none(Neighbour::Compliance))
    }

    /// What brings codes to people.
    ///
    /// # Errors
    /// [`NeighbourError::NotConfigured`] where there is nothing.
    pub fn codes(&self) -> Result<&dyn CodeDelivery, NeighbourError> {
        self.codes.as_deref().ok_or(NeighbourError::of_none(Neighbour::Notifications))
    }
}
