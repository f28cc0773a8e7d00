//! Who speaks, and where.

use serde_json::{Value, json};

const DESCRIPTION: &str = "The room of a session: everything that happens in it as it happens, and taking part.\n\n\
    The same messages go over a plain WebSocket and over Socket.IO. Every event of the session is exactly one message, whose \
    `position` is the event's place in the log and whose `session_index` counts 0, 1, 2 … without gaps. Whoever comes back names \
    the last position that they saw as `after`, and gets exactly what followed. What comes in is carried out as the request of \
    the HTTP API that it stands for, by the same rules and with the same problem documents (RFC 9457).\n\n\
    An access token lets in. One that is bound to a key needs the DPoP proof (RFC 9449) of `GET \
    <public URL>/api/v1/sessions/{id}/live`, made for this one connection, on either transport; one that is not lets in to watch.";

pub(super) fn info() -> Value {
    json!({ "title": "Acta: the room", "version": env!("CARGO_PKG_VERSION"), "description": DESCRIPTION })
}

pub(super) fn servers() -> Value {
    let variables = json!({
        "host": { "default": "localhost", "description": "The service." },
        "port": { "default": "3014", "description": "Its port." },
    });
    let security = json!([
        { "$ref": "#/components/securitySchemes/dpop" },
        { "$ref": "#/components/securitySchemes/bearer" },
    ]);
    json!({
        "websocket": {
            "host": "{host}:{port}", "protocol": "ws", "variables": variables, "security": security,
            "description": "Plain WebSockets (RFC 6455): one message a text frame, at most 64 KiB.",
        },
        "socket-io": {
            "host": "{host}:{port}", "pathname": "/socket.io/", "protocol": "socket.io", "protocolVersion": "5",
            "variables": variables, "security": security,
            "description": "Socket.IO, for any v4 client, over WebSockets or long polling.",
        },
    })
}

pub(super) fn security_schemes() -> Value {
    json!({
        "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An access token that is bound to no key: whoever shows it only watches." },
        "dpop": { "type": "http", "scheme": "DPoP",
            "description": "An access token that is bound to a key, with a proof of holding it (RFC 9449)." },
    })
}
