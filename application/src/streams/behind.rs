//! Where other processes append too, what is in memory can be behind the log.
//!
//! A decision that appends need not care: the log refuses it if it rests on what is no longer so. A refusal, or a fact that is read
//! and guarded by nothing, has no such net; so before either is told to anybody, the log is asked whether somebody else was faster.

use acta_domain::TenantId;
use cqrs_es::Aggregate;

use super::hot::{HotStreams, stream};
use super::place::StreamPlace;
use crate::log::{AppendTicket, LogError, Sequence};

/// Which state of a stream was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Which loading of the stream it came from; no other has the number.
    pub(super) load: u64,
    /// The version that it had.
    pub(super) version: Sequence,
}

impl<A> HotStreams<A>
where
    A: Aggregate + 'static,
    A::Event: 'static,
{
    /// Whether somebody else had appended to the stream what is not in the state that was `seen`; then the stream is loaded anew the
    /// next time. Never so in a log that one process has for itself.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn is_behind(
        &self,
        tenant: TenantId,
        place: impl Into<StreamPlace>,
        seen: Seen,
    ) -> Result<bool, LogError> {
        let place = place.into();
        if !self.log().has_other_writers() {
            return Ok(false);
        }
        // What was queued here on that very state is no news, once it is durable.
        let known = match self.known(tenant, place, seen).await {
            Some((_, Some(tail))) if tail.clone().await.is_err() => return Ok(true),
            Some((version, _)) => version,
            None => seen.version,
        };
        let newer = self.log().stream(tenant, &stream::<A>(place), known, 1).await?;
        let Some(newest) = newer.first().map(|event| event.sequence) else { return Ok(false) };
        match self.known(tenant, place, seen).await {
            // The event behind what was known is ours too, and so nobody else's was there before it.
            Some((version, Some(tail))) if version >= newest && tail.clone().await.is_ok() => {
                return Ok(false);
            }
            Some(_) => self.forget(tenant, place).await,
            None => {}
        }
        Ok(true)
    }

    /// The version in memory and the append that it ends with, if that is still the state that was `seen` or what followed on it here.
    async fn known(
        &self,
        tenant: TenantId,
        place: StreamPlace,
        seen: Seen,
    ) -> Option<(Sequence, Option<AppendTicket>)> {
        let cell = self.cell_in_memory(tenant, place)?;
        let slot = cell.lock().await;
        slot.as_ref().filter(|now| now.seen().load == seen.load).map(|now| (now.seen().version, now.tail()))
    }
}
