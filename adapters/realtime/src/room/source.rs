//! Where a room reads.

use std::sync::Arc;

use acta_application::log::{EventLog, RecordedEvent, SessionIndex};
use acta_application::views::Views;
use acta_domain::{SessionId, TenantId};

use super::trouble::{SeatError, Trouble, patiently};

/// One session's record.
pub(super) struct Source {
    pub(super) log: Arc<dyn EventLog>,
    pub(super) views: Arc<dyn Views>,
    pub(super) tenant: TenantId,
    pub(super) session: SessionId,
}

impl Source {
    /// At most `limit` events from `from` on.
    pub(super) async fn events(
        &self,
        from: SessionIndex,
        limit: usize,
    ) -> Result<Vec<RecordedEvent>, SeatError> {
        patiently(|| async {
            let events = self.log.session(self.tenant, self.session, from, limit).await?;
            match events.iter().zip(from.get()..).find(|(event, index)| event.session_index.get() != *index) {
                Some((_, index)) => Err(Trouble::Missing { index: SessionIndex::new(index) }),
                None => Ok(events),
            }
        })
        .await
    }
}
