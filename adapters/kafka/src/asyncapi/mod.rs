//! The `AsyncAPI` 3.0 document: what the service sends and receives by itself, as topics and as the live feed.
//!
//! It is made from what the code says: event types and their schemas, records as the relay makes them, messages as the inbox
//! reads them. One file a part: [`topics`] is what the relay fills, [`inbound`] what arrives, [`feed`] the live feed over HTTP.

mod feed;
mod headers;
mod inbound;
mod part;
mod servers;
mod topics;

use acta_application::log::RecordedEvent;
use serde_json::{Value, json};

pub use headers::headers_schema;
use part::Part;

/// The `AsyncAPI` 3.0.0 document. Two calls with the same arguments give the same, member by member.
///
/// - `openapi`: the document of the HTTP API, which has the schema of an event as the live feed shows it
/// - `events`: a session's, in order, from which the examples are taken
pub fn asyncapi(openapi: &Value, events: &[RecordedEvent]) -> Value {
    let parts = [topics::part(events), inbound::part(), feed::part(openapi, events)];
    let whole = parts.into_iter().fold(Part::default(), Part::and);
    json!({
        "asyncapi": "3.0.0",
        "info": servers::info(),
        "defaultContentType": "application/json",
        "servers": servers::servers(),
        "channels": whole.channels,
        "operations": whole.operations,
        "components": {
            "messages": whole.messages,
            "schemas": whole.schemas,
            "securitySchemes": servers::security_schemes(),
        },
    })
}
