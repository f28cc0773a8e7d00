//! What a neighbour answers, and what is expected of it.

use serde::de::DeserializeOwned;

/// What a neighbour answers.
pub(crate) struct Answer {
    /// Its HTTP status.
    pub(crate) status: u16,
    /// The whole body, if it was to be read.
    pub(crate) body: Vec<u8>,
}

/// An answer has not the form of the contract, in words that hold nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unfit(pub(crate) &'static str);

/// What is expected of an answer.
pub(crate) struct Expected<T> {
    /// The statuses beyond 2xx that mean something.
    pub(crate) understood: &'static [u16],
    /// How large the body may be, in bytes; one of which nothing is needed is not read.
    pub(crate) largest: usize,
    /// Reads it.
    pub(crate) read: fn(&Answer) -> Result<T, Unfit>,
}

impl<T> Clone for Expected<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Expected<T> {}

impl Answer {
    /// The body as the JSON of the contract.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Unfit> {
        serde_json::from_slice(&self.body).map_err(|_| Unfit("it is not the JSON of the contract"))
    }

    /// Whether its status is 2xx.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}
