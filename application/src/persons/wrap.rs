//! The port of the master key.

use acta_proof::sealed::PersonKey;

/// The bytes do not open under this master key in this context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the wrapped key does not open under this master key")]
pub struct UnwrapError;

/// Wraps person keys under a master key that never leaves its keeper.
pub trait KeyWrap: Send + Sync + 'static {
    /// The wrapped form of `key`; `context` says whose it is and must be told again to unwrap it.
    fn wrap(&self, key: &PersonKey, context: &[u8]) -> Vec<u8>;

    /// The key inside `wrapped`.
    ///
    /// # Errors
    /// When it was wrapped under another master key, for another context, or was altered.
    fn unwrap(&self, wrapped: &[u8], context: &[u8]) -> Result<PersonKey, UnwrapError>;
}
