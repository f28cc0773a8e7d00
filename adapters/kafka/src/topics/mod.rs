//! The topics that the relay fills.
//!
//! librdkafka reconnects by itself and then goes on sending, which is wrong for a broker that came back without its newest records.
//! So a publication is one producer, watched through what librdkafka logs and reports: at the first sign of a lost connection it
//! takes back everything that is not acknowledged, and is over. How it is used is said at [`Publication`].

mod bounds;
mod create;
mod fault;
mod headers;
mod link;
mod partitions;
mod publication;
mod read;
mod sender;

use std::sync::Mutex;
use std::time::Duration;

use acta_application::relay::{Publication, TopicName, Topics, TopicsError};
use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::client::KafkaOptions;
pub use create::create_topics;
use fault::Silence;
use link::Link;
use publication::KafkaPublication;
use sender::Sender;

/// How long it may take until a publication stands.
const OPENING: Duration = Duration::from_secs(10);
/// How long the connection before gets to close. It sends nothing any more; what it had sent arrives before we look.
const CLOSING: Duration = Duration::from_secs(1);

/// The topics of a Kafka broker.
#[derive(Debug)]
pub struct KafkaTopics {
    options: KafkaOptions,
    /// Cancelled when the last publication's producer is gone.
    gone: Mutex<CancellationToken>,
}

impl KafkaTopics {
    /// Connects to nothing yet.
    pub fn new(options: KafkaOptions) -> Self {
        let gone = CancellationToken::new();
        gone.cancel();
        Self { options, gone: Mutex::new(gone) }
    }

    async fn publication(
        &self,
        topics: &[TopicName],
        sender: Sender,
    ) -> Result<KafkaPublication, TopicsError> {
        let partitions =
            sender.link().unless_over(partitions::present(&self.options, &sender, topics)).await?;
        Ok(KafkaPublication::new(self.options.clone(), sender, partitions))
    }

    async fn last_is_gone(&self) {
        let gone = self.gone.lock().expect("nobody panics while it is held").clone();
        let _still_there_or_not = tokio::time::timeout(CLOSING, gone.cancelled()).await;
    }

    fn start(&self) -> Result<Sender, TopicsError> {
        let gone = CancellationToken::new();
        let sender = Sender::start(&self.options, gone.clone().drop_guard())?;
        *self.gone.lock().expect("nobody panics while it is held") = gone;
        Ok(sender)
    }
}

#[async_trait]
impl Topics for KafkaTopics {
    async fn open(&self, topics: &[TopicName]) -> Result<Box<dyn Publication>, TopicsError> {
        self.last_is_gone().await;
        let sender = self.start()?;
        let link = sender.link().clone();
        match tokio::time::timeout(OPENING, self.publication(topics, sender)).await {
            Ok(opened) => Ok(Box::new(opened?)),
            Err(_elapsed) => Err(silent(&link)),
        }
    }
}

fn silent(link: &Link) -> TopicsError {
    fault::unavailable(Silence { within: OPENING, last_words: link.last_words() })
}
