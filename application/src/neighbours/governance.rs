//! The governance service: it runs the assemblies that sessions serve.

use acta_domain::{AssemblyId, GovernanceNotice, Modality, SessionId, Timestamp};
use async_trait::async_trait;
use uuid::Uuid;

use super::{Asking, NeighbourError};

/// What the governance service is told about a session of its assembly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionNotice {
    /// What happened.
    pub notice: GovernanceNotice,
    /// The assembly.
    pub assembly_id: AssemblyId,
    /// The session.
    pub session_id: SessionId,
    /// Where the session takes place.
    pub modality: Modality,
    /// When it happened.
    pub at: Timestamp,
    /// The same each time the same is told: told twice, it has effect once.
    pub idempotency_key: Uuid,
}

/// What the governance service holds of an assembly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GovernanceData(
    /// Canonical JSON (RFC 8785).
    pub Vec<u8>,
);

/// Tells and asks the governance service.
#[async_trait]
pub trait Governance: Send + Sync + 'static {
    /// Tells it. `Ok` means that it accepted.
    ///
    /// # Errors
    /// See [`NeighbourError`].
    async fn tell(&self, asking: &Asking, notice: &SessionNotice) -> Result<(), NeighbourError>;

    /// What it holds of an assembly for the audit.
    ///
    /// # Errors
    /// See [`NeighbourError`].
    async fn event_data(
        &self,
        asking: &Asking,
        assembly_id: &AssemblyId,
    ) -> Result<GovernanceData, NeighbourError>;
}
