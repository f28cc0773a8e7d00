//! A record as a message.

use std::sync::Arc;

use acta_application::inbound::InboundMessage;
use acta_application::relay::{Lane, TopicName};
use rdkafka::Message;
use rdkafka::message::Headers;

use super::desk::Held;

/// What a message takes in memory besides its own bytes, about.
const OVERHEAD: usize = 512;

/// The message that `record` is, read from a topic whose name begins with `prefix`.
pub(super) fn held(record: &impl Message, prefix: &str) -> Held {
    let message = InboundMessage {
        topic: record.topic().to_owned(),
        event_type: record.topic().strip_prefix(prefix).unwrap_or(record.topic()).to_owned(),
        partition: u32::try_from(record.partition()).expect("a record that was read has a partition"),
        offset: u64::try_from(record.offset()).expect("a record that was read has an offset"),
        key: record.key().map(<[u8]>::to_vec),
        headers: record.headers().map(headers).unwrap_or_default(),
        body: record.payload().unwrap_or_default().to_vec(),
    };
    let lane = Lane { topic: TopicName::new(record.topic()), partition: message.partition };
    Held { lane, offset: record.offset(), size: size(&message), message: Arc::new(message) }
}

fn headers(headers: &impl Headers) -> Vec<(String, Vec<u8>)> {
    let all = headers.iter();
    all.map(|header| (header.key.to_owned(), header.value.unwrap_or_default().to_vec())).collect()
}

fn size(message: &InboundMessage) -> usize {
    let headers: usize = message.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    OVERHEAD + message.key.as_ref().map_or(0, Vec::len) + headers + message.body.len()
}
