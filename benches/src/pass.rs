//! What lets the clients in: a token, and the key that it is bound to.

use acta_domain::Timestamp;
use acta_services::{HolderKey, RequestToProve};
use uuid::Uuid;

/// A token, and the key that it is bound to.
#[derive(Debug)]
pub(crate) struct Pass {
    token: String,
    key: HolderKey,
}

impl Pass {
    pub(crate) fn new(token: &str, key: HolderKey) -> Self {
        Self { token: token.to_owned(), key }
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// The proof that goes with one request, sent soon (RFC 9449).
    pub(crate) fn prove(&self, method: &str, url: &str) -> String {
        let request = RequestToProve { method, url, token: Some(&self.token), nonce: None };
        self.key.prove(&request, now(), Uuid::from_bytes(rand::random()))
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark runs in real time")]
fn now() -> Timestamp {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let micros = since_epoch.expect("it is after 1970").as_micros();
    Timestamp::from_micros(micros.try_into().expect("the year is before 290000"))
        .expect("the year is before 10000")
}
