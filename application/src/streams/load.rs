//! The cold start: the newest snapshot, then the events after it.

use acta_domain::TenantId;
use cqrs_es::Aggregate;

use crate::log::{EventLog, LogError, Sequence, StreamId, UnreadableEvent};

const PAGE: usize = 1_000;

/// A stream could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The log could not be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// An event of the stream is not one of the aggregate's.
    #[error(transparent)]
    Unreadable(#[from] UnreadableEvent),
}

/// A stream, folded.
pub(super) struct Loaded<A> {
    pub(super) aggregate: A,
    pub(super) version: Sequence,
    /// The last event that the snapshot contained.
    pub(super) snapshot: Sequence,
}

/// The aggregate of `stream`.
pub(super) async fn load<A: Aggregate>(
    log: &dyn EventLog,
    tenant: TenantId,
    stream: &StreamId,
) -> Result<Loaded<A>, LoadError> {
    let (mut aggregate, snapshot) = from_snapshot::<A>(log, tenant, stream).await?;
    let mut version = snapshot;
    loop {
        let events = log.stream(tenant, stream, version, PAGE).await?;
        for event in &events {
            aggregate.apply(event.decode_as::<A::Event>()?);
            version = event.sequence;
        }
        if events.len() < PAGE {
            return Ok(Loaded { aggregate, version, snapshot });
        }
    }
}

async fn from_snapshot<A: Aggregate>(
    log: &dyn EventLog,
    tenant: TenantId,
    stream: &StreamId,
) -> Result<(A, Sequence), LogError> {
    let Some(snapshot) = log.snapshot(tenant, stream).await? else {
        return Ok((A::default(), Sequence::default()));
    };
    match serde_json::from_str(&snapshot.state) {
        Ok(aggregate) => Ok((aggregate, snapshot.sequence)),
        Err(error) => {
            // A snapshot of an older version of the service: the events are the truth.
            tracing::warn!(%stream, %error, "the snapshot does not fit and is passed over");
            Ok((A::default(), Sequence::default()))
        }
    }
}
