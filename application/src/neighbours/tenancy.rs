//! The tenancy service: what tenants may have.

use async_trait::async_trait;

use super::{Asking, NeighbourError};
use crate::session::TenantLimits;

/// Whether a tenant may use the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantStatus {
    /// It may.
    Active,
    /// It may not start anything new.
    Inactive,
}

/// Knows what tenants may have.
#[async_trait]
pub trait Tenancy: Send + Sync + 'static {
    /// How much the tenant may have at the same time; what the service leaves out is [`None`].
    ///
    /// # Errors
    /// See [`NeighbourError`].
    async fn limits(&self, asking: &Asking) -> Result<TenantLimits, NeighbourError>;

    /// Whether the tenant may use the service.
    ///
    /// # Errors
    /// See [`NeighbourError`].
    async fn status(&self, asking: &Asking) -> Result<TenantStatus, NeighbourError>;
}
