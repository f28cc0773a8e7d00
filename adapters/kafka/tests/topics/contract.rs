//! Kafka's topics do what every broker's must.

use std::sync::Arc;

use acta_application::relay::contract::TopicsHarness;
use acta_kafka::topics::KafkaTopics;
use acta_throwaway::fresh_prefix;
use async_trait::async_trait;

use crate::stage;

/// Topics of its own on a broker that all cases use.
struct OnOneBroker {
    topics: Arc<KafkaTopics>,
    prefix: String,
}

#[async_trait]
impl TopicsHarness for OnOneBroker {
    type Topics = KafkaTopics;

    async fn new() -> Self {
        Self { topics: Arc::new(stage::topics().await), prefix: fresh_prefix() }
    }

    fn topics(&self) -> Arc<KafkaTopics> {
        self.topics.clone()
    }

    fn prefix(&self) -> String {
        self.prefix.clone()
    }
}

acta_application::topics_contract!(OnOneBroker);
