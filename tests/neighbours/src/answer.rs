//! What a neighbour answers.

use serde_json::{Value, json};

/// A status and a JSON body.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Value,
}

impl Answer {
    /// 200 with this body.
    pub fn ok(body: Value) -> Self {
        Self { status: 200, body }
    }

    /// This status, with an error in words.
    pub fn error(status: u16, error: &str) -> Self {
        Self { status, body: json!({ "error": error }) }
    }

    /// Whether it says that what was asked for was done.
    pub(crate) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}
