//! A consumer of a topic, and when it has which record.

use std::collections::HashMap;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use rdkafka::Message;
use rdkafka::consumer::BaseConsumer;
use rdkafka::message::{BorrowedMessage, Headers as _};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::site::{self, Site};
use crate::stopwatch::Stopwatch;

/// How long the consumer waits for a record before it looks whether somebody still wants to know.
const LISTENING: Duration = Duration::from_millis(100);
/// The longest that a record may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A record came.
#[derive(Debug)]
struct Arrival {
    position: u64,
    when: Duration,
}

/// A consumer in a thread of its own; it ends when this is dropped.
pub(super) struct Arrivals(UnboundedReceiver<anyhow::Result<Arrival>>);

impl Arrivals {
    /// Consumes what comes into `topic` from now on; times are by `watch`.
    pub(super) fn listen(site: &Site, topic: &str, watch: Stopwatch) -> anyhow::Result<Self> {
        let consumer = site.consumer()?;
        let ends = site::bounds(&consumer, topic)?;
        site::assign(&consumer, topic, ends.into_iter().map(|end| (end.partition, end.next)))?;
        let (sender, receiver) = unbounded_channel();
        let listening = move || listen(&consumer, &sender, watch);
        thread::Builder::new().name("consumer".to_owned()).spawn(listening)?;
        Ok(Self(receiver))
    }

    /// Waits until `count` records came; gives when each did, by its position.
    pub(super) async fn first(&mut self, count: usize) -> anyhow::Result<HashMap<u64, Duration>> {
        let mut all = HashMap::with_capacity(count);
        while all.len() < count {
            let next = tokio::time::timeout(PATIENCE, self.0.recv()).await;
            let next = next.with_context(|| format!("{} of {count} records came", all.len()))?;
            let Arrival { position, when } = next.context("the consumer ended")??;
            all.insert(position, when);
        }
        Ok(all)
    }
}

fn listen(consumer: &BaseConsumer, sender: &UnboundedSender<anyhow::Result<Arrival>>, watch: Stopwatch) {
    while !sender.is_closed() {
        let arrival = match consumer.poll(LISTENING) {
            None => continue,
            Some(Ok(message)) => {
                position(&message).map(|position| Arrival { position, when: watch.elapsed() })
            }
            Some(Err(error)) => Err(error.into()),
        };
        let _nobody_listens_any_more = sender.send(arrival);
    }
}

/// The place in the log that a record names.
pub(super) fn position(message: &BorrowedMessage<'_>) -> anyhow::Result<u64> {
    let headers = message.headers().context("a record without headers")?;
    let header = headers.iter().find(|header| header.key == "ce_position").and_then(|header| header.value);
    let text = std::str::from_utf8(header.context("a record without a position")?)?;
    text.parse().map_err(|_| anyhow!("a position that is none: {text}"))
}
