//! An event as a record of a topic: CloudEvents 1.0 in Kafka's binary mode (headers and body).
//!
//! ```text
//! key   session id                                  content-type          application/json
//! body  the payload, by schemas/events/<type>.json  ce_specversion        1.0
//!
//! ce_id               the event's identity: a UUID made from its commitment
//! ce_source           the service's public URL
//! ce_type             session.created.v1
//! ce_subject          the session id                ce_partitionkey       the same
//! ce_time             when the log took it          ce_dataschema         urn:acta:schema:<type>
//! ce_tenantid         whose                         ce_position           place in the whole log, from 1
//! ce_sessionindex     place in the session, from 0  ce_previousposition   of the record before it in this partition
//! ce_commitment       64 hex digits                 ce_previouscommitment of the session's event before it
//! ce_salt             64 hex digits                 ce_eventversion       1
//! ce_aggregatetype    ce_aggregateid                ce_streamsequence     place in the stream, from 1
//! ce_metadata         JSON                          ce_sealed             JSON: the personal part, as ciphertext
//! ce_traceparent      of the request                ce_replayed           `true`: published once more on request
//! ```
//!
//! Absent: `ce_previousposition` on the first record of a partition, `ce_previouscommitment` on the first event of a session,
//! `ce_sealed`, `ce_traceparent` and `ce_replayed` where there is none. Numbers are decimal. What the commitment is about is all
//! there, so a consumer can compute it.

use std::fmt;

use acta_proof::commitment::Commitment;
use uuid::Uuid;

use crate::log::{Position, RecordedEvent};
use crate::persons::StoredPart;

/// The identity of an event among records, `ce_id`: a version 8 UUID (RFC 9562 §5.8) of the first half of its commitment. The same
/// event has the same id however often it is published, and no other event has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RecordId(pub Uuid);

impl RecordId {
    /// The id of the event that `commitment` is about.
    pub fn of(commitment: &Commitment) -> Self {
        let half = commitment.0.first_chunk::<16>().expect("a commitment has 32 bytes");
        Self(uuid::Builder::from_custom_bytes(*half).into_uuid())
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The commitment of the session's event before this one; [`None`] before the first.
pub type PreviousCommitment = Option<Commitment>;

/// An event, ready to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicRecord {
    /// Where the event stands in the log.
    pub position: Position,
    /// The key, which keeps a session in one partition.
    pub key: String,
    /// The headers, in order.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

impl TopicRecord {
    /// The record of `event`, published by the service at `source`.
    pub fn of(event: &RecordedEvent, source: &str, previous: PreviousCommitment) -> Self {
        let mut headers = cloud_event(event, source);
        headers.extend(place(event, previous));
        headers.extend(sealed(event).map(|part| ("ce_sealed", part)));
        headers.extend(event.traceparent().map(|parent| ("ce_traceparent", parent.to_string())));
        Self {
            position: event.position,
            key: event.session_id.to_string(),
            headers,
            body: event.payload.clone(),
        }
    }

    /// The same behind the record of the event at `previous` in its lane, if it is not the first.
    #[must_use]
    pub fn behind(mut self, previous: Option<Position>) -> Self {
        self.headers.extend(previous.map(|position| ("ce_previousposition", position.to_string())));
        self
    }

    /// The same, published once more on request.
    #[must_use]
    pub fn replayed(mut self) -> Self {
        self.headers.push(("ce_replayed", "true".to_owned()));
        self
    }
}

fn cloud_event(event: &RecordedEvent, source: &str) -> Vec<(&'static str, String)> {
    let session = event.session_id.to_string();
    vec![
        ("content-type", "application/json".to_owned()),
        ("ce_specversion", "1.0".to_owned()),
        ("ce_id", RecordId::of(&event.commitment).to_string()),
        ("ce_source", source.to_owned()),
        ("ce_type", event.event_type.clone()),
        ("ce_subject", session.clone()),
        ("ce_time", event.recorded_at.to_string()),
        ("ce_dataschema", format!("urn:acta:schema:{}", event.event_type)),
        ("ce_partitionkey", session),
    ]
}

fn place(event: &RecordedEvent, previous: PreviousCommitment) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("ce_tenantid", event.tenant_id.to_string()),
        ("ce_position", event.position.to_string()),
        ("ce_sessionindex", event.session_index.to_string()),
        ("ce_aggregatetype", event.stream.aggregate_type.clone()),
        ("ce_aggregateid", event.stream.aggregate_id.clone()),
        ("ce_streamsequence", event.sequence.to_string()),
        ("ce_eventversion", event.event_version.to_string()),
        ("ce_metadata", event.metadata.clone()),
        ("ce_salt", hex::encode(event.salt.0)),
        ("ce_commitment", hex::encode(event.commitment.0)),
    ];
    headers.extend(previous.map(|commitment| ("ce_previouscommitment", hex::encode(commitment.0))));
    headers
}

fn sealed(event: &RecordedEvent) -> Option<String> {
    let part = StoredPart::of(event)?;
    Some(serde_json::to_string(&part).expect("texts can always be written as JSON"))
}
