//! Why a change to a client is refused.

/// Why a command to a client was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// There is no such client.
    #[error("there is no such client")]
    Unknown,
    /// There is such a client already.
    #[error("the client is registered already")]
    AlreadyRegistered,
    /// The client was revoked, which is for ever.
    #[error("the client was revoked")]
    Revoked,
}
