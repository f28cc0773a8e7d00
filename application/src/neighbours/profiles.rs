//! The user profiles service: who may attend.

use acta_domain::{EligiblePerson, PersonId};
use async_trait::async_trait;

use super::{Asking, NeighbourError};

/// Knows who may attend the sessions of a tenant.
#[async_trait]
pub trait Profiles: Send + Sync + 'static {
    /// `person` as somebody who may attend, or [`None`] if they may not.
    ///
    /// # Errors
    /// See [`NeighbourError`].
    async fn eligible(
        &self,
        asking: &Asking,
        person: PersonId,
    ) -> Result<Option<EligiblePerson>, NeighbourError>;
}
