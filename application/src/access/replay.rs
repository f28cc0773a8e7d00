//! The port that remembers what may be used only once.

use acta_domain::Timestamp;
use async_trait::async_trait;

use super::CountersError;

/// The name of something that may be used once: a digest of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReplayKey(pub [u8; 32]);

/// Remembers, for all instances, what was used and must not be used again for a while.
#[async_trait]
pub trait ReplayCache: Send + Sync + 'static {
    /// Whether this is the first use of `key`; from now on, until `until`, it is not. Of several who ask at once, one is first.
    ///
    /// # Errors
    /// See [`CountersError`]: then it is not known, and the use must be refused.
    async fn first_use(
        &self,
        key: ReplayKey,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool, CountersError>;
}
