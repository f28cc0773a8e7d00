//! The compliance service: how long what is to be kept.

use async_trait::async_trait;

use super::{Asking, NeighbourError};

/// How long a tenant's records are kept; [`None`] leaves it open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionPolicy {
    /// What the compliance service calls the policy.
    pub policy: Option<String>,
    /// Recordings, in days.
    pub recording_days: Option<u32>,
    /// Transcripts, in days.
    pub transcript_days: Option<u32>,
    /// Everything else about a session, in days.
    pub record_days: Option<u32>,
}

/// Knows how long what is to be kept.
#[async_trait]
pub trait Compliance: Send + Sync + 'static {
    /// The tenant's policy.
    ///
    /// # Errors
    /// See [`NeighbourError`].
    async fn retention(&self, asking: &Asking) -> Result<RetentionPolicy, NeighbourError>;
}
