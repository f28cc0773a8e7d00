//! How each transport carries the messages.

use serde_json::{Map, Value, json};

use super::incoming::Incoming;
use super::outgoing::Outgoing;
use super::reference;

/// The version of the rules for what only `WebSocket` has.
const WS_BINDING: &str = "0.1.0";

/// A transport.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Transport {
    /// The name of its channel.
    pub(super) name: &'static str,
    title: &'static str,
    address: &'static str,
    server: &'static str,
    words: &'static str,
}

/// A plain WebSocket.
pub(super) const WEBSOCKET: Transport = Transport {
    name: "live",
    title: "The room over a plain WebSocket",
    address: "/api/v1/sessions/{id}/live",
    server: "websocket",
    words: "A client that can send headers shows its token in them with the upgrade, and is refused by an HTTP answer. Another \
        upgrades without, and sends `connect` first, within 10 seconds. A message that has an `id` gets an `ack` with the same \
        one; a refusal of one that has none comes as `problem`. Closed with 1001: the service stops; 1003: binary; 1009: too \
        large; 4400: no message; 4401: the token; 4403: a permission; 4404: no such session; 4408: too late, or nothing was \
        taken; 4429: flooding.",
};

/// Socket.IO.
pub(super) const SOCKET_IO: Transport = Transport {
    name: "moderation",
    title: "The room over Socket.IO",
    address: "/moderation",
    server: "socket-io",
    words: "A namespace. `connect` is what the client gives as `auth`; a refusal is a `connect_error` whose message is `<slug>: \
        <detail>`. Each message is an event with one argument; the callback of one that comes in gets its outcome. A refusal of \
        one without a callback comes as `problem`.",
};

/// What a transport adds to the document.
pub(super) struct Part {
    pub(super) channel: Value,
    pub(super) operations: Map<String, Value>,
    pub(super) messages: Map<String, Value>,
}

impl Transport {
    /// Everything that goes over it.
    pub(super) fn part(self, outgoing: &[Outgoing], incoming: &[Incoming]) -> Part {
        let mut messages = Map::new();
        let mut operations = Map::new();
        for message in outgoing {
            messages.insert(self.key(message.name), self.sent(message));
        }
        let names: Vec<_> = outgoing.iter().map(|message| message.name.to_owned()).collect();
        operations.insert(self.key("send"), self.operation("send", "Tells what happens.", &names));
        messages.insert(self.key("connect"), self.connect());
        operations.insert(self.key("connect"), self.connects());
        for message in incoming {
            let outcome = format!("{}.outcome", message.name);
            messages.insert(self.key(message.name), self.taken(message));
            messages.insert(self.key(&outcome), self.outcome(message));
            let mut operation = self.operation("receive", &message.words, &[message.name.to_owned()]);
            operation["reply"] = json!({ "channel": self.channel(), "messages": [self.message(&outcome)] });
            operations.insert(self.key(message.name), operation);
        }
        Part { channel: self.described(&messages), operations, messages }
    }

    /// What something of it is called in the document.
    fn key(self, name: &str) -> String {
        format!("{}.{name}", self.name)
    }

    fn channel(self) -> Value {
        reference("channels", self.name)
    }

    fn message(self, name: &str) -> Value {
        reference(&format!("channels/{}/messages", self.name), &self.key(name))
    }

    fn operation(self, action: &str, words: &str, messages: &[String]) -> Value {
        json!({
            "action": action,
            "channel": self.channel(),
            "summary": words,
            "messages": messages.iter().map(|name| self.message(name)).collect::<Vec<_>>(),
        })
    }

    fn described(self, messages: &Map<String, Value>) -> Value {
        let messages: Map<_, _> =
            messages.keys().map(|name| (name.clone(), reference("components/messages", name))).collect();
        let mut channel = json!({
            "address": self.address,
            "title": self.title,
            "description": self.words,
            "servers": [reference("servers", self.server)],
            "messages": messages,
        });
        if self == WEBSOCKET {
            channel["parameters"] = json!({ "id": { "description": "The session, a UUID." } });
            channel["bindings"] = json!({ "ws": upgrade() });
        }
        channel
    }

    fn sent(self, message: &Outgoing) -> Value {
        carried(message.name, &message.words, &self.framed(message.name, &message.data))
    }

    fn taken(self, message: &Incoming) -> Value {
        let (mut payload, mut example) = (self.framed(message.name, &message.data), message.example.clone());
        if self == WEBSOCKET {
            payload["additionalProperties"] = false.into();
            payload["properties"]["id"] = json!({ "type": ["string", "number", "null"],
                "description": "What the outcome is to be named by; without it, only a refusal is told." });
            example = json!({ "event": message.name, "id": 1, "data": example });
        }
        let mut taken = carried(message.name, &message.words, &payload);
        taken["examples"] = json!([{ "name": message.name, "payload": example }]);
        taken
    }

    fn outcome(self, message: &Incoming) -> Value {
        let mut payload = self.framed("ack", &message.outcome);
        if self == WEBSOCKET {
            payload["properties"]["id"] =
                json!({ "type": ["string", "number"], "description": "As it was sent." });
            payload["required"] = json!(["event", "id", "data"]);
        }
        let words = format!("What `{}` came to: what was recorded, or a problem.", message.name);
        let name = if self == WEBSOCKET { "ack" } else { "outcome" };
        carried(name, &words, &payload)
    }

    /// The handshake, where it is not made by headers.
    fn connect(self) -> Value {
        let mut data = json!({
            "type": "object", "required": ["token"], "properties": {
                "token": { "$ref": "#/components/schemas/Credentials/properties/token" },
                "dpop": { "$ref": "#/components/schemas/Credentials/properties/dpop" },
                "after": { "type": ["integer", "string", "null"], "minimum": 0, "pattern": "^[0-9]{1,19}$",
                    "description": "The last position that was seen; without it, the room begins as it is now." },
            },
        });
        let token = json!("eyJ0eXAiOiJhdCtqd3QifQ.e30.c2ln");
        let mut example = json!({ "token": token, "after": 17 });
        if self == SOCKET_IO {
            data["properties"]["session_id"] =
                json!({ "type": "string", "format": "uuid", "description": "The session." });
            data["required"] = json!(["token", "session_id"]);
            example["session_id"] = json!("0192f0c1-0000-7000-8000-000000000001");
        } else {
            example = json!({ "event": "connect", "data": example });
        }
        let mut connect = carried("connect", "Who comes in, and since when.", &self.framed("connect", &data));
        connect["examples"] = json!([{ "name": "connect", "payload": example }]);
        connect
    }

    fn connects(self) -> Value {
        let mut operation = self.operation("receive", "Lets somebody in.", &["connect".to_owned()]);
        operation["reply"] = json!({ "channel": self.channel(), "messages": [self.message("connected")] });
        operation
    }

    /// `data` as it travels: over a plain WebSocket with its name, over Socket.IO as the argument of the event.
    fn framed(self, name: &str, data: &Value) -> Value {
        if self == SOCKET_IO {
            return data.clone();
        }
        json!({
            "type": "object", "required": ["event", "data"],
            "properties": { "event": { "type": "string", "const": name }, "data": data },
        })
    }
}

fn carried(name: &str, words: &str, payload: &Value) -> Value {
    json!({ "name": name, "title": name, "summary": words, "contentType": "application/json", "payload": payload })
}

/// The request that asks for the WebSocket.
fn upgrade() -> Value {
    let text = |words: &str| json!({ "type": "string", "description": words });
    json!({
        "method": "GET",
        "query": { "type": "object", "additionalProperties": false, "properties": {
            "after": { "type": "integer", "minimum": 0, "description": "As in `connect`, which goes before it." },
        } },
        "headers": { "type": "object", "properties": {
            "Authorization": text("`DPoP <token>`, or `Bearer <token>` for one that is bound to no key."),
            "DPoP": text("The proof of holding the token's key."),
        } },
        "bindingVersion": WS_BINDING,
    })
}
