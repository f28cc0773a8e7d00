//! What a neighbour received.

use serde_json::Value;
use tokio::time::Instant;

/// One request, as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// When all of it was there.
    pub at: Instant,
    /// `GET`, `POST`, …
    pub method: String,
    /// Its path, without the query.
    pub path: String,
    /// Its headers; names are in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Received {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(each, _)| each.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// What the path holds after `before` and before `after`, if that is how it begins and ends.
    pub(crate) fn between(&self, before: &str, after: &str) -> Option<&str> {
        let middle = self.path.strip_prefix(before)?.strip_suffix(after)?;
        (!middle.is_empty() && !middle.contains('/')).then_some(middle)
    }

    /// Whether it is this method on this path.
    pub(crate) fn is(&self, method: &str, path: &str) -> bool {
        self.method == method && self.path == path
    }
}
