//! Heads are issued when a session opens and when its record closes, whether anybody asks for them or not.

use std::sync::Arc;

use acta_domain::SessionEvent;
use tokio_util::sync::CancellationToken;

use super::reader::{Cursor, PolicyFault, Round, whenever_the_log_moves};
use crate::evidence::{Evidence, EvidenceError};
use crate::log::{EventLog, RecordedEvent};
use crate::views::{ViewName, Views};

/// The policy; run it once per database.
pub struct HeadPolicy {
    cursor: Cursor,
    evidence: Arc<Evidence>,
}

impl HeadPolicy {
    /// The policy over `log`, with its cursor in `views`.
    pub fn new(log: Arc<dyn EventLog>, views: Arc<dyn Views>, evidence: Arc<Evidence>) -> Self {
        Self { cursor: Cursor { log, views, name: ViewName::new("policy.heads") }, evidence }
    }

    /// Runs until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        whenever_the_log_moves(&self, &*self.cursor.log, &stop).await;
    }

    async fn issue(&self, event: &RecordedEvent) -> Result<(), PolicyFault> {
        match self.evidence.head(event.tenant_id, event.session_id).await {
            Ok(_) | Err(EvidenceError::UnknownSession) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Round for HeadPolicy {
    const POLICY: &'static str = "heads";

    async fn round(&self) -> Result<(), PolicyFault> {
        let mut at = self.cursor.position().await?;
        loop {
            let page = self.cursor.next(at).await?;
            if page.reached == at {
                return Ok(());
            }
            for event in page.events.iter().filter(|event| wants_head(event)) {
                self.issue(event).await?;
            }
            self.cursor.views.commit(&self.cursor.name, at, page.reached, Vec::new()).await?;
            at = page.reached;
        }
    }
}

fn wants_head(event: &RecordedEvent) -> bool {
    matches!(
        event.decode_as::<SessionEvent>(),
        Ok(SessionEvent::Started { .. } | SessionEvent::Sealed { .. })
    )
}
