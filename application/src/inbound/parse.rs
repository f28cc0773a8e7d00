//! From what a transport brings to what it says.
//!
//! A message is a `CloudEvent` 1.0 in Kafka's binary mode (headers `ce_…`, the body as it is) or in structured mode (the body is the
//! event, with the body in `data`), or plain JSON. Its format is the sender's: whatever is not needed is not looked at.

use acta_domain::{AssemblyId, InvalidValue, SessionId, TenantId, VoteId};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::reason::MAX_BODY_BYTES;
use super::{Field, GovernanceType, InboundMessage, Problem, Reason};
use crate::session::AssemblyNews;

/// A message whose words are understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GovernanceMessage {
    /// Whose assembly it is about.
    pub tenant: TenantId,
    /// The assembly.
    pub assembly_id: AssemblyId,
    /// The session that is meant, if the message says so.
    pub session_id: Option<SessionId>,
    /// What happened.
    pub news: AssemblyNews,
    /// What tells it from every other message, and is the same when it comes again: the `CloudEvents` source and id; else its place
    /// and content, because a broker that forgot its newest messages gives their places to others.
    pub idempotency_key: String,
}

impl GovernanceMessage {
    /// Reads `message`.
    ///
    /// # Errors
    /// The [`Reason`] why it can never be understood.
    pub fn parse(message: &InboundMessage) -> Result<Self, Reason> {
        let kind: GovernanceType = message.event_type.parse().map_err(|_| Reason::UnknownType)?;
        let event = Event::read(message)?;
        if event.kind.as_deref().is_some_and(|said| said != kind.as_str()) {
            return Err(Reason::TypeMismatch);
        }
        Ok(Self {
            tenant: event.tenant()?,
            assembly_id: event.needed(Field::AssemblyId, AssemblyId::parse)?,
            session_id: event.optional(Field::SessionId, SessionId::parse)?,
            news: event.news(kind)?,
            idempotency_key: event.identity().unwrap_or_else(|| place_and_content(message)),
        })
    }
}

/// The body, and what the `CloudEvent` around it says.
#[derive(Debug, Default)]
struct Event {
    body: Map<String, Value>,
    id: Option<String>,
    source: Option<String>,
    kind: Option<String>,
    tenant: Option<String>,
}

impl Event {
    fn read(message: &InboundMessage) -> Result<Self, Reason> {
        let structured = is_structured(message)?;
        let body = object(&message.body)?;
        if structured || (body.contains_key("specversion") && body.contains_key("data")) {
            return Self::structured(body);
        }
        Ok(Self {
            body,
            id: attribute(message, "ce_id", Field::CloudEventId)?,
            source: attribute(message, "ce_source", Field::CloudEventSource)?,
            kind: attribute(message, "ce_type", Field::CloudEventType)?,
            tenant: attribute(message, "ce_tenantid", Field::CloudEventTenant)?,
        })
    }

    fn structured(mut event: Map<String, Value>) -> Result<Self, Reason> {
        let body = match event.remove("data") {
            Some(Value::Object(body)) => body,
            None | Some(Value::Null) => return Err(wrong(Field::CloudEventData, Problem::Missing)),
            Some(_) => return Err(wrong(Field::CloudEventData, Problem::NotAnObject)),
        };
        let attribute = |name, field| Ok(text(&event, name, field)?.map(str::to_owned));
        Ok(Self {
            body,
            id: attribute("id", Field::CloudEventId)?,
            source: attribute("source", Field::CloudEventSource)?,
            kind: attribute("type", Field::CloudEventType)?,
            tenant: attribute("tenantid", Field::CloudEventTenant)?,
        })
    }

    fn tenant(&self) -> Result<TenantId, Reason> {
        let inside = self.optional(Field::TenantId, TenantId::parse)?;
        let around = self.tenant.as_deref().map(TenantId::parse).transpose();
        let around = around.map_err(|error| invalid(Field::CloudEventTenant, error))?;
        match (inside, around) {
            (Some(inside), Some(around)) if inside != around => Err(Reason::TenantMismatch),
            (None, None) => Err(wrong(Field::TenantId, Problem::Missing)),
            (inside, around) => Ok(inside.or(around).expect("one of them is there")),
        }
    }

    fn news(&self, kind: GovernanceType) -> Result<AssemblyNews, Reason> {
        let vote = || self.needed(Field::VoteId, VoteId::parse);
        Ok(match kind {
            GovernanceType::AssemblyActivated => AssemblyNews::Activated,
            GovernanceType::AssemblyCompleted => AssemblyNews::Completed,
            GovernanceType::VoteStarted => AssemblyNews::VoteOpened(vote()?),
            GovernanceType::VoteClosed => AssemblyNews::VoteClosed(vote()?),
        })
    }

    fn needed<T>(&self, field: Field, parse: fn(&str) -> Result<T, InvalidValue>) -> Result<T, Reason> {
        self.optional(field, parse)?.ok_or(wrong(field, Problem::Missing))
    }

    fn optional<T>(
        &self,
        field: Field,
        parse: fn(&str) -> Result<T, InvalidValue>,
    ) -> Result<Option<T>, Reason> {
        let text = text(&self.body, field.as_str(), field)?;
        text.map(parse).transpose().map_err(|error| invalid(field, error))
    }

    /// Source and id, written so that no other two read the same.
    fn identity(&self) -> Option<String> {
        let (source, id) = (self.source.as_ref()?, self.id.as_ref()?);
        Some(format!("event {} {source} {id}", source.len()))
    }
}

fn place_and_content(message: &InboundMessage) -> String {
    let InboundMessage { topic, partition, offset, body, .. } = message;
    format!("record {} {partition} {offset} {topic}", hex::encode(Sha256::digest(body)))
}

/// Whether the content type says that the body is a whole `CloudEvent`.
fn is_structured(message: &InboundMessage) -> Result<bool, Reason> {
    let content_type = message.header("content-type").unwrap_or_default();
    let media_type = content_type.split(|byte| *byte == b';').next().unwrap_or_default();
    let media_type = media_type.trim_ascii().to_ascii_lowercase();
    match media_type.as_slice() {
        b"application/cloudevents+json" => Ok(true),
        other if other.starts_with(b"application/cloudevents") => Err(Reason::ContentType),
        _ => Ok(false),
    }
}

fn object(body: &[u8]) -> Result<Map<String, Value>, Reason> {
    if body.len() > MAX_BODY_BYTES {
        return Err(Reason::TooLarge);
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Reason::NotAnObject),
        Err(error) => Err(Reason::NotJson { line: error.line(), column: error.column() }),
    }
}

/// A `CloudEvents` attribute of the binary mode; an empty one is none.
fn attribute(message: &InboundMessage, name: &str, field: Field) -> Result<Option<String>, Reason> {
    let value = message.header(name).map(std::str::from_utf8).transpose();
    let value = value.map_err(|_| wrong(field, Problem::NotText))?;
    Ok(value.filter(|text| !text.is_empty()).map(str::to_owned))
}

/// The text of a member; an empty one or a null is none.
fn text<'a>(object: &'a Map<String, Value>, name: &str, field: Field) -> Result<Option<&'a str>, Reason> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(_) => Err(wrong(field, Problem::NotText)),
    }
}

fn wrong(field: Field, problem: Problem) -> Reason {
    Reason::Field { field, problem }
}

fn invalid(field: Field, error: InvalidValue) -> Reason {
    wrong(field, Problem::Invalid(error))
}

#[cfg(test)]
mod tests;
