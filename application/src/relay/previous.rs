//! The commitment of the event before each, in its session.

use std::num::NonZero;

use acta_domain::SessionId;
use acta_proof::commitment::Commitment;
use lru::LruCache;

use super::PreviousCommitment;
use crate::log::{EventLog, LogError, RecordedEvent, SessionIndex};

/// How many sessions are remembered, at about 150 bytes each. What was forgotten is read from the log.
const SESSIONS: NonZero<usize> = NonZero::new(65_536).expect("it is not zero");

/// The last event of each session that was seen lately.
pub(super) struct Previous(LruCache<SessionId, (SessionIndex, Commitment)>);

impl Previous {
    pub(super) fn new() -> Self {
        Self(LruCache::new(SESSIONS))
    }

    /// Notes `event`, which comes after everything noted before.
    pub(super) fn pass(&mut self, event: &RecordedEvent) {
        self.0.put(event.session_id, (event.session_index, event.commitment));
    }

    /// The commitment before `event` in its session; then notes it.
    pub(super) async fn before(
        &mut self,
        log: &dyn EventLog,
        event: &RecordedEvent,
    ) -> Result<PreviousCommitment, LogError> {
        let last = self.0.put(event.session_id, (event.session_index, event.commitment));
        match last {
            _ if event.session_index == SessionIndex::FIRST => Ok(None),
            Some((index, commitment)) if index.next() == event.session_index => Ok(Some(commitment)),
            _ => read(log, event).await.map(Some),
        }
    }
}

async fn read(log: &dyn EventLog, event: &RecordedEvent) -> Result<Commitment, LogError> {
    let before = SessionIndex::new(event.session_index.get() - 1);
    let found = log.commitments(event.tenant_id, event.session_id, before, 1).await?;
    found.first().copied().ok_or_else(|| LogError::Damaged {
        place: format!("session {}, index {before}", event.session_id),
        what: "the event is missing".to_owned(),
    })
}
