//! Why there is no evidence.

use crate::log::LogError;
use crate::persons::PersonKeysError;
use crate::streams::LoadError;

/// Why there is no evidence.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// There is no such session.
    #[error("there is no such session")]
    UnknownSession,
    /// The index or size asked for is outside what the session has.
    #[error("`{what}` is outside a session of {size} events")]
    OutOfRange {
        /// Which parameter.
        what: &'static str,
        /// How many events the session has.
        size: u64,
    },
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The session cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The persons' keys cannot be read.
    #[error(transparent)]
    Keys(#[from] PersonKeysError),
    /// The file cannot be put together.
    #[error("the proof cannot be put together")]
    Build(#[from] acta_proof::file::BuildError),
}
