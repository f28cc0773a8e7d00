//! Who speaks, and where.

use serde_json::{Value, json};

const DESCRIPTION: &str = "The provable record of a live session: what it sends and receives by itself.\n\n\
    Every event of the log is published as a CloudEvent, in topics called after the event types or, as the operator chooses, \
    in one for all. A consumer can tell by itself that nothing is missing, doubled, altered or reordered: each record names the \
    record before it in its partition, its place in the session and what its commitment is made from. Personal parts are \
    ciphertext. An operator may put a prefix before the name of every topic.";

pub(super) fn info() -> Value {
    json!({ "title": "Acta", "version": env!("CARGO_PKG_VERSION"), "description": DESCRIPTION })
}

pub(super) fn servers() -> Value {
    json!({
        "kafka": {
            "host": "{host}:{port}",
            "protocol": "kafka",
            "description": "The broker that the operator names. How a client says who it is, is the broker's matter.",
            "variables": {
                "host": { "default": "localhost", "description": "A broker of the cluster." },
                "port": { "default": "9092", "description": "Its port." },
            },
        },
        "api": {
            "host": "{host}:{port}",
            "protocol": "http",
            "description": "The HTTP API, where the live feed is.",
            "variables": {
                "host": { "default": "localhost", "description": "The service." },
                "port": { "default": "3014", "description": "Its port." },
            },
            "security": [{ "$ref": "#/components/securitySchemes/bearer" }],
        },
    })
}

pub(super) fn security_schemes() -> Value {
    json!({ "bearer": {
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
        "description": "A token with the permission to read the feed: the roles `service`, `auditor` and `administrator` have it.",
    } })
}
