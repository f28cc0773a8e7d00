//! Heads are issued when a session opens and when its record closes, whether anybody asks for them or not.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::reader::{Cursor, HEADS, PolicyFault, Round, whenever_the_log_moves};
use crate::evidence::{Evidence, EvidenceError};
use crate::leases::{LeaseName, Tenures};
use crate::log::{EventLog, LogError, RecordedEvent};
use crate::views::{ViewName, Views};

/// The policy; its lease has it run on one instance at a time.
pub struct HeadPolicy {
    cursor: Cursor,
    evidence: Arc<Evidence>,
}

impl HeadPolicy {
    /// The policy over `log`, with its cursor in `views`.
    pub fn new(log: Arc<dyn EventLog>, views: Arc<dyn Views>, evidence: Arc<Evidence>) -> Self {
        Self { cursor: Cursor { log, views, name: ViewName::new(HEADS) }, evidence }
    }

    /// Runs until `stop`, whenever this instance holds the lease `policy.heads`.
    pub async fn run(self, tenures: Tenures, stop: CancellationToken) {
        let policy = &self;
        let work = |held| async move { whenever_the_log_moves(policy, &*policy.cursor.log, &held).await };
        tenures.while_held(&LeaseName::new(HEADS), &stop, work).await;
    }

    async fn issue(&self, event: &RecordedEvent) -> Result<(), PolicyFault> {
        match self.evidence.head(event.tenant_id, event.session_id).await {
            Ok(_) | Err(EvidenceError::UnknownSession) => Ok(()),
            // One damaged session must not keep the others from their heads; whoever asks for its head is told.
            Err(error @ (EvidenceError::Log(LogError::Damaged { .. }) | EvidenceError::Load(_))) => {
                tracing::error!(
                    tenant_id = %event.tenant_id, session_id = %event.session_id, %error,
                    "no head can be issued");
                Ok(())
            }
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
    matches!(event.event_type.as_str(), "session.started.v1" | "session.sealed.v1")
}
