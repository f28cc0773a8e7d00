//! The `AsyncAPI` 3.0 document of the room: everything that can be said and heard in it, on both transports.
//!
//! It is made from what the code says: messages out from their structures, messages in from the table of them and from the
//! requests of the HTTP API that they stand for. [`outgoing`] is what the service sends, [`incoming`] what it takes, each as data
//! that is the same on both transports; [`transport`] says how each transport carries it.

mod api;
mod incoming;
mod outgoing;
mod servers;
mod transport;

use serde_json::{Map, Value, json};

use self::transport::{SOCKET_IO, WEBSOCKET};

/// The `AsyncAPI` 3.0.0 document. Two calls with the same argument give the same, member by member.
///
/// `openapi` is the document of the HTTP API, which carries out what comes in.
///
/// # Panics
/// If `openapi` does not describe a request that a message stands for.
pub fn asyncapi(openapi: &Value) -> Value {
    let (outgoing, mut schemas) = outgoing::messages();
    let incoming = incoming::messages(openapi, &mut schemas);
    let (mut channels, mut operations, mut messages) = (Map::new(), Map::new(), Map::new());
    for transport in [WEBSOCKET, SOCKET_IO] {
        let part = transport.part(&outgoing, &incoming);
        channels.insert(transport.name.to_owned(), part.channel);
        operations.extend(part.operations);
        messages.extend(part.messages);
    }
    json!({
        "asyncapi": "3.0.0",
        "info": servers::info(),
        "defaultContentType": "application/json",
        "servers": servers::servers(),
        "channels": channels,
        "operations": operations,
        "components": { "messages": messages, "schemas": schemas, "securitySchemes": servers::security_schemes() },
    })
}

/// A reference to the member `name` of the document's member `place`.
fn reference(place: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/{place}/{name}") })
}

/// A reference to the schema `name` of the document.
fn schema(name: &str) -> Value {
    reference("components/schemas", name)
}
