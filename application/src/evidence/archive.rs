//! The port that keeps the heads that were issued.

use acta_domain::{SessionId, TenantId};
use acta_proof::head::{HeadState, SignedHead};
use acta_proof::key::KeyId;
use async_trait::async_trait;

use crate::log::LogError;

/// A head that was issued, with what is needed to find it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedHead {
    /// How many events it covers.
    pub size: u64,
    /// Whether the session was closed.
    pub state: HeadState,
    /// When, in seconds since the Unix epoch.
    pub issued_at: i64,
    /// The key that signed it.
    pub key_id: KeyId,
    /// The statement, as COSE and as JWS.
    pub signed: SignedHead,
}

/// Keeps every head that was issued; append-only, like the log beside it.
#[async_trait]
pub trait HeadArchive: Send + Sync + 'static {
    /// The last head issued for a session.
    ///
    /// # Errors
    /// See [`LogError`].
    async fn latest_head(&self, tenant: TenantId, session: SessionId)
    -> Result<Option<IssuedHead>, LogError>;

    /// All heads issued for a session, oldest first, at most `limit` after the first `skip`.
    ///
    /// # Errors
    /// See [`LogError`].
    async fn heads(
        &self,
        tenant: TenantId,
        session: SessionId,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<IssuedHead>, LogError>;

    /// Keeps `head`.
    ///
    /// # Errors
    /// See [`LogError`].
    async fn keep_head(
        &self,
        tenant: TenantId,
        session: SessionId,
        head: &IssuedHead,
    ) -> Result<(), LogError>;
}
