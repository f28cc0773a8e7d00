use std::sync::Arc;

use super::super::contract::PresenceHarness;
use super::*;

/// One process, in which all share one board.
struct OneProcess(Arc<MemoryPresence>);

#[async_trait]
impl PresenceHarness for OneProcess {
    type Board = MemoryPresence;

    async fn new() -> Self {
        Self(Arc::default())
    }

    async fn open(&self) -> Arc<MemoryPresence> {
        Arc::clone(&self.0)
    }
}

crate::presence_contract!(OneProcess);
