//! Where other processes append too, what is in memory can be behind the log.
//!
//! A decision that appends need not care: the log refuses it if it rests on what is no longer so. A refusal, or a fact that is read
//! and guarded by nothing, has no such net; so before either is told to anybody, the log is asked whether somebody else was faster.

use acta_domain::{SessionId, TenantId};
use cqrs_es::Aggregate;

use super::hot::{HotStreams, stream};
use crate::log::{LogError, Sequence};

impl<A> HotStreams<A>
where
    A: Aggregate + 'static,
    A::Event: 'static,
{
    /// Whether somebody else has appended to the stream since it was loaded; then it is loaded anew the next time. Never so in a log
    /// that one process has for itself.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn is_behind(&self, tenant: TenantId, session: SessionId) -> Result<bool, LogError> {
        if !self.log().has_other_writers() {
            return Ok(false);
        }
        let Some(version) = self.version_in_memory(tenant, session).await else {
            return Ok(false);
        };
        let newer = self.log().stream(tenant, &stream::<A>(session), version, 1).await?;
        let Some(newest) = newer.first().map(|event| event.sequence) else { return Ok(false) };
        // What was queued here meanwhile is newer than what was asked for, and still known here.
        if self.version_in_memory(tenant, session).await.is_some_and(|version| version >= newest) {
            return Ok(false);
        }
        self.forget(tenant, session).await;
        Ok(true)
    }

    async fn version_in_memory(&self, tenant: TenantId, session: SessionId) -> Option<Sequence> {
        let cell = self.cell_in_memory(tenant, session)?;
        let slot = cell.lock().await;
        slot.as_ref().map(super::hot::HotStream::version)
    }
}
