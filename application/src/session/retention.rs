//! How long the compliance service wants what is kept.

use crate::UseCases;
use crate::neighbours::{Asking, NeighbourError, RetentionPolicy};

impl UseCases {
    /// How long what is kept of the tenant that asks.
    ///
    /// # Errors
    /// [`NeighbourError::NotConfigured`] where there is no compliance service; else see [`NeighbourError`].
    pub async fn retention(&self, asking: &Asking) -> Result<RetentionPolicy, NeighbourError> {
        self.ports.neighbours.compliance()?.retention(asking).await
    }
}
