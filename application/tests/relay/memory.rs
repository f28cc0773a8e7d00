//! Topics in memory are topics.

use std::sync::Arc;
use std::time::Duration;

use acta_application::relay::contract::TopicsHarness;
use acta_application::relay::memory::{Arrival, MemoryTopics};
use async_trait::async_trait;

struct InMemory<const SLOW: bool>(Arc<MemoryTopics>);

#[async_trait]
impl<const SLOW: bool> TopicsHarness for InMemory<SLOW> {
    type Topics = MemoryTopics;

    async fn new() -> Self {
        let slow = Arrival::OneAfterAnother(Duration::from_micros(10));
        Self(Arc::new(MemoryTopics::new(3, if SLOW { slow } else { Arrival::AtOnce })))
    }

    fn topics(&self) -> Arc<MemoryTopics> {
        Arc::clone(&self.0)
    }
}

acta_application::topics_contract!(InMemory<false>);

mod slow {
    use super::InMemory;

    acta_application::topics_contract!(InMemory<true>);
}
