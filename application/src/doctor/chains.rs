//! Chains of numbers without a gap: of each session, of each stream. The ends of those that were met last stay in memory; of any
//! other, the event in front is looked up.

use std::num::NonZeroUsize;

use acta_domain::{SessionId, TenantId};
use lru::LruCache;

use super::Check;
use crate::log::{EventLog, LogError, RecordedEvent, Sequence, SessionIndex, StreamId};

/// The ends of sessions and streams that stay in memory.
const ENDS: NonZeroUsize = NonZeroUsize::new(100_000).expect("100000 is not zero");

/// Where sessions and streams end, as far as the pass has come.
pub(super) struct Chains {
    sessions: LruCache<(TenantId, SessionId), u64>,
    streams: LruCache<(TenantId, StreamId), u64>,
}

impl Chains {
    pub(super) fn new() -> Self {
        Self { sessions: LruCache::new(ENDS), streams: LruCache::new(ENDS) }
    }

    /// What is wrong with the place of `event`, the next one of the pass, in its session and in its stream.
    pub(super) async fn check(
        &mut self,
        log: &dyn EventLog,
        event: &RecordedEvent,
        mut fault: impl FnMut(Check, String),
    ) -> Result<(), LogError> {
        let index = event.session_index.get();
        let session = (event.tenant_id, event.session_id);
        let size = match self.sessions.get(&session) {
            Some(size) => *size,
            None => size_before(log, event).await?,
        };
        if index != size {
            let what = format!("of session {} has index {index}, where {size} was due", event.session_id);
            fault(Check::SessionIndexes, at(event, &what));
        }
        self.sessions.put(session, index + 1);
        let sequence = event.sequence.get();
        let stream = (event.tenant_id, event.stream.clone());
        let version = match self.streams.get(&stream) {
            Some(version) => *version,
            None => version_before(log, event).await?,
        };
        if sequence != version + 1 {
            let what =
                format!("of stream {} has sequence {sequence}, where {} was due", event.stream, version + 1);
            fault(Check::Sequences, at(event, &what));
        }
        self.streams.put(stream, sequence);
        Ok(())
    }
}

/// How many events the session has in front of `event`: its index, if the one right in front of it is there.
async fn size_before(log: &dyn EventLog, event: &RecordedEvent) -> Result<u64, LogError> {
    let Some(before) = event.session_index.get().checked_sub(1) else { return Ok(0) };
    let found = log.session(event.tenant_id, event.session_id, SessionIndex::new(before), 1).await;
    Ok(if is_in_front(found, event)? { before + 1 } else { 0 })
}

/// The version of the stream in front of `event`.
async fn version_before(log: &dyn EventLog, event: &RecordedEvent) -> Result<u64, LogError> {
    let before = event.sequence.get().saturating_sub(1);
    let Some(after) = before.checked_sub(1) else { return Ok(0) };
    let found = log.stream(event.tenant_id, &event.stream, Sequence::new(after), 1).await;
    Ok(if is_in_front(found, event)? { before } else { 0 })
}

/// A run that begins elsewhere than it was asked for is told as damage: then there is none in front.
fn is_in_front(found: Result<Vec<RecordedEvent>, LogError>, event: &RecordedEvent) -> Result<bool, LogError> {
    match found {
        Ok(found) => Ok(found.first().is_some_and(|one| one.position < event.position)),
        Err(LogError::Damaged { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// `what` about the event.
pub(super) fn at(event: &RecordedEvent, what: &str) -> String {
    format!("the event at position {} {what}", event.position)
}
