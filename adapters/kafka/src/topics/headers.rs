//! The headers of a record, as librdkafka has them.

use rdkafka::message::{Header, Headers, OwnedHeaders};

/// For the producer.
pub(super) fn owned(headers: &[(&'static str, String)]) -> OwnedHeaders {
    headers.iter().fold(OwnedHeaders::new_with_capacity(headers.len()), |owned, (key, value)| {
        owned.insert(Header { key, value: Some(value) })
    })
}

/// Names and values of a record that was read; a header without a value has an empty one.
pub(super) fn pairs<H: Headers>(headers: Option<&H>) -> impl Iterator<Item = (&str, &[u8])> {
    headers.into_iter().flat_map(Headers::iter).map(|header| (header.key, header.value.unwrap_or_default()))
}
